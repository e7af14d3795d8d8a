//! `docs/guarantees.md` names tests that are there.

use std::path::Path;

const PAGE: &str = include_str!("../../../../docs/guarantees.md");

#[test]
fn every_promise_has_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut tests_of_promise = None;
    let mut named = 0;
    for line in PAGE.lines() {
        if line.starts_with("**") || line.starts_with("## ") {
            assert_ne!(tests_of_promise, Some(0), "no test is named before {line:?}");
            tests_of_promise = line.starts_with("**").then_some(0);
        }
        let Some(rest) = line.strip_prefix("- `") else { continue };
        let (file, test) = rest.trim_end_matches('`').split_once("`: `").expect(line);
        let source = std::fs::read_to_string(root.join(file)).expect(file);
        assert!(source.contains(&format!("fn {test}(")), "{file} has no {test}");
        tests_of_promise = tests_of_promise.map(|count| count + 1);
        named += 1;
    }
    assert!(named >= 20, "{named}");
}

//! What `docs/workflows.md` shows is what is read.

use serde_json::json;

use super::load;
use crate::workflow::{StepKind, Workflow};

const PAGE: &str = include_str!("../../../../../docs/workflows.md");

/// The blocks of code in a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    PAGE.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

#[test]
fn the_example_in_toml_is_valid() {
    let [text] = blocks("toml").try_into().unwrap();
    let workflow = load(text).unwrap();

    let needs: Vec<(&str, usize)> =
        workflow.steps().iter().map(|step| (step.name(), step.needs().len())).collect();
    assert_eq!(needs, [("fetch", 0), ("summarise", 1), ("join", 1)]);
    assert_eq!(workflow.output(), workflow.find("join").unwrap());
    assert!(workflow.check_input(&json!({ "url": "https://example.com/" })).is_ok());
}

#[test]
fn the_example_in_json_is_valid() {
    let [text] = blocks("json").try_into().unwrap();
    let workflow = Workflow::load(&mut serde_json::Deserializer::from_str(text)).unwrap();

    assert_eq!(workflow.steps().len(), 6, "five steps and a compensation");
    assert_eq!(
        workflow.find("reserve.compensate").and_then(|at| workflow.step(at)?.undoes()),
        workflow.find("reserve")
    );
}

#[test]
fn the_condition_that_is_shown_is_valid() {
    let condition = blocks("text").into_iter().next().unwrap().trim();
    let text = format!(
        r#"
name = "shown"
version = 1
output = "last"
[input]
force = "boolean"
language = "text?"
[[steps]]
name = "page"
kind = "fetch"
params.url = "https://example.com/"
[[steps]]
name = "draft"
kind = "template"
when = "input.force"
params.value = 1
[[steps]]
name = "last"
kind = "template"
when = '''{condition}'''
params.value = 1
"#
    );

    load(&text).unwrap();
}

#[test]
fn the_page_names_every_kind() {
    for kind in StepKind::ALL {
        assert!(PAGE.contains(&format!("| `{}` |", kind.as_str())), "{}", kind.as_str());
    }
}

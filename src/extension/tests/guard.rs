//! The guard without PHP: the module is compiled into this test as it is.

#[path = "../src"]
mod extension {
    #[expect(dead_code, reason = "what needs PHP is tested in tests/phpt/planted")]
    pub(crate) mod guard;
}

use std::path::{Path, PathBuf};

use extension::guard::{Panicked, guard, install_hook};

#[test]
fn a_panic_becomes_an_error_with_its_place_and_without_its_text() {
    install_hook();

    let caught: Result<(), Panicked> = guard(|| panic!("planted-secret"));

    let Err(Panicked { location }) = caught else { panic!("the panic was not caught") };
    assert!(location.starts_with(file!()), "{location}");
    assert!(!location.contains("planted"));
}

#[test]
fn after_a_panic_the_next_call_works() {
    install_hook();
    let _: Result<(), Panicked> = guard(|| panic!("first"));

    let second: Result<i32, Panicked> = guard(|| Ok(2));

    assert_eq!(second, Ok(2));
}

#[test]
fn a_panic_in_a_dependency_does_not_show_the_build_machine() {
    install_hook();

    // A comparison that contradicts itself makes the sort of std panic in std's own sources.
    let caught: Result<(), Panicked> = guard(|| {
        let mut numbers: Vec<u32> = (0..1000).collect();
        numbers.sort_by(|a, b| {
            if (a ^ b) % 3 == 0 { std::cmp::Ordering::Less } else { std::cmp::Ordering::Greater }
        });
        Ok(())
    });

    let Err(Panicked { location }) = caught else { panic!("the panic was not caught") };
    assert_ne!(location.split(':').next(), Some(file!()));
    assert_eq!(location.matches('/').count(), 2, "{location}");
}

/// The functions that the engine calls itself cannot be called from a test in PHP one by one: their sources are read.
#[test]
fn what_the_engine_calls_back_is_guarded() {
    let mut found = Vec::new();

    for (file, source) in sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        for (start, _) in source.match_indices("extern \"C\" fn ") {
            let (_, rest) = source.split_at(start);
            let body = rest.split_once("\n}").map_or(rest, |(body, _)| body);
            let name = body.split(['(', ' ']).nth(3).unwrap_or_default().to_owned();
            assert!(body.contains("callback("), "{name} of {} is not guarded", file.display());
            found.push(name);
        }
    }

    found.sort();
    assert_eq!(found, ["on_modify", "print", "request_startup"]);
}

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let paths = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                return sources(&path);
            }
            std::fs::read_to_string(&path).map(|text| (path, text)).into_iter().collect()
        })
        .collect()
}

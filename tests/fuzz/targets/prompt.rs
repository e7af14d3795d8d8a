//! The canonical form of a prompt is a line and JSON, which is its own canonical form and what the hash depends on.

#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_core::prompt::{canonical, hash};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    let text = canonical(&value);
    let (_, json) = text.split_once('\n').expect("the line of the version");
    let again: Value = serde_json::from_str(json).expect("what follows is JSON");

    // Names that only differ before normalisation are written both, and a reader keeps one of them.
    if members(&again) == members(&value) {
        assert_eq!(canonical(&again), text);
        assert_eq!(hash(&again), hash(&value));
    }

    // Spaces between the tokens mean nothing.
    let pretty = serde_json::to_string_pretty(&value).expect("a value has a text");
    let spaced: Value = serde_json::from_str(&pretty).expect("which is JSON");
    assert_eq!(hash(&spaced), hash(&value));
});

fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

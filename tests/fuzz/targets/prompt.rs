//! The canonical form of a prompt is JSON, is its own canonical form, and is what the hash depends on.

#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_core::prompt::{canonical, hash};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    let text = canonical(&value);
    let again: Value = serde_json::from_str(&text).expect("the canonical form is JSON");
    assert_eq!(canonical(&again), text);
    assert_eq!(hash(&again), hash(&value));

    // Spaces between the tokens mean nothing.
    let pretty = serde_json::to_string_pretty(&value).expect("a value has a text");
    let spaced: Value = serde_json::from_str(&pretty).expect("which is JSON");
    assert_eq!(hash(&spaced), hash(&value));
});

//! The canonical form of a prompt is a line and JSON, which is its own canonical form and what the hash depends on.

#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_core::prompt::{Case, Rules, Whitespace, canonical, hash, hash_by};
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Ok(value) = serde_json::from_slice::<Value>(data) else { return };
    let text = canonical(&value, Rules::default());
    let (_, json) = text.split_once('\n').expect("the line of the version");
    let again: Value = serde_json::from_str(json).expect("what follows is JSON");

    // Names that only differ before normalisation are written both, and a reader keeps one of them.
    if members(&again) == members(&value) {
        assert_eq!(canonical(&again, Rules::default()), text);
        assert_eq!(hash(&again), hash(&value));
    }

    // Rules that leave out more leave nothing more out of what they have made, and never meet other rules.
    let rules = Rules { whitespace: Whitespace::Collapse, case: Case::Exact };
    let collapsed = canonical(&value, rules);
    let (_, json) = collapsed.split_once('\n').expect("the line of the rules");
    let again: Value = serde_json::from_str(json).expect("what follows is JSON");
    if members(&again) == members(&value) {
        assert_eq!(canonical(&again, rules), collapsed);
    }
    let folded = hash_by(&value, Rules { case: Case::Fold, ..Rules::default() });
    assert!(folded != hash(&value) && folded != hash_by(&value, rules));

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

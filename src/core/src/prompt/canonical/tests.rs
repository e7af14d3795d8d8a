use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::prompt::hash;

#[derive(Deserialize)]
struct Vector {
    name: String,
    value: Value,
    canonical: String,
    hash: String,
}

#[test]
fn the_golden_prompts_have_their_form_and_hash() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../../../../../tests/vectors/prompt-hash/prompts.json")).unwrap();

    for vector in vectors {
        assert_eq!(canonical(&vector.value), vector.canonical, "{}", vector.name);
        assert_eq!(hash(&vector.value).to_string(), vector.hash, "{}", vector.name);
    }
}

#[test]
fn names_are_sorted_by_their_utf_16_units() {
    // After RFC 8785, section 3.2.3: U+1F600 sorts before U+FB13 because its first unit is 0xD83D.
    let value = json!({
        "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb13}": "Armenian", "1": "One",
        "\u{1f600}": "Smiley", "\u{80}": "Control", "\u{f6}": "Latin",
    });

    let form = canonical(&value);

    let order = ["Carriage", "One", "Control", "Latin", "Euro", "Smiley", "Armenian"]
        .map(|word| form.find(word).unwrap());
    assert!(order.is_sorted(), "{form}");
}

#[test]
fn names_that_become_equal_are_both_kept() {
    let value = json!({"\u{e9}": 1, "e\u{301}": 2});

    assert_eq!(canonical(&value), "platen-prompt-v1\n{\"é\":2,\"é\":1}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no infinity", |double| double.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_form_is_json_and_its_own_form(value in any_json()) {
        let form = canonical(&value);

        let read: Value = serde_json::from_str(form.strip_prefix(VERSION).unwrap()).unwrap();

        prop_assert_eq!(canonical(&read), form);
    }

    #[test]
    fn a_double_reads_back_as_itself(double in any::<f64>().prop_filter("finite", |double| double.is_finite())) {
        let form = canonical(&Value::from(double));

        let read: f64 = form.strip_prefix(VERSION).unwrap().parse().unwrap();

        prop_assert_eq!((read + 0.0).to_bits(), (double + 0.0).to_bits());
    }
}

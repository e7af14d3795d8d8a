use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::prompt::{Case, Whitespace, hash, hash_by};

const LINE: &str = "platen-prompt-v1\n";

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
        assert_eq!(canonical(&vector.value, Rules::default()), vector.canonical, "{}", vector.name);
        assert_eq!(hash(&vector.value).to_string(), vector.hash, "{}", vector.name);
    }
}

#[derive(Deserialize)]
struct RulesVector {
    name: String,
    value: Value,
    options: Options,
    canonical: String,
    hash: String,
}

#[derive(Deserialize)]
#[serde(default)]
struct Options {
    whitespace: String,
    case: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { whitespace: "exact".to_owned(), case: "exact".to_owned() }
    }
}

#[test]
fn the_golden_prompts_by_rules_have_their_form_and_hash() {
    let vectors: Vec<RulesVector> =
        serde_json::from_str(include_str!("../../../../../tests/vectors/prompt-hash/rules.json")).unwrap();

    for vector in vectors {
        let rules = Rules {
            whitespace: vector.options.whitespace.parse().unwrap(),
            case: vector.options.case.parse().unwrap(),
        };
        assert_eq!(canonical(&vector.value, rules), vector.canonical, "{}", vector.name);
        assert_eq!(hash_by(&vector.value, rules).to_string(), vector.hash, "{}", vector.name);
    }
}

#[test]
fn names_are_sorted_by_their_utf_16_units() {
    // After RFC 8785, section 3.2.3: U+1F600 sorts before U+FB13 because its first unit is 0xD83D.
    let value = json!({
        "\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb13}": "Armenian", "1": "One",
        "\u{1f600}": "Smiley", "\u{80}": "Control", "\u{f6}": "Latin",
    });

    let form = canonical(&value, Rules::default());

    let order = ["Carriage", "One", "Control", "Latin", "Euro", "Smiley", "Armenian"]
        .map(|word| form.find(word).unwrap());
    assert!(order.is_sorted(), "{form}");
}

#[test]
fn names_that_become_equal_are_both_kept() {
    let value = json!({"\u{e9}": 1, "e\u{301}": 2});

    assert_eq!(canonical(&value, Rules::default()), "platen-prompt-v1\n{\"é\":2,\"é\":1}");
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
        let form = canonical(&value, Rules::default());

        let read: Value = serde_json::from_str(form.strip_prefix(LINE).unwrap()).unwrap();

        prop_assert_eq!(canonical(&read, Rules::default()), form);
    }

    #[test]
    fn a_double_reads_back_as_itself(double in any::<f64>().prop_filter("finite", |double| double.is_finite())) {
        let form = canonical(&Value::from(double), Rules::default());

        let read: f64 = form.strip_prefix(LINE).unwrap().parse().unwrap();

        prop_assert_eq!((read + 0.0).to_bits(), (double + 0.0).to_bits());
    }

    #[test]
    fn hashes_of_different_rules_never_meet(value in any_json()) {
        let every = [
            (Whitespace::Exact, Case::Exact),
            (Whitespace::Collapse, Case::Exact),
            (Whitespace::Exact, Case::Fold),
            (Whitespace::Collapse, Case::Fold),
        ];
        let hashes: std::collections::BTreeSet<_> =
            every.into_iter().map(|(whitespace, case)| hash_by(&value, Rules { whitespace, case })).collect();

        prop_assert_eq!(hashes.len(), every.len());
    }

    #[test]
    fn white_space_at_the_seams_of_words_does_not_count(words in prop::collection::vec("[a-z]{1,5}", 0..6)) {
        let rules = Rules { whitespace: Whitespace::Collapse, ..Rules::default() };
        let spread = format!("\u{3000}\t{}\u{a0}\n", words.join("\u{2003} \r\n"));

        prop_assert_eq!(hash_by(&spread.into(), rules), hash_by(&words.join(" ").into(), rules));
    }
}

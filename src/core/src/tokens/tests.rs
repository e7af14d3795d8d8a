use std::sync::LazyLock;

use proptest::prelude::*;
use serde::Deserialize;
use tiktoken_rs::CoreBPE;

use super::{Encoding, count};

static O200K_ORACLE: LazyLock<CoreBPE> = LazyLock::new(|| tiktoken_rs::o200k_base().unwrap());
static CL100K_ORACLE: LazyLock<CoreBPE> = LazyLock::new(|| tiktoken_rs::cl100k_base().unwrap());

const BOTH: [Encoding; 2] = [Encoding::O200kBase, Encoding::Cl100kBase];

fn oracle(encoding: Encoding) -> &'static CoreBPE {
    match encoding {
        Encoding::O200kBase => &O200K_ORACLE,
        Encoding::Cl100kBase => &CL100K_ORACLE,
    }
}

#[track_caller]
fn assert_like_the_oracle(text: &str) {
    for encoding in BOTH {
        let expected = oracle(encoding).encode_ordinary(text);

        let start: String = text.chars().take(60).collect();
        assert!(encoding.encode(text) == expected, "{} differs on {start:?} …", encoding.name());
        assert_eq!(encoding.count(text), expected.len());
    }
}

/// Texts of the kinds that a site sends to a model.
const CORPORA: [&str; 6] = [
    include_str!("../../../../docs/protocol.md"),
    include_str!("encoding.rs"),
    include_str!("../../../../tests/vectors/tokens/corpus.php.txt"),
    include_str!("../../../../tests/vectors/tokens/languages.txt"),
    include_str!("../../../../tests/vectors/tokens/exact.json"),
    include_str!("../../build/automaton.rs"),
];

#[test]
fn corpora_are_encoded_like_the_oracle() {
    for corpus in CORPORA {
        assert_like_the_oracle(corpus);
    }
}

#[test]
fn every_cut_of_a_corpus_is_encoded_like_the_oracle() {
    let languages = CORPORA[3];
    let cuts: Vec<usize> = languages.char_indices().map(|(position, _)| position).step_by(97).collect();
    for pair in cuts.windows(2) {
        assert_like_the_oracle(&languages[pair[0]..pair[1]]);
    }
}

#[test]
fn long_runs_are_encoded_like_the_oracle() {
    for run in [
        "a",
        " ",
        "\n",
        "-",
        "\u{a0}",
        "=",
        "ab",
        "aaab",
        "漢",
        "👩‍👧",
        " \n",
        "e\u{301}",
        "Aª",
        "'s",
        "\r\n",
        "0",
    ] {
        for length in [64, 65, 129, 2_048, 2_049, 4_999] {
            assert_like_the_oracle(&run.repeat(length));
            assert_like_the_oracle(&format!("x{}x", run.repeat(length)));
        }
    }
}

#[test]
fn a_megabyte_of_one_character_takes_time_in_proportion() {
    // Quadratic merging would need hours for these, and a backtracking engine overflows its stack on some.
    for run in ["a", " ", "\n", "-", "\u{a0}", "=", "/", "\t", "\u{3000}"] {
        let text = run.repeat(1_000_000 / run.len());

        for encoding in BOTH {
            let tokens = encoding.count(&text);

            assert!(tokens > 0 && tokens < text.len(), "{tokens} tokens of {run:?}");
        }
    }
    // The oracle cannot take this many spaces; tiktoken's vocabulary has tokens of up to 128 of them.
    assert_eq!(Encoding::O200kBase.count(&" ".repeat(1_000_000)), 7_813);
}

#[test]
fn special_tokens_are_ordinary_text() {
    assert_like_the_oracle("<|endoftext|> and <|endofprompt|>");
    assert!(Encoding::O200kBase.count("<|endoftext|>") > 1);
}

#[test]
fn the_text_of_a_token_is_encoded_like_the_oracle() {
    for encoding in BOTH {
        for rank in (0..vocabulary_size(encoding)).step_by(7) {
            // A token that is a part of a character has no text.
            let Ok(text) = oracle(encoding).decode(&[rank]) else { continue };

            assert_like_the_oracle(&text);
        }
    }
}

fn vocabulary_size(encoding: Encoding) -> u32 {
    match encoding {
        Encoding::O200kBase => 199_998,
        Encoding::Cl100kBase => 100_256,
    }
}

/// Fragments whose neighbourhood decides where a piece ends.
fn fragments() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        Just(" "),
        Just("\n"),
        Just("\r"),
        Just("\t"),
        Just("\u{a0}"),
        Just("\u{3000}"),
        Just("\u{85}"),
        Just("'s"),
        Just("'LL"),
        Just("'ſ"),
        Just("'"),
        Just("a"),
        Just("The"),
        Just("ABC"),
        Just("é"),
        Just("e\u{301}"),
        Just("ß"),
        Just("ǅ"),
        Just("ʰ"),
        Just("ª"),
        Just("١"),
        Just("123"),
        Just("½"),
        Just("漢字"),
        Just("ไทย"),
        Just("한국"),
        Just("👨‍👩‍👧"),
        Just("/"),
        Just("--"),
        Just("</p>"),
        Just("$this->"),
        Just("\u{0}"),
        Just("\u{200d}"),
        Just("\u{feff}"),
        Just("\u{10ffff}"),
    ];
    prop::collection::vec((fragment, 1..6_usize), 0..60)
        .prop_map(|parts| parts.into_iter().map(|(text, times)| text.repeat(times)).collect())
}

proptest! {
    #[test]
    fn any_text_is_encoded_like_the_oracle(text in any::<String>()) {
        assert_like_the_oracle(&text);
    }

    #[test]
    fn any_mix_of_fragments_is_encoded_like_the_oracle(text in fragments()) {
        assert_like_the_oracle(&text);
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn long_words_of_few_letters_are_encoded_like_the_oracle(text in "[abne]{2000,7000}") {
        assert_like_the_oracle(&text);
    }
}

#[derive(Deserialize)]
struct ExactVector {
    encoding: String,
    text: String,
    tokens: usize,
}

#[derive(Deserialize)]
struct ModelVector {
    model: String,
    text: String,
    tokens: usize,
    is_exact: bool,
}

#[test]
fn the_golden_counts_hold() {
    let vectors: Vec<ExactVector> =
        serde_json::from_str(include_str!("../../../../tests/vectors/tokens/exact.json")).unwrap();

    for vector in vectors {
        let encoding = Encoding::from_name(&vector.encoding).unwrap();
        assert_eq!(encoding.count(&vector.text), vector.tokens, "{} of {:?}", vector.encoding, vector.text);
        assert_like_the_oracle(&vector.text);
    }
}

#[test]
fn the_golden_counts_by_model_hold() {
    let vectors: Vec<ModelVector> =
        serde_json::from_str(include_str!("../../../../tests/vectors/tokens/models.json")).unwrap();

    for vector in vectors {
        let counted = count(&vector.text, &vector.model);
        assert_eq!(
            (counted.tokens, counted.is_exact),
            (vector.tokens, vector.is_exact),
            "{:?}",
            vector.model
        );
    }
}

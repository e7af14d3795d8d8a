use std::sync::LazyLock;

use proptest::prelude::*;
use serde::Deserialize;
use tiktoken_rs::CoreBPE;

use super::{Encoding, UnknownToken, count};

static O200K_ORACLE: LazyLock<CoreBPE> = LazyLock::new(|| tiktoken_rs::o200k_base().unwrap());
static HARMONY_ORACLE: LazyLock<CoreBPE> = LazyLock::new(|| tiktoken_rs::o200k_harmony().unwrap());
static CL100K_ORACLE: LazyLock<CoreBPE> = LazyLock::new(|| tiktoken_rs::cl100k_base().unwrap());
static P50K_ORACLE: LazyLock<CoreBPE> = LazyLock::new(|| tiktoken_rs::p50k_base().unwrap());
static R50K_ORACLE: LazyLock<CoreBPE> = LazyLock::new(|| tiktoken_rs::r50k_base().unwrap());

fn oracle(encoding: Encoding) -> &'static CoreBPE {
    match encoding {
        Encoding::O200kBase => &O200K_ORACLE,
        Encoding::O200kHarmony => &HARMONY_ORACLE,
        Encoding::Cl100kBase => &CL100K_ORACLE,
        Encoding::P50kBase => &P50K_ORACLE,
        Encoding::R50kBase => &R50K_ORACLE,
    }
}

#[track_caller]
fn assert_like_the_oracle(text: &str) {
    for encoding in Encoding::ALL {
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
    include_str!("../../build/dictionary.rs"),
];

#[test]
fn corpora_are_encoded_like_the_oracle() {
    for corpus in CORPORA {
        assert_like_the_oracle(corpus);
    }
}

#[test]
fn corpora_are_encoded_like_the_second_oracle() {
    let oracles =
        [(Encoding::O200kBase, bpe_openai::o200k_base()), (Encoding::Cl100kBase, bpe_openai::cl100k_base())];
    for corpus in CORPORA {
        for (encoding, oracle) in &oracles {
            assert!(encoding.encode(corpus) == oracle.encode(corpus), "{} differs", encoding.name());
        }
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

        for encoding in Encoding::ALL {
            let tokens = encoding.count(&text);

            assert!(tokens > 0 && tokens <= text.len(), "{tokens} tokens of {run:?}");
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
    for encoding in Encoding::ALL {
        for rank in (0..vocabulary_size(encoding)).step_by(7) {
            // A token that is a part of a character has no text.
            let Ok(text) = oracle(encoding).decode(&[rank]) else { continue };

            assert_like_the_oracle(&text);
        }
    }
}

fn vocabulary_size(encoding: Encoding) -> u32 {
    match encoding {
        Encoding::O200kBase | Encoding::O200kHarmony => 199_998,
        Encoding::Cl100kBase => 100_256,
        Encoding::P50kBase => 50_281,
        Encoding::R50kBase => 50_256,
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
struct IdVectors {
    cases: Vec<IdVector>,
}

#[derive(Deserialize)]
struct IdVector {
    name: String,
    encoding: String,
    text: String,
    ids: Vec<u32>,
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
fn the_ids_are_those_of_openais_tokenizer() {
    let vectors: IdVectors =
        serde_json::from_str(include_str!("../../../../tests/vectors/tokens/ids.json")).unwrap();

    for vector in vectors.cases {
        let encoding = Encoding::from_name(&vector.encoding).unwrap();
        assert_eq!(encoding.encode(&vector.text), vector.ids, "{}", vector.name);
        assert_eq!(encoding.decode(&vector.ids).unwrap(), vector.text.as_bytes(), "{}", vector.name);
        assert_eq!(encoding.decoded_bytes(&vector.ids), vector.text.len(), "{}", vector.name);
    }
}

#[test]
fn every_token_survives_decoding_and_encoding() {
    for encoding in Encoding::ALL {
        for id in 0..vocabulary_size(encoding) {
            // p50k_base has a hole where its special token is.
            let Ok(bytes) = encoding.decode(&[id]) else { continue };
            let Ok(text) = String::from_utf8(bytes) else { continue };

            assert_eq!(encoding.decode(&encoding.encode(&text)).unwrap(), text.as_bytes());
        }
    }
}

#[test]
fn ids_that_are_no_ordinary_tokens_are_refused() {
    for encoding in Encoding::ALL {
        for token in [vocabulary_size(encoding), u32::MAX] {
            assert_eq!(encoding.decode(&[0, token]), Err(UnknownToken { token, encoding }));
        }
    }
    assert!(Encoding::P50kBase.decode(&[50_256]).is_err());
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

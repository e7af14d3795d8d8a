//! Token ids are OpenAI's, on the whole corpus: English, PHP, JavaScript, JSON, more than 70 languages and hostile text,
//! over 20 MB, for every encoding. Three tokenizers by others have a say: tiktoken-rs on all texts, bpe-openai where it
//! has the encoding, and OpenAI's own, whose ids `tests/vectors/tokens/corpus.py` took down as sums.
//!
//! The corpus is fetched by `deploy/setup.sh test` and lies in `target/corpus`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use platen_core::tokens::Encoding;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tiktoken_rs::CoreBPE;

/// Less would mean that a part of the corpus is missing.
const MIN_CORPUS_BYTES: usize = 20_000_000;

/// What is compared at once: a difference is then told by the place where it begins.
const CHUNK_BYTES: usize = 8_192;

/// tiktoken-rs merges in quadratic time and its regular expressions overflow on longer runs.
const HOSTILE_BYTES: usize = 20_000;

/// bpe-openai is linear.
const LONG_HOSTILE_BYTES: usize = 500_000;

#[derive(Deserialize)]
struct StoredText {
    text: String,
    sha256: String,
    /// By encoding: how many ids, and the SHA-256 of the ids as little-endian numbers of 32 bits.
    ids: HashMap<String, (usize, String)>,
}

#[test]
fn the_corpus_is_encoded_like_o200k_base() {
    assert_exact(Encoding::O200kBase, &tiktoken_rs::o200k_base().unwrap(), Some(bpe_openai::o200k_base()));
}

#[test]
fn the_corpus_is_encoded_like_o200k_harmony() {
    assert_exact(Encoding::O200kHarmony, &tiktoken_rs::o200k_harmony().unwrap(), None);
}

#[test]
fn the_corpus_is_encoded_like_cl100k_base() {
    assert_exact(Encoding::Cl100kBase, &tiktoken_rs::cl100k_base().unwrap(), Some(bpe_openai::cl100k_base()));
}

#[test]
fn the_corpus_is_encoded_like_p50k_base() {
    assert_exact(Encoding::P50kBase, &tiktoken_rs::p50k_base().unwrap(), None);
}

#[test]
fn the_corpus_is_encoded_like_r50k_base() {
    assert_exact(Encoding::R50kBase, &tiktoken_rs::r50k_base().unwrap(), None);
}

#[test]
fn hostile_text_is_encoded_like_the_oracles() {
    let oracles = [
        (Encoding::O200kBase, tiktoken_rs::o200k_base().unwrap(), Some(bpe_openai::o200k_base())),
        (Encoding::Cl100kBase, tiktoken_rs::cl100k_base().unwrap(), Some(bpe_openai::cl100k_base())),
        (Encoding::P50kBase, tiktoken_rs::p50k_base().unwrap(), None),
        (Encoding::R50kBase, tiktoken_rs::r50k_base().unwrap(), None),
    ];
    for unit in HOSTILE_UNITS {
        for (encoding, tiktoken, second) in &oracles {
            let text = repeated(unit, HOSTILE_BYTES);
            // It panics where its regular expressions need too much stack, which is no finding here.
            let asked = catch_unwind(AssertUnwindSafe(|| tiktoken.encode_ordinary(&text)));
            if let Ok(expected) = asked {
                assert!(encoding.encode(&text) == expected, "{} of {unit:?} …", encoding.name());
            }
            if let Some(second) = second {
                let text = repeated(unit, LONG_HOSTILE_BYTES);
                assert!(encoding.encode(&text) == second.encode(&text), "{} of {unit:?} …", encoding.name());
            }
        }
    }
}

const HOSTILE_UNITS: [&str; 24] = [
    "a",
    " ",
    "\n",
    "\r\n",
    "-",
    "=",
    "\u{a0}",
    "\u{3000}",
    "\t ",
    " \n",
    "0",
    "e\u{301}",
    "\u{301}",
    "👩‍👧",
    "👨‍👩‍👧‍👦",
    "\u{200d}",
    "漢",
    "가",
    "Aa",
    "aA",
    "'s",
    "\u{fffd}",
    "\u{0}",
    "zqxjkvbpw",
];

fn repeated(unit: &str, bytes: usize) -> String {
    unit.repeat(bytes / unit.len())
}

#[track_caller]
fn assert_exact(encoding: Encoding, tiktoken: &CoreBPE, second: Option<&bpe_openai::Tokenizer>) {
    let mut bytes = 0;
    for stored in stored_texts() {
        let text = corpus_text(&stored);
        bytes += text.len();
        for chunk in chunks(&text) {
            let start: String = chunk.chars().take(60).collect();
            let ids = encoding.encode(chunk);
            let same = ids == tiktoken.encode_ordinary(chunk);
            assert!(same, "{} differs from tiktoken-rs in {} on {start:?} …", encoding.name(), stored.text);
            let same = second.is_none_or(|second| ids == second.encode(chunk));
            assert!(same, "{} differs from bpe-openai in {} on {start:?} …", encoding.name(), stored.text);
            assert_eq!(encoding.count(chunk), ids.len(), "{} on {start:?} …", encoding.name());
        }
        let ids = encoding.encode(&text);
        let (expected, sum) = &stored.ids[encoding.name()];
        assert_eq!(
            (ids.len(), sum_of(&ids)),
            (*expected, sum.clone()),
            "{} of {}",
            encoding.name(),
            stored.text
        );
        assert!(encoding.decode(&ids).unwrap() == text.as_bytes(), "{} of {}", encoding.name(), stored.text);
    }
    assert!(bytes >= MIN_CORPUS_BYTES, "the corpus has only {bytes} bytes");
}

fn stored_texts() -> Vec<StoredText> {
    serde_json::from_str(include_str!("../../../tests/vectors/tokens/corpus.json")).unwrap()
}

fn corpus_text(stored: &StoredText) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus");
    let file = folder.join(format!("{}.txt", stored.text));
    let text = fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}; run deploy/setup.sh test", file.display()));
    assert_eq!(hexadecimal(&Sha256::digest(&text)), stored.sha256, "{} is another text", file.display());
    text
}

/// The parts of a text, cut where a character ends.
fn chunks(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(CHUNK_BYTES));
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    })
}

fn sum_of(ids: &[u32]) -> String {
    let bytes: Vec<u8> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    hexadecimal(&Sha256::digest(&bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

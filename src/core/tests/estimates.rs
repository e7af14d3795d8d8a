//! Estimates keep to the error they tell, on messages of the corpus that other makers' tokenizers have counted.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use platen_core::tokens::model_info;
use serde::Deserialize;

/// One model of each vocabulary that could be had.
const MODELS: [(&str, &str); 8] = [
    ("claude", "claude-sonnet-4-5"),
    ("gemini", "gemini-2.5-pro"),
    ("mistral", "mistral-large-latest"),
    ("sentencepiece", "mixtral-8x7b"),
    ("llama", "llama-3.1-70b"),
    ("qwen", "qwen3-max"),
    ("deepseek", "deepseek-chat"),
    ("cohere", "command-r-plus"),
];

/// An estimate promises its error for 99 of 100 messages.
const OUTLIERS_PERCENT: usize = 1;

#[derive(Deserialize)]
struct Sample {
    text: String,
    start: usize,
    end: usize,
    tokens: HashMap<String, usize>,
}

fn samples() -> Vec<(String, HashMap<String, usize>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/corpus");
    let samples: Vec<Sample> =
        serde_json::from_str(include_str!("../../../tests/vectors/tokens/estimates.json")).unwrap();
    let read = |sample: Sample| {
        let file = folder.join(format!("{}.txt", sample.text));
        let text = fs::read_to_string(&file)
            .unwrap_or_else(|error| panic!("{}: {error}; run deploy/setup.sh test", file.display()));
        (text[sample.start..sample.end].to_owned(), sample.tokens)
    };
    samples.into_iter().map(read).collect()
}

/// Whether the count is within so many percent of the estimate.
fn is_within(estimate: usize, counted: usize, percent: u16) -> bool {
    estimate.abs_diff(counted) * 100 <= estimate * usize::from(percent)
}

#[test]
fn counts_are_within_the_error_of_their_estimate() {
    let samples = samples();
    for (vocabulary, model) in MODELS {
        let info = model_info(model);
        let error = info.error_percent();
        let outliers: Vec<_> = samples
            .iter()
            .map(|(text, tokens)| (info.count(text).tokens, tokens[vocabulary]))
            .filter(|(estimate, counted)| !is_within(*estimate, *counted, error))
            .collect();

        let most = samples.len() * OUTLIERS_PERCENT / 100 + 1;
        assert!(outliers.len() <= most, "{model} promises {error} %: {outliers:?} of {}", samples.len());
    }
}

#[test]
fn an_unknown_model_is_within_its_error_whatever_its_vocabulary() {
    let info = model_info("a-model-nobody-knows");
    let samples = samples();
    let pairs = samples.iter().flat_map(|(text, tokens)| {
        let estimate = info.count(text).tokens;
        tokens.values().map(move |counted| (estimate, *counted))
    });
    let pairs: Vec<_> = pairs.collect();
    let outliers =
        pairs.iter().filter(|(estimate, counted)| !is_within(*estimate, *counted, info.error_percent()));

    assert!(outliers.count() <= pairs.len() * OUTLIERS_PERCENT / 100 + 1);
}

#[test]
fn a_bound_of_zero_would_not_hold() {
    let (text, tokens) = &samples()[0];

    assert!(!is_within(model_info("gemini-2.5-pro").count(text).tokens, tokens["gemini"], 0));
}

#[test]
fn estimates_are_rather_high_than_low_on_english_and_code() {
    for (vocabulary, model) in MODELS {
        let info = model_info(model);
        let samples = samples();
        // The first of the corpus by name: English, JavaScript and JSON.
        let (estimated, counted) =
            samples.iter().take(6).fold((0, 0), |(estimated, counted), (text, tokens)| {
                (estimated + info.count(text).tokens, counted + tokens[vocabulary])
            });

        assert!(estimated >= counted, "{model}: {estimated} for {counted}");
    }
}

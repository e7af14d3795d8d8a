//! Parts of a text have at most the tokens that were asked for, for an exact model as for an estimate, and a counter
//! that gets a text in pieces counts what the whole has.

#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_core::tokens::{CutFrom, MIN_PART_TOKENS, TokenCounter, model_info, split, truncate};

const MODELS: [&str; 5] = ["gpt-4o", "gpt-4", "davinci", "claude-sonnet-4-5", "unknown"];

fuzz_target!(|data: &[u8]| {
    let Some(([model, size, step], data)) = data.split_first_chunk() else { return };
    let model = MODELS[usize::from(*model) % MODELS.len()];
    let text = String::from_utf8_lossy(data);
    let count = |text: &str| model_info(model).count(text).tokens;

    for from in [CutFrom::End, CutFrom::Start] {
        let part = truncate(&text, usize::from(*size), model, from);
        assert!(count(part) <= usize::from(*size), "{part:?}");
    }
    let size = MIN_PART_TOKENS + usize::from(*size);
    let mut covered = 0;
    for part in split(&text, size, 0, model).unwrap() {
        assert_eq!(part.start, covered);
        assert!(count(&text[part.clone()]) <= size, "{part:?}");
        covered = part.end;
    }
    assert_eq!(covered, text.len());

    let mut counter = TokenCounter::new(model);
    for part in data.chunks(1 + usize::from(*step)) {
        counter.push(part);
    }
    assert_eq!(counter.count().tokens, count(&text));
});

//! Token ids are those of tiktoken-rs, for the older encodings and that of the open models.

#![no_main]

mod oracle;

use libfuzzer_sys::fuzz_target;
use platen_core::tokens::Encoding;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    oracle::same(Encoding::O200kHarmony, tiktoken_rs::o200k_harmony_singleton(), &text);
    oracle::same(Encoding::P50kBase, tiktoken_rs::p50k_base_singleton(), &text);
    oracle::same(Encoding::R50kBase, tiktoken_rs::r50k_base_singleton(), &text);
});

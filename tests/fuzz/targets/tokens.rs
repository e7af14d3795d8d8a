//! Token ids are those of tiktoken-rs, for the encodings of the models that are in use.

#![no_main]

mod oracle;

use libfuzzer_sys::fuzz_target;
use platen_core::tokens::Encoding;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    oracle::same(Encoding::O200kBase, tiktoken_rs::o200k_base_singleton(), &text);
    oracle::same(Encoding::Cl100kBase, tiktoken_rs::cl100k_base_singleton(), &text);
});

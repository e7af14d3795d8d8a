//! Token ids are those of tiktoken-rs, for every encoding.

#![no_main]

use std::panic::catch_unwind;
use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use platen_core::tokens::Encoding;
use tiktoken_rs::CoreBPE;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    same(Encoding::O200kBase, tiktoken_rs::o200k_base_singleton(), &text);
    same(Encoding::Cl100kBase, tiktoken_rs::cl100k_base_singleton(), &text);
});

fn same(encoding: Encoding, oracle: &'static CoreBPE, text: &str) {
    let ids = encoding.encode(text);
    assert_eq!(encoding.count(text), ids.len());
    if let Some(expected) = ask(oracle, text) {
        assert_eq!(ids, expected, "{} of {text:?}", encoding.name());
    }
}

/// The oracle panics on long runs of one character, which is no finding.
fn ask(oracle: &'static CoreBPE, text: &str) -> Option<Vec<u32>> {
    static WITHOUT_ABORT: Once = Once::new();
    // libFuzzer's own hook aborts at any panic.
    WITHOUT_ABORT.call_once(|| {
        let abort = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let is_oracle = info.location().is_some_and(|at| at.file().contains("tiktoken-rs"));
            if !is_oracle {
                abort(info);
            }
        }));
    });
    catch_unwind(|| oracle.encode_ordinary(text)).ok()
}

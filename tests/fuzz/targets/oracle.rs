//! Compares an encoding with tiktoken-rs; shared by the targets that do.

use std::panic::catch_unwind;
use std::sync::Once;

use platen_core::tokens::Encoding;
use tiktoken_rs::CoreBPE;

pub fn same(encoding: Encoding, oracle: &'static CoreBPE, text: &str) {
    let ids = encoding.encode(text);
    assert_eq!(encoding.count(text), ids.len());
    assert_eq!(encoding.decode(&ids).as_deref(), Ok(text.as_bytes()));
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

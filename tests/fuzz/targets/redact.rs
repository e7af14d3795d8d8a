//! Redacting can be undone, needs no repetition, and keeps every byte around the findings.

#![no_main]

use std::collections::HashMap;

use libfuzzer_sys::fuzz_target;
use platen_core::redact::{Kind, Rules, redact, restore};

fuzz_target!(|data: &[u8]| {
    let [kinds, text @ ..] = data else { return };
    let kinds = if *kinds == 0 { !0 } else { *kinds };
    let chosen = Kind::ALL.into_iter().enumerate().filter(|(bit, _)| kinds & (1 << bit) != 0);
    let rules = Rules { kinds: chosen.map(|(_, kind)| kind).collect(), is_reversible: true };

    let redacted = redact(text, &rules).expect("a short text");

    let mut end = 0;
    let mut values = HashMap::new();
    for finding in &redacted.findings {
        assert!(end <= finding.start && finding.start < finding.end && finding.end <= text.len());
        end = finding.end;
        values.insert(finding.placeholder.clone(), &text[finding.start..finding.end]);
    }
    let restored = restore(&redacted.text, |name| values.get(name).copied()).expect("a short text");
    assert_eq!(restored, text);
    assert!(std::str::from_utf8(text).is_err() || std::str::from_utf8(&redacted.text).is_ok());
    let again = redact(&redacted.text, &rules).expect("a short text");
    assert!(again.findings.is_empty(), "{:?}", again.findings);
});

//! Taking personal data and secrets out of a text, and putting them back.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use ext_php_rs::zend::BailoutGuard;
use platen_core::redact::{self, Kind, Redacted, Rules, is_placeholder};

use crate::convert::{PhpString, entries, text, values};
use crate::exceptions::Failure;
use crate::footprint::Footprint;
use crate::guard::guard;
use crate::params::{Bytes, Items, Options};

/// The keys of a finding.
const FINDING_KEYS: [&str; 4] = ["kind", "start", "end", "placeholder"];

/// Replaces what the rules name by placeholders.
#[php_function]
#[php(name = "Platen\\redact", defaults(rules = []))]
fn redact(text: Bytes<'_>, rules: Options<'_>) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let rules = read_rules(rules.0)?;
        let redacted = redact::redact(text.0, &rules)?;
        footprint(&redacted).check()?;
        // PHP may end the request for want of memory while the array is built; the findings are freed even then.
        let redacted = BailoutGuard::new(redacted);
        result(text.0, &redacted, rules.is_reversible)
    })
}

/// Puts the values of a map back where their placeholders stand.
#[php_function]
#[php(name = "Platen\\restore")]
fn restore(text: Bytes<'_>, map: Items<'_>) -> Result<PhpString, Failure> {
    guard(|| {
        for (key, value) in entries(map.0) {
            check_entry(&key, value)?;
        }
        let value_of = |placeholder: &str| map.0.get(placeholder).and_then(bytes);
        let restored = redact::restore(text.0, value_of)?;
        Footprint::string(restored.len()).check()?;
        Ok(PhpString::new(&BailoutGuard::new(restored)))
    })
}

fn read_rules(options: Option<&ZendHashTable>) -> Result<Rules, Failure> {
    let mut rules = Rules::default();
    let Some(options) = options else { return Ok(rules) };
    for (key, value) in entries(options) {
        let value = value.dereference();
        match text(&key).unwrap_or_default() {
            "kinds" => rules.kinds = read_kinds(value)?,
            "reversible" => {
                rules.is_reversible = value
                    .bool()
                    .ok_or_else(|| Failure::Argument(String::from("the rule reversible is true or false")))?;
            }
            _ => return Err(Failure::Argument(String::from("the rules are kinds and reversible"))),
        }
    }
    Ok(rules)
}

fn read_kinds(value: &Zval) -> Result<Vec<Kind>, Failure> {
    let list =
        value.array().ok_or_else(|| Failure::Argument(String::from("the rule kinds is a list of names")))?;
    values(list).map(|name| Ok(text(name).unwrap_or_default().parse::<Kind>()?)).collect()
}

fn check_entry(key: &Zval, value: &Zval) -> Result<(), Failure> {
    let is_name = bytes(key).is_some_and(is_placeholder);
    if is_name && bytes(value).is_some() {
        return Ok(());
    }
    Err(Failure::Argument(String::from(
        "a map has placeholders such as [EMAIL_1] as keys and strings as values",
    )))
}

/// What [`result`] makes takes at most so much: as if no two findings had the same value.
fn footprint(redacted: &Redacted) -> Footprint {
    let findings = redacted.findings.iter().map(|finding| {
        let name = Footprint::string(finding.placeholder.len());
        let value = Footprint::string(finding.end - finding.start);
        let keys = FINDING_KEYS.map(|key| Footprint::string(key.len()));
        let entry = keys.into_iter().fold(Footprint::map(FINDING_KEYS.len()), Footprint::and);
        entry.and(Footprint::string(finding.kind.name().len())).and(name).and(name).and(value)
    });
    let count = redacted.findings.len();
    let empty = Footprint::string(redacted.text.len()).and(Footprint::list(count)).and(Footprint::map(count));
    findings.fold(empty, Footprint::and)
}

fn result(original: &[u8], redacted: &Redacted, is_reversible: bool) -> Result<ZBox<ZendHashTable>, Failure> {
    let mut findings = ZendHashTable::with_capacity(u32::try_from(redacted.findings.len()).unwrap_or(0));
    let mut map = ZendHashTable::new();
    for finding in &redacted.findings {
        let mut entry = ZendHashTable::with_capacity(4);
        let [kind, start, end, placeholder] = FINDING_KEYS;
        entry.insert(kind, finding.kind.name())?;
        entry.insert(start, finding.start)?;
        entry.insert(end, finding.end)?;
        entry.insert(placeholder, finding.placeholder.as_str())?;
        findings.push(entry)?;
        let name = finding.placeholder.as_str();
        if is_reversible && map.get(name).is_none() {
            let value = original.get(finding.start..finding.end).unwrap_or_default();
            map.insert(name, PhpString::new(value))?;
        }
    }
    let mut result = ZendHashTable::with_capacity(3);
    result.insert("text", PhpString::new(&redacted.text))?;
    result.insert("findings", findings)?;
    result.insert("map", map)?;
    Ok(result)
}

fn bytes(value: &Zval) -> Option<&[u8]> {
    value.dereference().zend_str().map(ZendStr::as_bytes)
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(redact)).function(wrap_function!(restore))
}

use std::fmt::Write as _;

use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::number::write_number;

/// Names the rules below. When a rule changes, so does this line, and no hash of the old rules matches.
const VERSION: &str = "platen-prompt-v1\n";

/// Writes a value in the one form that is hashed.
///
/// It is the line `platen-prompt-v1` and, after the line's end, the value as JSON in UTF-8, after RFC 8785 (JSON
/// Canonicalization Scheme) with two additions, Unicode normalisation and exact integers:
///
/// - No white space between tokens. `true`, `false` and `null` as they are.
/// - Strings and the names of members are put into Unicode normalisation form C. They are written between
///   quotation marks, with `\"`, `\\`, `\b`, `\t`, `\n`, `\f`, `\r` for those characters, `\u00xx` in lower case
///   for the other characters below U+0020, and every other character as itself.
/// - Members are sorted by their normalised names, compared as UTF-16 code units. Names that only differ before
///   normalisation stay in the order of their original UTF-8 bytes.
/// - An integer (a number that was given without fraction and exponent and fits 64 bits with a sign, as PHP's do)
///   is written with all its digits.
/// - Any other number is a double and is written as ECMAScript's `Number::toString` writes it: the fewest digits
///   that give the same double, an exponent from 1e21 on and below 1e-6, no fraction of zero. So 1.0 and 1 are the
///   same, and so are -0.0 and 0.
///
/// The depth of the value is limited by whoever made it: `serde_json` reads at most 128 levels.
///
/// ```
/// use platen_core::prompt::canonical;
/// use serde_json::json;
///
/// let prompt = json!({"temperature": 1.0, "messages": [{"role": "user", "content": "Cafe\u{301}"}]});
/// assert_eq!(
///     canonical(&prompt),
///     "platen-prompt-v1\n{\"messages\":[{\"content\":\"Café\",\"role\":\"user\"}],\"temperature\":1}",
/// );
/// ```
pub fn canonical(value: &Value) -> String {
    let mut out = String::from(VERSION);
    write_value(&mut out, value);
    out
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_string(out, text.nfc()),
        Value::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                separate(out, index);
                write_value(out, value);
            }
            out.push(']');
        }
        Value::Object(members) => write_object(out, members),
    }
}

fn write_object(out: &mut String, members: &Map<String, Value>) {
    let mut sorted: Vec<(Vec<u16>, &String, &Value)> = members
        .iter()
        .map(|(name, value)| {
            let units = name.nfc().collect::<String>().encode_utf16().collect();
            (units, name, value)
        })
        .collect();
    sorted.sort_by(|left, right| (&left.0, left.1).cmp(&(&right.0, right.1)));

    out.push('{');
    for (index, (_, name, value)) in sorted.into_iter().enumerate() {
        separate(out, index);
        write_string(out, name.nfc());
        out.push(':');
        write_value(out, value);
    }
    out.push('}');
}

fn separate(out: &mut String, index: usize) {
    if index > 0 {
        out.push(',');
    }
}

fn write_string(out: &mut String, characters: impl Iterator<Item = char>) {
    out.push('"');
    for character in characters {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            // Writing to a string cannot fail.
            '\0'..='\u{1f}' => drop(write!(out, "\\u{:04x}", u32::from(character))),
            _ => out.push(character),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests;

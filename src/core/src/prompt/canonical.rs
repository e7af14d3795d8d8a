use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::number::write_number;
use super::rules::{Rules, normalised};

/// Writes a value in the one form that is hashed.
///
/// It is a line that names the rules, `platen-prompt-v1`, ` whitespace=collapse` and ` case=fold` where they are
/// asked for, and, after the line's end, the value as JSON in UTF-8, after RFC 8785 (JSON Canonicalization Scheme)
/// with two additions, Unicode normalisation and exact integers:
///
/// - No white space between tokens. `true`, `false` and `null` as they are.
/// - Strings and the names of members are put into Unicode normalisation form C. Strings are then changed as the
///   [`Rules`] say: case first, white space last. They are written between
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
/// use platen_core::prompt::{Rules, canonical};
/// use serde_json::json;
///
/// let prompt = json!({"temperature": 1.0, "messages": [{"role": "user", "content": "Cafe\u{301}"}]});
/// assert_eq!(
///     canonical(&prompt, Rules::default()),
///     "platen-prompt-v1\n{\"messages\":[{\"content\":\"Café\",\"role\":\"user\"}],\"temperature\":1}",
/// );
/// ```
pub fn canonical(value: &Value, rules: Rules) -> String {
    let mut out = rules.line();
    write_value(&mut out, value, rules);
    out
}

fn write_value(out: &mut String, value: &Value, rules: Rules) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => write_number(out, number),
        Value::String(text) => write_string(out, &rules.apply(text)),
        Value::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                separate(out, index);
                write_value(out, value, rules);
            }
            out.push(']');
        }
        Value::Object(members) => write_object(out, members, rules),
    }
}

fn write_object(out: &mut String, members: &Map<String, Value>, rules: Rules) {
    let mut sorted: Vec<Member<'_>> =
        members.iter().map(|(name, value)| Member { name, normalised: normalised(name), value }).collect();
    sorted.sort_by(|left, right| {
        let by_units = left.normalised.encode_utf16().cmp(right.normalised.encode_utf16());
        by_units.then_with(|| left.name.cmp(right.name))
    });

    out.push('{');
    for (index, member) in sorted.iter().enumerate() {
        separate(out, index);
        write_string(out, &member.normalised);
        out.push(':');
        write_value(out, member.value, rules);
    }
    out.push('}');
}

struct Member<'v> {
    name: &'v str,
    normalised: Cow<'v, str>,
    value: &'v Value,
}

fn separate(out: &mut String, index: usize) {
    if index > 0 {
        out.push(',');
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(plain) = rest.bytes().position(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        let (before, from) = rest.split_at(plain);
        // What is escaped is one byte long.
        let (special, after) = from.split_at(1);
        out.push_str(before);
        write_escape(out, special);
        rest = after;
    }
    out.push_str(rest);
    out.push('"');
}

fn write_escape(out: &mut String, special: &str) {
    match special {
        "\"" => out.push_str("\\\""),
        "\\" => out.push_str("\\\\"),
        "\u{8}" => out.push_str("\\b"),
        "\t" => out.push_str("\\t"),
        "\n" => out.push_str("\\n"),
        "\u{c}" => out.push_str("\\f"),
        "\r" => out.push_str("\\r"),
        control => {
            for byte in control.bytes() {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{byte:04x}");
            }
        }
    }
}

#[cfg(test)]
mod tests;

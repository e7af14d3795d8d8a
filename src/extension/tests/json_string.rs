//! JSON strings without PHP: the module is compiled into this test as it is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../src/convert"]
mod extension {
    pub(crate) mod json_string;
}

use extension::json_string::append_json_string;

fn written(text: &str) -> String {
    let mut out = Vec::new();
    append_json_string(&mut out, text);
    String::from_utf8(out).unwrap()
}

#[test]
fn every_character_is_written_as_serde_json_does() {
    for character in (0..0x300).chain([0x2028, 0xFFFD, 0x1F600]).filter_map(char::from_u32) {
        let text = character.to_string();

        assert_eq!(written(&text), serde_json::to_string(&text).unwrap());
    }
}

#[test]
fn an_escape_is_found_wherever_it_stands() {
    for special in ["\"", "\\", "\n", "\u{1f}"] {
        for length in 0..70 {
            for place in 0..=length {
                let text = format!("{}{special}{}", "ä".repeat(place), "b".repeat(length - place));

                assert_eq!(written(&text), serde_json::to_string(&text).unwrap());
            }
        }
    }
}

#[test]
fn what_stands_before_stays() {
    let mut out = b"{".to_vec();

    append_json_string(&mut out, "a");

    assert_eq!(out, b"{\"a\"");
}

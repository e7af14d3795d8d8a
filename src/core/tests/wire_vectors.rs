//! The golden frames of the socket protocol, made by `tests/vectors/signing.py`, against this implementation.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use platen_core::wire::{Frame, HEADER_BYTES, Reply, Request, decode_header, encode};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Vectors<T> {
    cases: Vec<T>,
}

#[derive(Deserialize)]
struct FrameCase {
    name: String,
    tag: u8,
    body: Value,
    frame_hex: String,
}

#[derive(Deserialize)]
struct RefusedCase {
    name: String,
    header_hex: String,
    error: String,
}

#[test]
fn the_golden_frames_are_read_and_written() {
    let json = include_str!("../../../tests/vectors/wire/frames.json");
    let vectors: Vectors<FrameCase> = serde_json::from_str(json).unwrap();
    assert!(vectors.cases.len() >= 10);

    for case in vectors.cases {
        let bytes = from_hex(&case.frame_hex);
        let (header, body) = bytes.split_first_chunk::<HEADER_BYTES>().unwrap();

        let Frame { tag, body_bytes } = decode_header(*header).unwrap();

        assert_eq!((tag as u8, body_bytes), (case.tag, body.len()), "{}", case.name);
        assert_eq!(serde_json::from_slice::<Value>(body).unwrap(), case.body, "{}", case.name);
        assert_eq!(encode(tag, body).unwrap(), bytes, "{}", case.name);
        let is_request = Request::decode(tag, body).unwrap().is_some();
        let is_reply = Reply::decode(tag, body).unwrap().is_some();
        assert!(is_request != is_reply, "{}", case.name);
    }
}

#[test]
fn the_golden_headers_are_refused_with_their_code() {
    let json = include_str!("../../../tests/vectors/wire/refused.json");
    let vectors: Vectors<RefusedCase> = serde_json::from_str(json).unwrap();

    for case in vectors.cases {
        let header: [u8; HEADER_BYTES] = from_hex(&case.header_hex).try_into().unwrap();

        assert_eq!(decode_header(header).unwrap_err().code().as_str(), case.error, "{}", case.name);
    }
}

fn from_hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

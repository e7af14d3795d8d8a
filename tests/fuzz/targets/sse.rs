//! Events are the same however the stream was cut, and what was written is read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_core::sse::{Event, Parser, encode_event};

/// Small, so that the limit is met.
const LIMIT_BYTES: usize = 256;

fuzz_target!(|data: &[u8]| {
    let [cut, stream @ ..] = data else { return };
    let whole = Parser::new(LIMIT_BYTES).push(stream);
    let mut parser = Parser::new(LIMIT_BYTES);
    let pieces: Result<Vec<Vec<Event>>, _> =
        stream.chunks(usize::from(*cut).max(1)).map(|chunk| parser.push(chunk)).collect();
    match (whole, pieces) {
        (Ok(whole), Ok(pieces)) => {
            assert_eq!(whole, pieces.concat());
            whole.iter().for_each(check_written);
        }
        (Err(_), Err(_)) => {}
        (whole, pieces) => panic!("in one: {whole:?}, in pieces: {pieces:?}"),
    }
});

fn check_written(event: &Event) {
    let mut text = String::new();
    encode_event(&mut text, event);
    let read = Parser::new(64 * LIMIT_BYTES).push(text.as_bytes()).expect("a short event");
    assert_eq!(read.as_slice(), std::slice::from_ref(event));
}

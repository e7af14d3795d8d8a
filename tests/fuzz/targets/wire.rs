//! No frame makes the reader panic, and what was read can be written and read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_core::wire::{FrameError, HEADER_BYTES, Reply, Request, decode_header, encode};

fuzz_target!(|data: &[u8]| {
    let Some((header, body)) = data.split_first_chunk::<HEADER_BYTES>() else { return };
    let frame = match decode_header(*header) {
        Ok(frame) => frame,
        Err(error) => {
            let _ = (error.code(), error.to_string());
            return;
        }
    };
    let body = body.get(..frame.body_bytes).unwrap_or(body);
    let bytes = encode(frame.tag, body).expect("the body fits");
    let (written, rest) = bytes.split_first_chunk::<HEADER_BYTES>().expect("a header");
    assert_eq!(rest, body);
    assert_eq!(decode_header(*written).map(|frame| frame.tag), Ok(frame.tag));
    assert!(!matches!(decode_header(*written), Err(FrameError::TooLarge(_))));

    if let Ok(Some(request)) = Request::decode(frame.tag, body) {
        let (tag, bytes) = request.encode().expect("a request has a body");
        let again = Request::decode(tag, &bytes).expect("our own body").expect("our own tag");
        assert_eq!(again.encode().expect("a body"), (tag, bytes));
    }
    if let Ok(Some(reply)) = Reply::decode(frame.tag, body) {
        let (tag, bytes) = reply.encode().expect("a reply has a body");
        let again = Reply::decode(tag, &bytes).expect("our own body").expect("our own tag");
        assert_eq!(again.encode().expect("a body"), (tag, bytes));
    }
});

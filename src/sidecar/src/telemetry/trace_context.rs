//! W3C Trace Context for what the daemon sends out.

use bytes::Bytes;
use rand::RngExt;
use sha2::{Digest, Sha256};

/// The `traceparent` of an outgoing request: the trace id of the incoming one, with a span id of its own.
/// Without a valid incoming one, the trace id is the request id when that is 32 hexadecimal digits, else the
/// first 32 of its SHA-256.
pub fn outgoing(incoming: Option<&str>, request_id: &str) -> String {
    let (trace_id, flags) = match incoming.and_then(parse) {
        Some((trace_id, flags)) => (trace_id.to_owned(), flags.to_owned()),
        None => (trace_id_of(request_id), "01".to_owned()),
    };
    // An all-zero span id is not valid.
    let span_id: u64 = rand::rng().random_range(1..=u64::MAX);
    format!("00-{trace_id}-{span_id:016x}-{flags}")
}

fn parse(header: &str) -> Option<(&str, &str)> {
    let mut parts = header.split('-');
    let (version, trace_id, span_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_known_shape = version != "00" || parts.next().is_none();
    let is_valid = is_hex(version, 2)
        && version != "ff"
        && is_hex(trace_id, 32)
        && trace_id.bytes().any(|byte| byte != b'0')
        && is_hex(span_id, 16)
        && span_id.bytes().any(|byte| byte != b'0')
        && is_hex(flags, 2);
    (is_known_shape && is_valid).then_some((trace_id, flags))
}

fn trace_id_of(request_id: &str) -> String {
    if is_hex(request_id, 32) && request_id.bytes().any(|byte| byte != b'0') {
        return request_id.to_owned();
    }
    let digest = Sha256::digest(request_id.as_bytes());
    format!("{:x}", Bytes::copy_from_slice(&digest)).chars().take(32).collect()
}

fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn trace_id(header: &str) -> &str {
        parse(header).unwrap().0
    }

    #[test]
    fn the_trace_goes_on_with_a_span_of_its_own() {
        let incoming = format!("00-{TRACE_ID}-00f067aa0ba902b7-00");

        let outgoing = outgoing(Some(&incoming), "ignored");

        assert_eq!(trace_id(&outgoing), TRACE_ID);
        assert!(outgoing.ends_with("-00"), "the caller's sampling decision stands");
        assert!(!outgoing.contains("00f067aa0ba902b7"));
    }

    #[test]
    fn without_a_valid_header_the_trace_id_comes_from_the_request_id() {
        let zero = format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32));
        for broken in [None, Some(""), Some("00-xyz"), Some(zero.as_str())] {
            assert_eq!(trace_id(&outgoing(broken, TRACE_ID)), TRACE_ID);
        }

        // sha256("abc") = ba7816bf 8f01cfea 414140de 5dae2223 …
        assert_eq!(trace_id(&outgoing(None, "abc")), "ba7816bf8f01cfea414140de5dae2223");
    }
}

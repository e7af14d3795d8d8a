use thiserror::Error;

use crate::code::ErrorCode;
use crate::limits::MAX_FRAME_BYTES;

/// The version this code speaks, the first byte after the length.
pub const PROTOCOL_VERSION: u8 = 1;

/// The fixed part of a frame: length (4 bytes, big endian, of all that follows it), version, tag.
pub const HEADER_BYTES: usize = 6;

/// What a frame's body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Tag {
    /// Asks whether the daemon lives.
    Ping = 0x01,
    /// Hands over a job.
    Submit = 0x02,
    /// Asks where a job stands.
    Status = 0x03,
    /// Ends a job by request.
    Cancel = 0x04,
    /// Replays a dead job.
    Retry = 0x05,
    /// Asks for a job's hops.
    Trace = 0x06,
    /// Takes from a rate limit.
    RateLimit = 0x07,
    /// Answers [`Tag::Ping`].
    Pong = 0x81,
    /// Answers [`Tag::Submit`].
    Receipt = 0x82,
    /// Answers [`Tag::Status`], [`Tag::Cancel`] and [`Tag::Retry`].
    Job = 0x83,
    /// Answers [`Tag::Trace`].
    Hops = 0x86,
    /// Answers [`Tag::RateLimit`].
    RateDecision = 0x87,
    /// Answers anything that was refused.
    Refusal = 0xFF,
}

impl Tag {
    fn from_byte(byte: u8) -> Option<Self> {
        [
            Self::Ping,
            Self::Submit,
            Self::Status,
            Self::Cancel,
            Self::Retry,
            Self::Trace,
            Self::RateLimit,
            Self::Pong,
            Self::Receipt,
            Self::Job,
            Self::Hops,
            Self::RateDecision,
            Self::Refusal,
        ]
        .into_iter()
        .find(|tag| *tag as u8 == byte)
    }
}

/// The decoded header of a frame: how many bytes of body follow, and what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What the body is.
    pub tag: Tag,
    /// The length of the body, in bytes; at most [`MAX_FRAME_BYTES`].
    pub body_bytes: usize,
}

/// A frame that cannot be read or written.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum FrameError {
    /// The length field exceeds the limit. The connection must be closed: the rest cannot be skipped safely.
    #[error("a frame of {0} bytes is over the limit of {MAX_FRAME_BYTES}")]
    TooLarge(usize),
    /// The length field does not even cover version and tag.
    #[error("a frame of {0} bytes is too short")]
    TooShort(usize),
    /// The peer speaks another version.
    #[error("protocol version {0} is not {PROTOCOL_VERSION}")]
    Version(u8),
    /// The tag is not known to this version. The body length is given so that the body can be skipped.
    #[error("frame tag {tag:#04x} is unknown")]
    UnknownTag {
        /// The tag that was sent.
        tag: u8,
        /// How many bytes of body follow it.
        body_bytes: usize,
    },
}

impl FrameError {
    /// The stable code of the refusal.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge(_) => ErrorCode::PayloadTooLarge,
            Self::TooShort(_) => ErrorCode::InvalidRequest,
            Self::Version(_) => ErrorCode::UnsupportedVersion,
            Self::UnknownTag { .. } => ErrorCode::UnknownRequest,
        }
    }
}

/// Reads a header.
///
/// # Errors
/// See [`FrameError`]. The order of checks is length, version, tag.
pub fn decode_header(header: [u8; HEADER_BYTES]) -> Result<Frame, FrameError> {
    let [a, b, c, d, version, tag] = header;
    let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
    if length > MAX_FRAME_BYTES {
        return Err(FrameError::TooLarge(length));
    }
    let Some(body_bytes) = length.checked_sub(2) else {
        return Err(FrameError::TooShort(length));
    };
    if version != PROTOCOL_VERSION {
        return Err(FrameError::Version(version));
    }
    match Tag::from_byte(tag) {
        Some(tag) => Ok(Frame { tag, body_bytes }),
        None => Err(FrameError::UnknownTag { tag, body_bytes }),
    }
}

/// Writes a whole frame.
///
/// # Errors
/// [`FrameError::TooLarge`] when the body does not fit.
pub fn encode(tag: Tag, body: &[u8]) -> Result<Vec<u8>, FrameError> {
    let length = body.len().saturating_add(2);
    let (Ok(prefix), true) = (u32::try_from(length), length <= MAX_FRAME_BYTES) else {
        return Err(FrameError::TooLarge(length));
    };
    let mut bytes = Vec::with_capacity(length + 4);
    bytes.extend_from_slice(&prefix.to_be_bytes());
    bytes.extend_from_slice(&[PROTOCOL_VERSION, tag as u8]);
    bytes.extend_from_slice(body);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header_of(bytes: &[u8]) -> [u8; HEADER_BYTES] {
        bytes[..HEADER_BYTES].try_into().unwrap()
    }

    proptest! {
        #[test]
        fn what_was_encoded_decodes(body in proptest::collection::vec(any::<u8>(), 0..2048)) {
            let bytes = encode(Tag::Submit, &body).unwrap();

            let frame = decode_header(header_of(&bytes)).unwrap();

            prop_assert_eq!(frame, Frame { tag: Tag::Submit, body_bytes: body.len() });
            prop_assert_eq!(&bytes[HEADER_BYTES..], &body[..]);
        }

        #[test]
        fn no_header_panics(header in any::<[u8; HEADER_BYTES]>()) {
            let _ = decode_header(header);
        }
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_anything_else() {
        assert_eq!(decode_header([0xFF, 0xFF, 0xFF, 0xFF, 9, 9]), Err(FrameError::TooLarge(0xFFFF_FFFF)));
    }

    #[test]
    fn an_unknown_tag_tells_how_much_to_skip() {
        assert_eq!(
            decode_header([0, 0, 0, 7, 1, 0x42]),
            Err(FrameError::UnknownTag { tag: 0x42, body_bytes: 5 })
        );
    }
}

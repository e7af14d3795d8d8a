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
    /// Hands over a job; the receipt comes before the job is durable.
    Accept = 0x08,
    /// Hands over a job without an answer.
    Push = 0x09,
    /// Hands over several jobs in one transaction.
    SubmitMany = 0x0A,
    /// Waits for the end of a job.
    Wait = 0x0B,
    /// Reserves an amount of a budget.
    Reserve = 0x0C,
    /// Books the real amount of a reservation.
    Settle = 0x0D,
    /// Asks what the daemon is and can do.
    Describe = 0x0E,
    /// Asks for results that the site was not told of yet, and acknowledges earlier ones.
    Results = 0x0F,
    /// Reads a part of a long answer.
    ReadAnswer = 0x10,
    /// Answers [`Tag::Ping`].
    Pong = 0x81,
    /// Answers [`Tag::Submit`] and [`Tag::Accept`].
    Receipt = 0x82,
    /// Answers [`Tag::Status`], [`Tag::Cancel`], [`Tag::Retry`] and [`Tag::Wait`].
    Job = 0x83,
    /// Answers [`Tag::Trace`].
    Hops = 0x86,
    /// Answers [`Tag::RateLimit`].
    RateDecision = 0x87,
    /// Answers [`Tag::SubmitMany`].
    Receipts = 0x8A,
    /// Answers [`Tag::Reserve`].
    Reservation = 0x8C,
    /// Answers [`Tag::Settle`].
    Settlement = 0x8D,
    /// Answers [`Tag::Describe`].
    Description = 0x8E,
    /// Answers [`Tag::Results`].
    ResultPage = 0x8F,
    /// Answers [`Tag::ReadAnswer`].
    AnswerPart = 0x90,
    /// Answers anything that was refused.
    Refusal = 0xFF,
}

impl Tag {
    const ALL: [Self; 28] = [
        Self::Ping,
        Self::Submit,
        Self::Status,
        Self::Cancel,
        Self::Retry,
        Self::Trace,
        Self::RateLimit,
        Self::Accept,
        Self::Push,
        Self::SubmitMany,
        Self::Wait,
        Self::Reserve,
        Self::Settle,
        Self::Describe,
        Self::Results,
        Self::ReadAnswer,
        Self::Pong,
        Self::Receipt,
        Self::Job,
        Self::Hops,
        Self::RateDecision,
        Self::Receipts,
        Self::Reservation,
        Self::Settlement,
        Self::Description,
        Self::ResultPage,
        Self::AnswerPart,
        Self::Refusal,
    ];

    fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|tag| *tag as u8 == byte)
    }

    /// The tag of the answer to this request; `None` for a request without one, and for an answer.
    pub fn reply(self) -> Option<Self> {
        match self {
            Self::Ping => Some(Self::Pong),
            Self::Submit | Self::Accept => Some(Self::Receipt),
            Self::Status | Self::Cancel | Self::Retry | Self::Wait => Some(Self::Job),
            Self::Trace => Some(Self::Hops),
            Self::RateLimit => Some(Self::RateDecision),
            Self::SubmitMany => Some(Self::Receipts),
            Self::Reserve => Some(Self::Reservation),
            Self::Settle => Some(Self::Settlement),
            Self::Describe => Some(Self::Description),
            Self::Results => Some(Self::ResultPage),
            Self::ReadAnswer => Some(Self::AnswerPart),
            Self::Push
            | Self::Pong
            | Self::Receipt
            | Self::Job
            | Self::Hops
            | Self::RateDecision
            | Self::Receipts
            | Self::Reservation
            | Self::Settlement
            | Self::Description
            | Self::ResultPage
            | Self::AnswerPart
            | Self::Refusal => None,
        }
    }

    /// Whether sending the request a second time, after its answer was lost, changes nothing more and is answered
    /// as the first time. Jobs and reservations are known by their ids.
    pub fn is_idempotent(self) -> bool {
        match self {
            Self::Cancel | Self::Retry | Self::RateLimit => false,
            Self::Ping
            | Self::Submit
            | Self::Accept
            | Self::Push
            | Self::SubmitMany
            | Self::Status
            | Self::Wait
            | Self::Trace
            | Self::Reserve
            | Self::Settle
            | Self::Describe
            | Self::Results
            | Self::ReadAnswer
            | Self::Pong
            | Self::Receipt
            | Self::Job
            | Self::Hops
            | Self::RateDecision
            | Self::Receipts
            | Self::Reservation
            | Self::Settlement
            | Self::Description
            | Self::ResultPage
            | Self::AnswerPart
            | Self::Refusal => true,
        }
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

/// A frame whose body is written in place, without a copy.
#[derive(Debug)]
pub struct FrameBuilder(Vec<u8>);

impl FrameBuilder {
    /// Begins a frame; room for so many bytes of body is made at once.
    pub fn new(tag: Tag, body_bytes: usize) -> Self {
        let mut bytes = Vec::with_capacity(HEADER_BYTES.saturating_add(body_bytes));
        bytes.extend_from_slice(&[0, 0, 0, 0, PROTOCOL_VERSION, tag as u8]);
        Self(bytes)
    }

    /// Where the body is appended. What is there already must stay.
    pub fn body(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }

    /// The whole frame.
    ///
    /// # Errors
    /// [`FrameError::TooLarge`] when the body does not fit.
    pub fn finish(mut self) -> Result<Vec<u8>, FrameError> {
        let length = self.0.len().saturating_sub(4);
        match (u32::try_from(length), self.0.first_chunk_mut::<4>()) {
            (Ok(prefix), Some(place)) if length <= MAX_FRAME_BYTES => *place = prefix.to_be_bytes(),
            _ => return Err(FrameError::TooLarge(length)),
        }
        Ok(self.0)
    }
}

/// Writes a whole frame.
///
/// # Errors
/// [`FrameError::TooLarge`] when the body does not fit.
pub fn encode(tag: Tag, body: &[u8]) -> Result<Vec<u8>, FrameError> {
    let mut frame = FrameBuilder::new(tag, body.len());
    frame.body().extend_from_slice(body);
    frame.finish()
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

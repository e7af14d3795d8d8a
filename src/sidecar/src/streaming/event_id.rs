//! The place of an event in a job's stream.

use std::str::FromStr;

use thiserror::Error;

/// Names how much of which attempt a client has: `{attempt}-{sequence}`, where the sequence counts the bytes
/// of the answer's text up to and including the event.
///
/// Counting bytes rather than events makes the id a property of the text: an answer that is read back from
/// the store after a restart continues exactly where the live stream broke off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventId {
    /// The attempt that wrote the text; 0 before the first one.
    pub attempt: u32,
    /// Bytes of text that the client has.
    pub sequence: usize,
}

/// The text is not an event id.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("an event id is an attempt and a sequence, two decimal numbers joined by '-'")]
pub struct ParseEventIdError;

impl FromStr for EventId {
    type Err = ParseEventIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (attempt, sequence) = text.split_once('-').ok_or(ParseEventIdError)?;
        // `parse` alone would take a leading plus sign.
        if ![attempt, sequence].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(ParseEventIdError);
        }
        Ok(Self {
            attempt: attempt.parse().map_err(|_| ParseEventIdError)?,
            sequence: sequence.parse().map_err(|_| ParseEventIdError)?,
        })
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.attempt, self.sequence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form() {
        let id = EventId { attempt: 3, sequence: 1_024 };

        assert_eq!(id.to_string(), "3-1024");
        assert_eq!("3-1024".parse(), Ok(id));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in
            ["", "-", "1", "1-", "-1", "+1-1", "1-+1", "1-1-1", "a-b", "1-99999999999999999999", " 1-1"]
        {
            assert_eq!(text.parse::<EventId>(), Err(ParseEventIdError), "{text:?}");
        }
    }
}

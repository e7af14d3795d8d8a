//! As much of DER (X.690) as the containers of keys need: lengths are definite and bounded, and every read is
//! one step forward.

/// A position in DER bytes.
#[derive(Clone, Copy)]
pub(super) struct Der<'a>(&'a [u8]);

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_ID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
/// `[0]` and `[1]` around their content, as the private keys of RFC 5915 use them.
pub(super) const EXPLICIT_0: u8 = 0xa0;
pub(super) const EXPLICIT_1: u8 = 0xa1;

impl<'a> Der<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Takes the next element when it has this tag, and gives its content.
    pub(super) fn take(&mut self, expected: u8) -> Option<&'a [u8]> {
        let (&tag, rest) = self.0.split_first()?;
        if tag != expected {
            return None;
        }
        let (length, rest) = read_length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }

    /// Takes the next element and gives a reader of what is inside.
    pub(super) fn enter(&mut self, expected: u8) -> Option<Self> {
        self.take(expected).map(Self)
    }

    /// Takes a bit string of whole bytes.
    pub(super) fn take_bits(&mut self) -> Option<&'a [u8]> {
        self.take(BIT_STRING)?.strip_prefix(&[0])
    }

    /// Takes an integer above zero, without the zero that marks it as positive.
    pub(super) fn take_positive(&mut self) -> Option<&'a [u8]> {
        let content = self.take(INTEGER)?;
        let digits = content.strip_prefix(&[0]).unwrap_or(content);
        let is_positive = digits.len() < content.len() || content.first().is_some_and(|first| *first < 0x80);
        (is_positive && digits.first().is_some_and(|first| *first != 0)).then_some(digits)
    }

    /// Whether everything was read.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Reads a length of at most two bytes: no key that is taken here is longer.
fn read_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    match (first, rest) {
        (0..=0x7f, rest) => Some((usize::from(first), rest)),
        (0x81, [length, rest @ ..]) if *length >= 0x80 => Some((usize::from(*length), rest)),
        (0x82, [high, low, rest @ ..]) if *high > 0 => {
            Some((usize::from(u16::from_be_bytes([*high, *low])), rest))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_are_taken_in_their_order() {
        let mut der = Der::new(&[0x30, 5, 0x02, 1, 7, 0x04, 0, 0x03, 2, 0, 9]);
        let mut inner = der.enter(SEQUENCE).unwrap();

        assert_eq!(inner.take_positive(), Some(&[7][..]));
        assert_eq!(inner.take(OCTET_STRING), Some(&[][..]));
        assert!(inner.is_empty());
        assert_eq!(der.take_bits(), Some(&[9][..]));
        assert!(der.is_empty());
    }

    #[test]
    fn a_length_has_one_spelling() {
        for bytes in
            [&[0x04, 0x81, 1, 9][..], &[0x04, 0x82, 0, 1, 9], &[0x04, 0x80, 9], &[0x04, 0x83, 0, 0, 1, 9]]
        {
            assert_eq!(Der::new(bytes).take(OCTET_STRING), None, "{bytes:x?}");
        }
    }

    #[test]
    fn zero_and_negative_integers_are_not_positive() {
        for bytes in [&[0x02, 1, 0][..], &[0x02, 1, 0x80], &[0x02, 0], &[0x02, 2, 0, 0]] {
            assert_eq!(Der::new(bytes).take_positive(), None, "{bytes:x?}");
        }
        assert_eq!(Der::new(&[0x02, 2, 0, 0x80]).take_positive(), Some(&[0x80][..]));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_read_beyond_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            for tag in [INTEGER, BIT_STRING, OCTET_STRING, SEQUENCE] {
                let mut der = Der::new(&bytes);
                if let Some(content) = der.take(tag) {
                    prop_assert!(content.len() + 2 <= bytes.len());
                }
            }
        }
    }
}

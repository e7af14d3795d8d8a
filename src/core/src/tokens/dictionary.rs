//! What an encoding's tokens are: the longest at a place of a text, and which two may stand side by side.

use super::layout::{self, BYTE_TOKENS, Entry, NO_TOKEN, Unit};

/// The tokens of an encoding as read-only tables; `layout.rs` describes them.
pub(super) struct Dictionary {
    pub(super) units: &'static [[u8; 8]],
    pub(super) entries: &'static [[u8; 8]],
    pub(super) seeds: &'static [[u8; 2]],
    pub(super) pairs: &'static [[u8; 8]],
    pub(super) filter: &'static [[u8; 8]],
    /// The ids from here on are those of another encoding that shares the tables.
    pub(super) size: u32,
}

/// A token that a text begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// [`NO_TOKEN`] when there is none.
    pub(super) token: u32,
    /// In bytes.
    pub(super) length: usize,
}

impl Candidate {
    const NONE: Self = Self { token: NO_TOKEN, length: 0 };
}

impl Dictionary {
    /// The same tables for an encoding that has only the tokens below an id.
    pub(super) const fn first(&self, size: u32) -> Self {
        Self {
            units: self.units,
            entries: self.entries,
            seeds: self.seeds,
            pairs: self.pairs,
            filter: self.filter,
            size,
        }
    }

    /// The longest token that the bytes begin with; [`Candidate::NONE`] for no bytes.
    #[inline]
    pub(super) fn longest(&self, bytes: &[u8]) -> Candidate {
        let mut unit = self.unit(0);
        let mut found = Candidate::NONE;
        for (byte, length) in bytes.iter().zip(1..) {
            let child = self.unit(unit.base() ^ usize::from(*byte));
            if !child.has_label(*byte) {
                break;
            }
            unit = child;
            if unit.token() < self.size {
                found = Candidate { token: unit.token(), length };
            }
            if unit.base() == 0 {
                break;
            }
        }
        found
    }

    /// The length of a token, in bytes; zero when there is no such token.
    #[inline]
    pub(super) fn length(&self, token: u32) -> usize {
        self.entry(token).length()
    }

    /// The longest token that a token begins with; [`Candidate::NONE`] for a single byte.
    #[inline]
    pub(super) fn shorter(&self, token: u32) -> Candidate {
        let mut shorter = self.entry(token).prefix();
        loop {
            let entry = self.entry(shorter);
            if shorter < self.size || shorter == NO_TOKEN {
                return Candidate { token: shorter, length: entry.length() };
            }
            shorter = entry.prefix();
        }
    }

    /// The token that two tokens are joined to; [`NO_TOKEN`] when they are not.
    #[inline]
    pub(super) fn join(&self, left: u32, right: u32) -> u32 {
        let key = layout::pair_key(left, right);
        let hash = layout::pair_hash(key);
        let (word, bit) = layout::filter_bit(hash, self.filter.len());
        if self.filter.get(word).is_none_or(|word| u64::from_le_bytes(*word) & bit == 0) {
            return NO_TOKEN;
        }
        let seed = self.seeds.get(layout::bucket(hash, self.seeds.len()));
        let seed = seed.map_or(0, |seed| u16::from_le_bytes(*seed));
        let slot = self.pairs.get(layout::slot(hash, seed, self.pairs.len()));
        let joined = layout::joined(slot.map_or(0, |slot| u64::from_le_bytes(*slot)), key);
        if joined < self.size { joined } else { NO_TOKEN }
    }

    /// Whether a text whose last token is `left` keeps its tokens when a text that is the token `right` follows.
    ///
    /// Looks back at how the two were joined, the latest joint first: had the pair at the edge ever been the next
    /// to be joined, the tokens would be others.
    #[inline]
    pub(super) fn may_stand_together(&self, mut left: u32, mut right: u32) -> bool {
        // Pairs whose token is below the limit are joined before what the edge looks like now changes.
        let mut limit = NO_TOKEN;
        loop {
            if self.join(left, right) < limit {
                return false;
            }
            if left.max(right) < BYTE_TOKENS {
                return true;
            }
            if left > right {
                limit = left;
                left = self.entry(left).right();
            } else {
                // Of equal pairs the leftmost is joined first: the one across the edge before the one behind it.
                limit = right + 1;
                right = self.entry(right).left();
            }
        }
    }

    /// Appends the bytes of a token. Whether there is such a token.
    pub(super) fn append_bytes(&self, token: u32, bytes: &mut Vec<u8>) -> bool {
        if token >= self.size || self.length(token) == 0 {
            return false;
        }
        let mut rest = vec![token];
        while let Some(token) = rest.pop() {
            let entry = self.entry(token);
            if token < BYTE_TOKENS {
                bytes.extend(self.byte_of(token));
            } else {
                rest.extend([entry.right(), entry.left()]);
            }
        }
        true
    }

    /// The byte whose token this is.
    fn byte_of(&self, token: u32) -> Option<u8> {
        (0..=u8::MAX).find(|byte| self.longest(&[*byte]).token == token)
    }

    #[inline]
    fn unit(&self, place: usize) -> Unit {
        Unit(self.units.get(place).map_or(0, |unit| u64::from_le_bytes(*unit)))
    }

    #[inline]
    fn entry(&self, token: u32) -> Entry {
        let place = usize::try_from(token).unwrap_or(usize::MAX);
        Entry(self.entries.get(place).map_or(0, |entry| u64::from_le_bytes(*entry)))
    }
}

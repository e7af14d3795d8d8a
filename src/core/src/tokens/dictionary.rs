//! What an encoding's tokens are: the longest at a place of a text, and which two may stand side by side.

use super::layout::{self, BYTE_TOKENS, Entry, NO_TOKEN, Unit};

/// The tokens of an encoding as read-only tables; `layout.rs` describes them.
pub(super) struct Dictionary {
    pub(super) units: &'static [[u8; 8]],
    pub(super) entries: &'static [[u8; 8]],
    pub(super) seeds: &'static [[u8; 2]],
    pub(super) pairs: &'static [[u8; 8]],
    /// The ids from here on are those of another encoding that shares the tables.
    pub(super) size: u32,
}

impl Dictionary {
    /// The same tables for an encoding that has only the tokens below an id.
    pub(super) const fn first(&self, size: u32) -> Self {
        Self { units: self.units, entries: self.entries, seeds: self.seeds, pairs: self.pairs, size }
    }

    /// The longest token that the bytes begin with; [`NO_TOKEN`] for no bytes.
    #[inline]
    pub(super) fn longest(&self, bytes: &[u8]) -> u32 {
        let mut unit = self.unit(0);
        let mut found = NO_TOKEN;
        for byte in bytes {
            let child = self.unit(unit.base() ^ usize::from(*byte));
            if !child.has_label(*byte) {
                break;
            }
            unit = child;
            if unit.token() < self.size {
                found = unit.token();
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

    /// The longest token that a token begins with; [`NO_TOKEN`] for a single byte.
    #[inline]
    pub(super) fn shorter(&self, token: u32) -> u32 {
        let mut shorter = self.entry(token).prefix();
        while shorter >= self.size && shorter != NO_TOKEN {
            shorter = self.entry(shorter).prefix();
        }
        shorter
    }

    /// The token that two tokens are joined to; [`NO_TOKEN`] when they are not.
    #[inline]
    pub(super) fn join(&self, left: u32, right: u32) -> u32 {
        let key = layout::pair_key(left, right);
        let seed = self.seeds.get(layout::bucket(key, self.seeds.len()));
        let seed = seed.map_or(0, |seed| u16::from_le_bytes(*seed));
        let slot = self.pairs.get(layout::slot(key, seed, self.pairs.len()));
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
        (0..=u8::MAX).find(|byte| self.longest(&[*byte]) == token)
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

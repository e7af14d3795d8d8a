//! Tells whether some bytes are a token.

use super::layout::{self, HEAD_BYTES, NO_RANK};

/// The slot's bits that hold the first bytes and the length of a token.
const KEY_MASK: u128 = (1 << 72) - 1;

/// The tokens of an encoding as read-only tables; `layout.rs` describes them.
pub(super) struct Vocabulary {
    pub(super) slots: &'static [[u8; 16]],
    pub(super) seeds: &'static [[u8; 2]],
    pub(super) tails: &'static [u8],
    pub(super) bytes: &'static [[u8; 4]],
    pub(super) pairs: &'static [[u8; 4]],
}

impl Vocabulary {
    /// The rank of a token, which is its id; [`NO_RANK`] when the bytes are no token.
    #[inline]
    pub(super) fn rank(&self, piece: &[u8]) -> u32 {
        match *piece {
            [byte] => read_rank(self.bytes, usize::from(byte)),
            [first, second] => read_rank(self.pairs, usize::from(first) * 256 + usize::from(second)),
            _ => self.find(piece),
        }
    }

    fn find(&self, piece: &[u8]) -> u32 {
        if piece.len() > layout::MAX_TOKEN_BYTES {
            return NO_RANK;
        }
        let hash = layout::hash(piece);
        let bucket = layout::bucket(hash, self.seeds.len());
        let seed = self.seeds.get(bucket).map_or(0, |seed| u16::from_le_bytes(*seed));
        let place = layout::slot(hash, seed, self.slots.len());
        let slot = self.slots.get(place).map_or(0, |slot| u128::from_le_bytes(*slot));
        if slot & KEY_MASK == layout::key(piece) && self.has_tail(slot, piece) {
            slot_rank(slot)
        } else {
            NO_RANK
        }
    }

    fn has_tail(&self, slot: u128, piece: &[u8]) -> bool {
        let Some(tail) = piece.get(HEAD_BYTES..) else { return true };
        let offset = slot_tail_offset(slot);
        self.tails.get(offset..).is_some_and(|tails| tails.starts_with(tail))
    }
}

fn read_rank(table: &[[u8; 4]], index: usize) -> u32 {
    table.get(index).map_or(NO_RANK, |rank| u32::from_le_bytes(*rank))
}

fn slot_rank(slot: u128) -> u32 {
    u32::try_from((slot >> 72) & 0x00FF_FFFF).unwrap_or(NO_RANK)
}

fn slot_tail_offset(slot: u128) -> usize {
    usize::try_from(slot >> 96).unwrap_or(usize::MAX)
}

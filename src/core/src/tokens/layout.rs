//! How the tables of an encoding are laid out: shared by `build.rs`, which writes them, and by
//! [`Dictionary`](super::dictionary::Dictionary), which reads them in place. All numbers are little-endian.
//!
//! - The trie finds the longest token that a text begins with. A node's children stand at `base ^ byte`; no two
//!   nodes have the same base, so a unit that bears the byte as its label is the child.
//! - An entry tells for a token its length, the two tokens it is joined from, and the longest token it begins with.
//! - The pairs tell which token two tokens give. The table is a perfect hash: a pair's bucket has a seed, and hash
//!   and seed together give the one slot in which the pair can be.
//! - Nearly all pairs that are asked for give none. The filter, a bit for each of eight hashes a pair, says so for
//!   seven of eight of them, and is small enough for the processor to keep at hand.

/// An odd number with no pattern in its bits (the golden ratio), as multiplicative hashing wants.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Stands for "no token". Also the greatest number that the tables have room for.
pub(super) const NO_TOKEN: u32 = ID_MASK;

/// The tokens of one byte have the ids below this, in every encoding.
pub(super) const BYTE_TOKENS: u32 = 256;

pub(super) const ID_BITS: u32 = 18;
/// Where the parts of a [`Unit`] begin, in bits.
pub(super) const LABEL_SHIFT: u32 = 24;
pub(super) const TOKEN_SHIFT: u32 = 40;

const ID_MASK: u32 = (1 << ID_BITS) - 1;

/// One node of the trie: the base of its children, one more than its byte (zero when the unit is empty), and its
/// token ([`NO_TOKEN`] when there is none).
#[derive(Clone, Copy)]
pub(super) struct Unit(pub(super) u64);

impl Unit {
    /// Where the children stand; zero when there are none.
    #[inline]
    pub(super) fn base(self) -> usize {
        low_bits(self.0, LABEL_SHIFT)
    }

    /// Whether the unit is the child for this byte.
    #[inline]
    pub(super) fn has_label(self, byte: u8) -> bool {
        (self.0 >> LABEL_SHIFT) & 0x1FF == u64::from(byte) + 1
    }

    #[inline]
    pub(super) fn token(self) -> u32 {
        id(self.0 >> TOKEN_SHIFT)
    }
}

/// What is known of a token: the two tokens it is joined from, the longest token it begins with, its length. The
/// four stand one after the other, each but the last with as many bits as an id.
#[derive(Clone, Copy)]
pub(super) struct Entry(pub(super) u64);

impl Entry {
    #[inline]
    pub(super) fn left(self) -> u32 {
        id(self.0)
    }

    #[inline]
    pub(super) fn right(self) -> u32 {
        id(self.0 >> ID_BITS)
    }

    /// The longest token that this one begins with; [`NO_TOKEN`] when there is none.
    #[inline]
    pub(super) fn prefix(self) -> u32 {
        id(self.0 >> (2 * ID_BITS))
    }

    #[inline]
    pub(super) fn length(self) -> usize {
        low_bits(self.0 >> (3 * ID_BITS), 8)
    }
}

/// Two tokens as one number.
#[inline]
pub(super) fn pair_key(left: u32, right: u32) -> u64 {
    u64::from(left) | (u64::from(right) << ID_BITS)
}

/// The token that a slot of the table of pairs joins this pair to, which stands above the key; [`NO_TOKEN`] when the slot is another pair's.
#[inline]
pub(super) fn joined(slot: u64, key: u64) -> u32 {
    let is_same = slot & ((1 << (2 * ID_BITS)) - 1) == key;
    // An empty slot looks like the pair of token 0 with itself, and joins to 0, which no pair does.
    let joined = id(slot >> (2 * ID_BITS));
    if is_same && joined != 0 { joined } else { NO_TOKEN }
}

/// The hash of a pair, from which all its places follow.
#[inline]
pub(super) fn pair_hash(key: u64) -> u64 {
    fold(key)
}

/// The word of the filter and the bit in it that a pair with this hash has.
#[inline]
pub(super) fn filter_bit(hash: u64, words: usize) -> (usize, u64) {
    (reduce(hash, words), 1 << (hash % 64))
}

/// The bucket of a pair.
#[inline]
pub(super) fn bucket(hash: u64, buckets: usize) -> usize {
    reduce(hash, buckets)
}

/// The slot of a pair whose bucket has this seed.
#[inline]
pub(super) fn slot(hash: u64, seed: u16, slots: usize) -> usize {
    reduce(fold(hash ^ (u64::from(seed) + 1).wrapping_mul(MULTIPLIER)), slots)
}

/// The two halves of the 128-bit product, folded: each bit of the input reaches the high bits.
#[inline]
pub(super) fn fold(value: u64) -> u64 {
    let (low, high) = (value ^ MULTIPLIER).carrying_mul(MULTIPLIER, 0);
    low ^ high
}

/// Maps a hash to `0..range` without a division.
#[inline]
fn reduce(hash: u64, range: usize) -> usize {
    let (_, high) = hash.carrying_mul(u64::try_from(range).unwrap_or(u64::MAX), 0);
    usize::try_from(high).unwrap_or(0)
}

#[inline]
fn id(bits: u64) -> u32 {
    u32::try_from(bits & u64::from(ID_MASK)).unwrap_or(NO_TOKEN)
}

#[inline]
fn low_bits(value: u64, bits: u32) -> usize {
    usize::try_from(value & ((1 << bits) - 1)).unwrap_or(0)
}

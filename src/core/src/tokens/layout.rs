//! How a token is found in the vocabulary table: shared by `build.rs`, which writes the table, and by
//! [`Vocabulary`](super::vocabulary::Vocabulary), which reads it in place.
//!
//! The table is a perfect hash: a token's bucket has a seed, and hash and seed together give the one slot
//! in which the token can be. So every lookup reads one seed and one slot, whatever the text.
//!
//! A slot is 16 bytes, one little-endian number: the token's first eight bytes (zero-padded), its length
//! (8 bits, zero in an empty slot), its rank (24 bits) and the place of its further bytes (32 bits).

/// An odd number with no pattern in its bits (the golden ratio), as multiplicative hashing wants.
const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;

/// Written where a table has no rank.
pub(super) const NO_RANK: u32 = u32::MAX;

/// The longest token a slot can describe, in bytes.
pub(super) const MAX_TOKEN_BYTES: usize = 255;

/// How many of a token's bytes stand in its slot.
pub(super) const HEAD_BYTES: usize = 8;

/// Packs the head and the length of a token of 1 to [`MAX_TOKEN_BYTES`].
#[inline]
pub(super) fn key(token: &[u8]) -> u128 {
    let length = u8::try_from(token.len()).unwrap_or(0);
    u128::from(head(token)) | (u128::from(length) << 64)
}

/// Mixes a token into 64 bits.
#[inline]
pub(super) fn hash(token: &[u8]) -> u64 {
    let (words, rest) = token.as_chunks::<8>();
    let mut state = MULTIPLIER;
    for word in words {
        state = fold(state ^ u64::from_le_bytes(*word));
    }
    let length = u64::try_from(token.len()).unwrap_or(u64::MAX);
    fold(state ^ short_word(rest) ^ (length << 56))
}

/// The bucket of a token with this hash.
#[inline]
pub(super) fn bucket(hash: u64, buckets: usize) -> usize {
    reduce(hash, buckets)
}

/// The slot of a token with this hash whose bucket has this seed.
#[inline]
pub(super) fn slot(hash: u64, seed: u16, slots: usize) -> usize {
    reduce(fold(hash ^ (u64::from(seed) + 1).wrapping_mul(MULTIPLIER)), slots)
}

/// The first eight bytes as a little-endian number, zero-padded.
#[inline]
fn head(token: &[u8]) -> u64 {
    token.first_chunk::<HEAD_BYTES>().map_or_else(|| short_word(token), |bytes| u64::from_le_bytes(*bytes))
}

/// Up to seven bytes as a little-endian number, zero-padded: two reads that may overlap, never a copy.
#[inline]
fn short_word(bytes: &[u8]) -> u64 {
    let shift = |width: usize| 8 * (bytes.len() - width);
    if let (Some(first), Some(last)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        u64::from(u32::from_le_bytes(*first)) | (u64::from(u32::from_le_bytes(*last)) << shift(4))
    } else if let (Some(first), Some(last)) = (bytes.first_chunk::<2>(), bytes.last_chunk::<2>()) {
        u64::from(u16::from_le_bytes(*first)) | (u64::from(u16::from_le_bytes(*last)) << shift(2))
    } else {
        bytes.first().map_or(0, |byte| u64::from(*byte))
    }
}

/// The two halves of the 128-bit product, folded: each bit of the input reaches the high bits.
#[inline]
fn fold(value: u64) -> u64 {
    let (low, high) = value.carrying_mul(MULTIPLIER, 0);
    low ^ high
}

/// Maps a hash to `0..range` without a division.
#[inline]
fn reduce(hash: u64, range: usize) -> usize {
    let (_, high) = hash.carrying_mul(u64::try_from(range).unwrap_or(u64::MAX), 0);
    usize::try_from(high).unwrap_or(0)
}

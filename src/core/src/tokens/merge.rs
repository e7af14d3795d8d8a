//! Byte-pair merging: what a piece that is not itself a token is made of.
//!
//! The rule is tiktoken's: begin with single bytes, and as long as two neighbours together are a token, join
//! the pair with the lowest rank, the leftmost of equals. How the lowest pair is found depends on the length:
//! [`ScanQueue`] looks at all pairs of a short piece, [`HeapQueue`] keeps those of a long one in a heap.
//!
//! A piece without an end (a megabyte of one letter) is merged in windows, so that time grows linearly and
//! memory stays small; [`merge_in_windows`] says why that is exact.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::layout::NO_RANK;
use super::vocabulary::Vocabulary;

/// The longest piece whose pairs are scanned; beyond it the heap is faster.
const MAX_SCANNED_BYTES: usize = 64;

/// How a long piece is cut.
#[derive(Clone, Copy)]
struct Windows {
    /// How many further bytes are merged at once.
    step_bytes: usize,
    /// How much of the last window the next one merges again, to find a token they share.
    overlap_bytes: usize,
}

/// The heap of a window of this size stays in the processor's first cache, and an overlap of two of the longest
/// tokens shares a token with nearly any text.
const WINDOWS: Windows = Windows { step_bytes: 2048, overlap_bytes: 256 };

/// Calls `emit` with the bytes of each token of a piece, in order.
#[inline]
pub(super) fn merge<'t>(vocabulary: &Vocabulary, piece: &'t [u8], emit: &mut impl FnMut(&'t [u8])) {
    if piece.len() <= MAX_SCANNED_BYTES {
        merge_by_scan(vocabulary, piece, emit);
    } else {
        merge_in_windows(vocabulary, piece, WINDOWS, emit);
    }
}

fn merge_by_scan<'t>(vocabulary: &Vocabulary, piece: &'t [u8], emit: &mut impl FnMut(&'t [u8])) {
    let mut links = [Link::default(); MAX_SCANNED_BYTES];
    let mut queue = ScanQueue { keys: [NO_KEY; MAX_SCANNED_BYTES], length: piece.len() };
    join_pairs(vocabulary, piece, &mut links, &mut queue);
    let mut start = 0;
    for end in ends(piece, &links) {
        emit(piece.get(start..end).unwrap_or_default());
        start = end;
    }
}

/// Merges a long piece window by window.
///
/// Let `known` be the tokens of the piece up to some place. A window begins at one of their boundaries and
/// reaches further. When the window contains a token `T` that is also in `known`, then the tokens known before
/// `T`, `T`, and the window's tokens after `T` are the tokens of the whole. For let the text be `x T y`, and
/// suppose that merging it joins a pair across an edge of `T`, for the first time. Until then the merges inside
/// of `x`, `T` and `y` were those that happen without the neighbour, so this pair was the lowest also in `x T`
/// or in `T y` alone, and would have been joined there; but there `T` came out whole.
///
/// When no token is shared the window begins earlier, in the end at the beginning of the piece.
fn merge_in_windows<'t>(
    vocabulary: &Vocabulary,
    piece: &'t [u8],
    windows: Windows,
    emit: &mut impl FnMut(&'t [u8]),
) {
    let mut heap = HeapQueue::default();
    let mut links = Vec::new();
    let mut known: Vec<usize> = Vec::new();
    let mut reached = 0;
    while reached < piece.len() {
        let target = piece.len().min(reached.saturating_add(windows.step_bytes));
        let mut overlap = windows.overlap_bytes;
        loop {
            let kept = known.partition_point(|end| end + overlap <= reached);
            let start = kept.checked_sub(1).and_then(|last| known.get(last)).map_or(0, |end| *end);
            let window = piece.get(start..target).unwrap_or_default();
            links.resize(window.len(), Link::default());
            heap.clear(window.len());
            join_pairs(vocabulary, window, &mut links, &mut heap);
            let found = ends(window, &links).map(|end| start + end);
            if start == 0 {
                known = found.collect();
                break;
            }
            let found: Vec<usize> = found.collect();
            if let Some((in_known, in_found)) =
                shared_token(known.get(kept..).unwrap_or_default(), &found, start)
            {
                known.truncate(kept + in_known);
                known.extend(found.get(in_found..).unwrap_or_default());
                break;
            }
            overlap *= 2;
        }
        reached = target;
    }
    let mut start = 0;
    for end in known {
        emit(piece.get(start..end).unwrap_or_default());
        start = end;
    }
}

/// The places in two lists of token ends, both for tokens from `start` on, of the first token in both.
fn shared_token(left: &[usize], right: &[usize], start: usize) -> Option<(usize, usize)> {
    let (mut in_left, mut in_right) = (0, 0);
    let (mut left_start, mut right_start) = (start, start);
    loop {
        let (left_end, right_end) = (*left.get(in_left)?, *right.get(in_right)?);
        if left_end == right_end && left_start == right_start {
            return Some((in_left, in_right));
        }
        if left_end <= right_end {
            left_start = left_end;
            in_left += 1;
        }
        if right_end <= left_end {
            right_start = right_end;
            in_right += 1;
        }
    }
}

/// A token during a merge, at the position of its first byte.
#[derive(Clone, Copy, Default)]
struct Link {
    /// Where the token ends and the next begins.
    end: usize,
    /// Where the token before begins.
    previous: usize,
}

/// The pairs that can be joined, each known by the position of its first byte.
trait PairQueue {
    /// Sets the rank of the pair at a position; [`NO_RANK`] takes it out.
    fn set(&mut self, position: usize, rank: u32);

    /// Takes out the lowest pair, the leftmost of equals.
    fn pop(&mut self) -> Option<usize>;
}

/// Joins pairs until none is left. The links have at least the length of the piece.
fn join_pairs(vocabulary: &Vocabulary, piece: &[u8], links: &mut [Link], queue: &mut impl PairQueue) {
    let rank = |start: usize, end: usize| piece.get(start..end).map_or(NO_RANK, |pair| vocabulary.rank(pair));
    for (position, link) in links.iter_mut().enumerate().take(piece.len()) {
        *link = Link { end: position + 1, previous: position.wrapping_sub(1) };
        queue.set(position, rank(position, position + 2));
    }
    while let Some(position) = queue.pop() {
        let Some(Link { end: middle, previous }) = links.get(position).copied() else { break };
        let Some(Link { end, .. }) = links.get(middle).copied() else { break };
        queue.set(middle, NO_RANK);
        if let Some(joined) = links.get_mut(position) {
            joined.end = end;
        }
        if let Some(next) = links.get_mut(end).filter(|_| end < piece.len()) {
            next.previous = position;
            queue.set(position, rank(position, next.end));
        }
        if position > 0 {
            queue.set(previous, rank(previous, end));
        }
    }
}

/// Where each token ends.
fn ends(piece: &[u8], links: &[Link]) -> impl Iterator<Item = usize> {
    let mut start = 0;
    std::iter::from_fn(move || {
        if start == piece.len() {
            return None;
        }
        start = links.get(start)?.end;
        Some(start)
    })
}

/// Rank and position in one number, so that the least is the lowest pair, the leftmost of equals.
type ScanKey = i32;

const NO_KEY: ScanKey = ScanKey::MAX;

/// Pairs of a short piece; the lowest is found by looking at all of them, many at a time.
struct ScanQueue {
    keys: [ScanKey; MAX_SCANNED_BYTES],
    length: usize,
}

impl PairQueue for ScanQueue {
    #[inline]
    fn set(&mut self, position: usize, rank: u32) {
        // Ranks have 24 bits and positions 6, so the sign is never touched.
        let key =
            u32::try_from(position).ok().filter(|_| rank != NO_RANK).map(|position| (rank << 6) | position);
        if let Some(slot) = self.keys.get_mut(position) {
            *slot = key.and_then(|key| ScanKey::try_from(key).ok()).unwrap_or(NO_KEY);
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<usize> {
        let key = *self.keys.get(..self.length)?.iter().min()?;
        let position = usize::try_from(key & 0x3F).ok().filter(|_| key != NO_KEY)?;
        *self.keys.get_mut(position)? = NO_KEY;
        Some(position)
    }
}

/// Pairs of a long piece. What is taken out stays in the heap and is skipped when it comes up.
#[derive(Default)]
struct HeapQueue {
    ranks: Vec<u32>,
    /// Rank and position in one number, which compares faster than a pair.
    heap: BinaryHeap<Reverse<u64>>,
}

impl HeapQueue {
    fn clear(&mut self, length: usize) {
        self.heap.clear();
        self.ranks.clear();
        self.ranks.resize(length, NO_RANK);
    }
}

impl PairQueue for HeapQueue {
    #[inline]
    fn set(&mut self, position: usize, rank: u32) {
        if let Some(slot) = self.ranks.get_mut(position) {
            *slot = rank;
        }
        if rank != NO_RANK {
            let position = u64::try_from(position).unwrap_or(u64::MAX);
            self.heap.push(Reverse((u64::from(rank) << 32) | position));
        }
    }

    #[inline]
    fn pop(&mut self) -> Option<usize> {
        while let Some(Reverse(key)) = self.heap.pop() {
            let position = usize::try_from(key & u64::from(u32::MAX)).ok()?;
            if let Some(rank) = self.ranks.get_mut(position).filter(|rank| u64::from(**rank) == key >> 32) {
                *rank = NO_RANK;
                return Some(position);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tokens::tables::O200K_BASE;

    fn merged(piece: &str, windows: Windows) -> Vec<&[u8]> {
        let mut tokens = Vec::new();
        merge_in_windows(&O200K_BASE.vocabulary, piece.as_bytes(), windows, &mut |token| tokens.push(token));
        tokens
    }

    const WHOLE: Windows = Windows { step_bytes: usize::MAX, overlap_bytes: 1 };

    proptest! {
        /// Windows shorter than a token must be glued and widened all the time.
        #[test]
        fn windows_of_any_size_give_the_tokens_of_the_whole(
            piece in prop_oneof!["[a-e]{1,200}", "[ -]{1,200}", "(the|ing|er|re|an){1,80}", "\\PC{1,60}"],
            step_bytes in 1..40_usize,
            overlap_bytes in 1..20_usize,
        ) {
            prop_assert_eq!(merged(&piece, Windows { step_bytes, overlap_bytes }), merged(&piece, WHOLE));
        }

        #[test]
        fn the_scan_gives_the_tokens_of_the_heap(piece in "[a-zA-Z]{3,64}") {
            let mut tokens = Vec::new();
            merge_by_scan(&O200K_BASE.vocabulary, piece.as_bytes(), &mut |token| tokens.push(token));

            prop_assert_eq!(tokens, merged(&piece, WHOLE));
        }
    }
}

//! Byte-pair encoding: the tokens of a piece.
//!
//! The rule is tiktoken's: begin with single bytes, and as long as two neighbours together are a token, join
//! the pair with the lowest rank, the leftmost of equals. Nearly all pieces never see it at work: [`search`] puts
//! the longest tokens side by side that may stand there, which gives the same tokens. Pieces on which it would take
//! too many attempts are merged as the rule says, by [`merge`].
//!
//! A piece without an end (a megabyte of one letter) is cut into windows, so that time grows linearly;
//! [`Encoder::encode_in_windows`] says why that is exact.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::dictionary::Dictionary;
use super::layout::NO_TOKEN;

/// The longest piece that is encoded in one go.
const MAX_WHOLE_BYTES: usize = 512;

/// How a long piece is cut.
#[derive(Clone, Copy)]
struct Windows {
    /// How many further bytes are encoded at once.
    step_bytes: usize,
    /// How much of the last window the next one encodes again, to find a token they share.
    overlap_bytes: usize,
    /// How many of the last tokens are kept with their places, to begin a window earlier.
    kept_tokens: usize,
}

/// An overlap of two of the longest tokens shares a token with nearly any text.
const WINDOWS: Windows = Windows { step_bytes: 2048, overlap_bytes: 256, kept_tokens: 4096 };

/// How many tokens may be tried per byte of a piece. Ordinary text needs less than one.
const ATTEMPTS_PER_BYTE: usize = 4;

/// A token of a piece and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Placed {
    token: u32,
    end: usize,
}

/// Encodes pieces, one after the other, and keeps the memory that it needs for it.
#[derive(Default)]
pub(super) struct Encoder {
    found: Vec<u32>,
    dead_ends: Vec<u64>,
    links: Vec<Link>,
    pairs: PairQueue,
}

impl Encoder {
    /// Gives the tokens of a piece.
    #[inline]
    pub(super) fn encode(&mut self, dictionary: &Dictionary, piece: &[u8]) -> &[u32] {
        if piece.len() <= MAX_WHOLE_BYTES {
            self.encode_whole(dictionary, piece);
        } else {
            self.found = self.encode_in_windows(dictionary, piece, WINDOWS);
        }
        &self.found
    }

    /// Counts the tokens of a piece. Of a long one they are never all in memory.
    #[inline]
    pub(super) fn count(&mut self, dictionary: &Dictionary, piece: &[u8]) -> usize {
        if piece.len() <= MAX_WHOLE_BYTES {
            self.encode_whole(dictionary, piece);
            self.found.len()
        } else {
            self.encode_in_windows::<Count>(dictionary, piece, WINDOWS).0
        }
    }

    fn encode_whole(&mut self, dictionary: &Dictionary, piece: &[u8]) {
        if !search(dictionary, piece, &mut self.found, &mut self.dead_ends) {
            merge(dictionary, piece, &mut self.links, &mut self.pairs);
            self.found.clear();
            self.found.extend(links_in_order(piece.len(), &self.links).map(|link| link.token));
        }
    }

    /// Encodes a long piece window by window.
    ///
    /// Let `known` be the tokens of the piece up to some place. A window begins at one of their boundaries and
    /// reaches further. When the window contains a token `T` that is also in `known`, then the tokens known before
    /// `T`, `T`, and the window's tokens after `T` are the tokens of the whole. For let the text be `x T y`, and
    /// suppose that merging it joins a pair across an edge of `T`, for the first time. Until then the merges inside
    /// of `x`, `T` and `y` were those that happen without the neighbour, so this pair was the lowest also in `x T`
    /// or in `T y` alone, and would have been joined there; but there `T` came out whole.
    ///
    /// When no token is shared the window begins earlier, in the end at the beginning of the piece. A window with
    /// the bytes of the one before has its tokens: so runs of one character cost next to nothing.
    fn encode_in_windows<T: Default + Extend<u32>>(
        &mut self,
        dictionary: &Dictionary,
        piece: &[u8],
        windows: Windows,
    ) -> T {
        self.try_in_windows(dictionary, piece, windows).unwrap_or_else(|| {
            let windows = Windows { kept_tokens: usize::MAX, ..windows };
            self.try_in_windows(dictionary, piece, windows).unwrap_or_default()
        })
    }

    /// `None` when a window would have to begin before the tokens that are kept.
    fn try_in_windows<T: Default + Extend<u32>>(
        &mut self,
        dictionary: &Dictionary,
        piece: &[u8],
        windows: Windows,
    ) -> Option<T> {
        let mut all = T::default();
        let mut known: Vec<Placed> = Vec::new();
        let mut known_start = 0;
        let mut encoded: &[u8] = &[];
        let mut reached = 0;
        while reached < piece.len() {
            let mut overlap = windows.overlap_bytes;
            loop {
                let kept = known.partition_point(|placed| placed.end + overlap <= reached);
                let last = kept.checked_sub(1).and_then(|last| known.get(last));
                let start = last.map_or(known_start, |placed| placed.end);
                if start == known_start && start > 0 {
                    return None;
                }
                let target = (start + overlap + windows.step_bytes).max(reached + 1).min(piece.len());
                let window = piece.get(start..target).unwrap_or_default();
                if window != encoded {
                    self.encode_whole(dictionary, window);
                    encoded = window;
                }
                if start == 0 {
                    known.clear();
                    known.extend(placed(dictionary, &self.found, start));
                    reached = target;
                    break;
                }
                let mut found = placed(dictionary, &self.found, start);
                let known_from_start = known.get(kept..).unwrap_or_default();
                if let Some((in_known, shared)) = shared_token(known_from_start, &mut found, start) {
                    known.truncate(kept + in_known);
                    known.push(shared);
                    known.extend(found);
                    reached = target;
                    break;
                }
                overlap *= 2;
            }
            if known.len() / 2 > windows.kept_tokens {
                let settled = known.len() - windows.kept_tokens;
                known_start = known.get(settled - 1).map_or(known_start, |placed| placed.end);
                all.extend(known.drain(..settled).map(|placed| placed.token));
            }
        }
        all.extend(known.iter().map(|placed| placed.token));
        Some(all)
    }
}

/// Counts what it is extended with.
#[derive(Default)]
struct Count(usize);

impl Extend<u32> for Count {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, tokens: I) {
        self.0 += tokens.into_iter().count();
    }
}

fn placed<'f>(
    dictionary: &'f Dictionary,
    tokens: &'f [u32],
    start: usize,
) -> impl Iterator<Item = Placed> + use<'f> {
    tokens.iter().scan(start, |end, token| {
        *end += dictionary.length(*token);
        Some(Placed { token: *token, end: *end })
    })
}

/// The first token that stands at the same place in both, and its place in the first list. Both begin at `start`;
/// the second is read up to and with that token.
fn shared_token(
    known: &[Placed],
    found: &mut impl Iterator<Item = Placed>,
    start: usize,
) -> Option<(usize, Placed)> {
    let mut known = known.iter().enumerate();
    let (mut in_known, mut in_found) = (known.next()?, found.next()?);
    let (mut known_start, mut found_start) = (start, start);
    loop {
        let (place, left) = in_known;
        if left.end == in_found.end && known_start == found_start {
            return Some((place, in_found));
        }
        let (left_end, found_end) = (left.end, in_found.end);
        if left_end <= found_end {
            known_start = left_end;
            in_known = known.next()?;
        }
        if found_end <= left_end {
            found_start = found_end;
            in_found = found.next()?;
        }
    }
}

/// Finds the tokens of a piece by trying the longest first. False when that takes too long.
///
/// Each token is put only where it may stand after the one before. So what stands is at all times the encoding of
/// that beginning of the piece, and a beginning has one encoding only: where no token fits after it, no encoding
/// of the piece has a boundary, and the place need not be tried again.
fn search(dictionary: &Dictionary, piece: &[u8], found: &mut Vec<u32>, dead_ends: &mut Vec<u64>) -> bool {
    found.clear();
    let first = dictionary.longest(piece);
    if first.length == piece.len() {
        found.push(first.token);
        return true;
    }
    dead_ends.clear();
    dead_ends.resize(piece.len() / 64 + 1, 0);
    let mut attempts = piece.len() * ATTEMPTS_PER_BYTE;
    let mut place = 0;
    let mut candidate = first;
    while place < piece.len() {
        let last = found.last().copied();
        while candidate.token != NO_TOKEN {
            if attempts == 0 {
                return false;
            }
            attempts -= 1;
            let end = place + candidate.length;
            let is_dead_end = dead_ends.get(end / 64).is_some_and(|places| (places >> (end % 64)) & 1 == 1);
            if !is_dead_end && last.is_none_or(|last| dictionary.may_stand_together(last, candidate.token)) {
                break;
            }
            candidate = dictionary.shorter(candidate.token);
        }
        if candidate.token == NO_TOKEN {
            if let Some(places) = dead_ends.get_mut(place / 64) {
                *places |= 1 << (place % 64);
            }
            let Some(last) = found.pop() else { return false };
            place -= dictionary.length(last);
            candidate = dictionary.shorter(last);
        } else {
            found.push(candidate.token);
            place += candidate.length;
            candidate = dictionary.longest(piece.get(place..).unwrap_or_default());
        }
    }
    true
}

/// A token during a merge, at the position of its first byte.
#[derive(Clone, Copy, Default)]
struct Link {
    token: u32,
    /// Where the token ends and the next begins.
    end: usize,
    /// Where the token before begins.
    previous: usize,
}

/// Joins pairs until none is left.
fn merge(dictionary: &Dictionary, piece: &[u8], links: &mut Vec<Link>, pairs: &mut PairQueue) {
    links.clear();
    links.extend(piece.iter().enumerate().map(|(position, byte)| Link {
        token: dictionary.longest(&[*byte]).token,
        end: position + 1,
        previous: position.wrapping_sub(1),
    }));
    pairs.clear(piece.len());
    let joined = |links: &[Link], position: usize| {
        let Some(left) = links.get(position) else { return NO_TOKEN };
        links.get(left.end).map_or(NO_TOKEN, |right| dictionary.join(left.token, right.token))
    };
    for position in 0..piece.len() {
        pairs.set(position, joined(links, position));
    }
    while let Some((position, token)) = pairs.pop() {
        let Some(Link { end: middle, previous, .. }) = links.get(position).copied() else { break };
        let Some(Link { end, .. }) = links.get(middle).copied() else { break };
        pairs.set(middle, NO_TOKEN);
        if let Some(link) = links.get_mut(position) {
            *link = Link { token, end, previous };
        }
        if let Some(next) = links.get_mut(end) {
            next.previous = position;
        }
        pairs.set(position, joined(links, position));
        if position > 0 {
            pairs.set(previous, joined(links, previous));
        }
    }
}

/// What is left of the links after a merge.
fn links_in_order(length: usize, links: &[Link]) -> impl Iterator<Item = Link> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let link = *links.get(start).filter(|_| start < length)?;
        start = link.end;
        Some(link)
    })
}

/// The pairs that can be joined, each known by the position of its first byte. What is taken out stays in the heap
/// and is skipped when it comes up.
#[derive(Default)]
struct PairQueue {
    joined: Vec<u32>,
    /// Token and position in one number, which compares faster than a pair: the least is the lowest pair, the
    /// leftmost of equals.
    heap: BinaryHeap<Reverse<u64>>,
}

impl PairQueue {
    fn clear(&mut self, length: usize) {
        self.heap.clear();
        self.joined.clear();
        self.joined.resize(length, NO_TOKEN);
    }

    /// Sets the token of the pair at a position; [`NO_TOKEN`] takes it out.
    #[inline]
    fn set(&mut self, position: usize, token: u32) {
        if let Some(slot) = self.joined.get_mut(position) {
            *slot = token;
        }
        if token != NO_TOKEN {
            let position = u64::try_from(position).unwrap_or(u64::MAX);
            self.heap.push(Reverse((u64::from(token) << 32) | position));
        }
    }

    /// Takes out the lowest pair, the leftmost of equals: its position and its token.
    #[inline]
    fn pop(&mut self) -> Option<(usize, u32)> {
        while let Some(Reverse(key)) = self.heap.pop() {
            let position = usize::try_from(key & u64::from(u32::MAX)).ok()?;
            let token = u32::try_from(key >> 32).ok()?;
            if let Some(slot) = self.joined.get_mut(position).filter(|slot| **slot == token) {
                *slot = NO_TOKEN;
                return Some((position, token));
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

    fn in_windows<T: Default + Extend<u32>>(piece: &str, windows: Windows) -> T {
        Encoder::default().encode_in_windows(&O200K_BASE, piece.as_bytes(), windows)
    }

    fn merged(piece: &str) -> Vec<u32> {
        let (mut links, mut pairs) = (Vec::new(), PairQueue::default());
        merge(&O200K_BASE, piece.as_bytes(), &mut links, &mut pairs);
        links_in_order(piece.len(), &links).map(|link| link.token).collect()
    }

    fn pieces() -> impl Strategy<Value = String> {
        prop_oneof!["[a-e]{1,200}", "[ -]{1,200}", "-{1,300}", "(the|ing|er|re|an){1,80}", "\\PC{1,60}"]
    }

    proptest! {
        /// Windows shorter than a token must be glued and widened all the time.
        #[test]
        fn windows_of_any_size_give_the_tokens_of_the_whole(
            piece in pieces(),
            step_bytes in 1..40_usize,
            overlap_bytes in 1..20_usize,
            kept_tokens in 1..20_usize,
        ) {
            let windows = Windows { step_bytes, overlap_bytes, kept_tokens };

            let (tokens, counted): (Vec<u32>, Count) = (in_windows(&piece, windows), in_windows(&piece, windows));

            prop_assert_eq!(counted.0, tokens.len());
            prop_assert_eq!(tokens, merged(&piece));
        }

        #[test]
        fn the_search_gives_the_tokens_of_the_merge(piece in pieces()) {
            let (mut found, mut dead_ends) = (Vec::new(), Vec::new());

            if search(&O200K_BASE, piece.as_bytes(), &mut found, &mut dead_ends) {
                prop_assert_eq!(found, merged(&piece));
            }
        }
    }
}

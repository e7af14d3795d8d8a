//! The slots: where a key's number is, and how it changes.
//!
//! A slot is two words, whose it is and when that bucket is full again. A decision changes the second by
//! compare-and-swap. To give the slot to another key, the owner first swaps the second for [`MOVING`]: from then on
//! every decision that began before fails, and begins anew. Whoever read the first word, then the second, and then
//! the first again unchanged, has read two that belong together.

use std::sync::atomic::{AtomicU64, Ordering};

use platen_core::rate::{Quota, Verdict};
use platen_core::wire::RateDecision;

use crate::header::HEADER_BYTES;
use crate::mapping::Mapping;
use crate::{RateKey, SLOTS};

/// Two words.
pub(crate) const SLOT_BYTES: usize = 16;

/// How far from its place a key may lie: two cache lines.
const NEIGHBOURS: usize = 8;

/// The slot is being given to another key.
const MOVING: u64 = u64::MAX;

/// How often a decision begins anew, when others decide about the same key at the same moment, before it is left to
/// the owner. Each time means that another process got on, so this is met by nobody but in a garbled file.
const MAX_TRIES: u32 = 10_000;

/// The table's memory, with the secret of its hashes.
#[derive(Debug)]
pub(crate) struct Slots {
    mapping: Mapping,
    secret: [u64; 2],
}

#[derive(Clone, Copy)]
struct Slot<'a> {
    key: &'a AtomicU64,
    full_at: &'a AtomicU64,
}

impl Slots {
    pub(crate) fn new(mapping: Mapping, secret: [u64; 2]) -> Self {
        Self { mapping, secret }
    }

    pub(crate) fn key(&self, site: &str, key: &str) -> RateKey {
        RateKey::new(self.secret, site, key)
    }

    /// Decides about a key that has a slot. `None` when it has none.
    pub(crate) fn take(&self, key: RateKey, quota: Quota, now: u64) -> Option<RateDecision> {
        let slot = self.near(key).find(|slot| slot.key.load(Ordering::Acquire) == key.number())?;
        for _ in 0..MAX_TRIES {
            let full_at = slot.full_at.load(Ordering::Acquire);
            if full_at == MOVING || slot.key.load(Ordering::Acquire) != key.number() {
                return None;
            }
            let Verdict { decision, full_at: after } = quota.decide(full_at, now);
            let Some(after) = after else { return Some(decision) };
            // Never the mark of a slot that moves.
            let after = after.min(MOVING - 1);
            if slot.full_at.compare_exchange(full_at, after, Ordering::AcqRel, Ordering::Acquire).is_ok() {
                return Some(decision);
            }
        }
        None
    }

    /// Gives a slot to a key that has none. `false` when all near its place are in use. For the owner only, one
    /// thread at a time.
    pub(crate) fn give(&self, key: RateKey, full_at: u64, now: u64) -> bool {
        self.near(key).any(|slot| {
            let before = slot.full_at.load(Ordering::Acquire);
            let is_free = before <= now || slot.key.load(Ordering::Acquire) == 0;
            let is_taken = is_free
                && slot.full_at.compare_exchange(before, MOVING, Ordering::AcqRel, Ordering::Acquire).is_ok();
            if is_taken {
                slot.key.store(key.number(), Ordering::Release);
                slot.full_at.store(full_at.min(MOVING - 1), Ordering::Release);
            }
            is_taken
        })
    }

    /// Frees the slots that a process left half given when it was killed.
    pub(crate) fn mend(&self) {
        for slot in (0..SLOTS).filter_map(|place| self.slot(place)) {
            if slot.full_at.load(Ordering::Acquire) == MOVING {
                slot.key.store(0, Ordering::Release);
                slot.full_at.store(0, Ordering::Release);
            }
        }
    }

    /// How many keys wait for their bucket to fill.
    pub(crate) fn in_use(&self, now: u64) -> usize {
        let slots = (0..SLOTS).filter_map(|place| self.slot(place));
        slots.filter(|slot| slot.full_at.load(Ordering::Relaxed) > now).count()
    }

    fn near(&self, key: RateKey) -> impl Iterator<Item = Slot<'_>> {
        // Four slots are a cache line; begin with a whole one.
        let start = usize::try_from(key.number()).unwrap_or(0) & !3;
        (0..NEIGHBOURS).filter_map(move |step| self.slot(start.wrapping_add(step) % SLOTS))
    }

    fn slot(&self, place: usize) -> Option<Slot<'_>> {
        let word = (HEADER_BYTES + place * SLOT_BYTES) / size_of::<AtomicU64>();
        Some(Slot { key: self.mapping.word(word)?, full_at: self.mapping.word(word + 1)? })
    }
}

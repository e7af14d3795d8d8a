//! The index: for each hash one bucket, and in it a slot that says where the record is.
//!
//! A reader takes no lock. It may meet a slot that is half written, or one whose record is: the record's sum, its
//! position and its hash decide, so what the slot says is only a hint.

use platen_core::prompt::PromptHash;

use crate::layout::{Fields, Geometry};

/// The bytes of one slot, as an offset in the file and as a length.
pub(crate) const SLOT_BYTES: u64 = 32;
pub(crate) const SLOT_LEN: usize = 32;

/// The bytes of one bucket of eight slots, as an offset in the file and as a length.
pub(crate) const BUCKET_BYTES: u64 = 256;
pub(crate) const BUCKET_LEN: usize = 256;

/// Where a record is, and enough about it to leave it alone without reading it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Slot {
    /// 0 for a free slot.
    pub(crate) position: u64,
    pub(crate) record_bytes: u32,
    /// Four bytes of the hash that do not choose the bucket.
    pub(crate) mark: u32,
    /// See [`tag_bits`](crate::record::tag_bits).
    pub(crate) tag_bits: u64,
    /// Microseconds since 1970, UTC.
    pub(crate) expires_at: i64,
}

impl Slot {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = self.position.to_le_bytes().to_vec();
        bytes.extend(self.record_bytes.to_le_bytes());
        bytes.extend(self.mark.to_le_bytes());
        bytes.extend(self.tag_bits.to_le_bytes());
        bytes.extend(self.expires_at.to_le_bytes());
        bytes
    }

    fn decode(bytes: &[u8]) -> Self {
        let mut fields = Fields(bytes);
        Self {
            position: fields.u64(),
            record_bytes: fields.u32(),
            mark: fields.u32(),
            tag_bits: fields.u64(),
            expires_at: fields.i64(),
        }
    }
}

/// The slots of a bucket, or of several one after the other.
pub(crate) fn slots(bytes: &[u8]) -> impl Iterator<Item = Slot> {
    bytes.as_chunks::<SLOT_LEN>().0.iter().map(|bytes| Slot::decode(bytes))
}

/// The bytes of a hash that choose its bucket.
pub(crate) fn prefix(hash: &PromptHash) -> u64 {
    Fields(hash.as_bytes()).u64()
}

/// The bytes of a hash that its slot repeats.
pub(crate) fn mark(hash: &PromptHash) -> u32 {
    let mut fields = Fields(hash.as_bytes());
    fields.u64();
    fields.u32()
}

/// Which slot of a bucket a new record takes.
pub(crate) struct Choice {
    /// Its number in the bucket.
    pub(crate) number: u64,
    /// Whether what stood there could still have been read.
    pub(crate) evicts: bool,
}

/// Chooses the slot for a hash: its own, or else a free one, or else that of the oldest record.
pub(crate) fn choose(bucket: &[u8], mark: u32, geometry: &Geometry, end: u64, now: i64) -> Choice {
    let rank = |slot: &Slot| {
        // Its own also when it is a lap old: the record may have been left out when the ring went round, and
        // must not be found beside the new one.
        let is_own = slot.position != 0 && slot.mark == mark;
        let is_taken = geometry.is_kept(slot.position, end) && slot.expires_at > now;
        match (is_own, is_taken) {
            (true, _) => (0, 0),
            (false, false) => (1, 0),
            (false, true) => (2, slot.position),
        }
    };
    let best = slots(bucket).zip(0..).min_by_key(|(slot, _)| rank(slot));
    let Some((slot, number)) = best else { return Choice { number: 0, evicts: false } };
    let was_overwritten = slot.position != 0 && slot.position < end && !geometry.is_kept(slot.position, end);
    let evicts = rank(&slot).0 == 2 || (was_overwritten && slot.expires_at > now);
    Choice { number, evicts }
}

//! One entry as it is written: its sum, its position, its hash, its end, its tags and its value.

use platen_core::clock::Timestamp;
use platen_core::prompt::{CacheTag, PromptHash};
use xxhash_rust::xxh3::xxh3_64;

use crate::index::Slot;
use crate::layout::Fields;

/// The bytes before the tags.
pub(crate) const HEAD_BYTES: usize = 64;

/// The bytes that change with the position: the sum and the position itself.
const PLACE_BYTES: usize = 16;

/// A value that was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Cached {
    record: Vec<u8>,
    value_at: usize,
}

impl Cached {
    /// The bytes that were stored.
    pub fn as_bytes(&self) -> &[u8] {
        self.record.get(self.value_at..).unwrap_or_default()
    }
}

impl std::fmt::Debug for Cached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cached({} bytes)", self.as_bytes().len())
    }
}

/// An entry that is about to be written.
pub(crate) struct Record {
    bytes: Vec<u8>,
    body_sum: u64,
}

impl Record {
    pub(crate) fn new(hash: &PromptHash, value: &[u8], tags: &[CacheTag], expires_at: Timestamp) -> Self {
        let mut bytes = Vec::with_capacity(HEAD_BYTES + 8 * tags.len() + value.len());
        bytes.extend([0; PLACE_BYTES]);
        bytes.extend(hash.as_bytes());
        bytes.extend(expires_at.as_micros().to_le_bytes());
        bytes.extend(u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(u32::try_from(tags.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(tags.iter().flat_map(|tag| tag_sum(tag).to_le_bytes()));
        bytes.extend(value);
        let body_sum = bytes.get(PLACE_BYTES..).map_or(0, xxh3_64);
        Self { bytes, body_sum }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The bytes for this position.
    pub(crate) fn placed_at(&mut self, position: u64) -> &[u8] {
        let place = [sum(position, self.body_sum).to_le_bytes(), position.to_le_bytes()].concat();
        self.bytes.iter_mut().zip(place).for_each(|(to, byte)| *to = byte);
        &self.bytes
    }
}

/// Takes the value out of a record, if it is whole and the one that was looked for.
pub(crate) fn open(record: Vec<u8>, slot: &Slot, hash: &PromptHash, now: Timestamp) -> Option<Cached> {
    let head = Head::decode(&record);
    let body = record.get(PLACE_BYTES..)?;
    let is_it = head.position == slot.position
        && head.hash == *hash.as_bytes()
        && head.expires_at > now.as_micros()
        && record.len() == head.value_at().checked_add(head.value_bytes)?
        // A record that a flush would overlook must not be found.
        && slot.tag_bits == tag_bits(head.tags(&record))
        && head.sum == sum(slot.position, xxh3_64(body));
    is_it.then(|| Cached { value_at: head.value_at(), record })
}

/// Whether the first bytes of a record at a position belong to a hash.
pub(crate) fn is_of(head: &[u8], position: u64, hash: &PromptHash) -> bool {
    let head = Head::decode(head);
    head.position == position && head.hash == *hash.as_bytes()
}

/// Whether a record at a position has a tag. Takes the bytes up to the value; more do no harm.
pub(crate) fn has_tag(record: &[u8], position: u64, tag: u64) -> bool {
    let head = Head::decode(record);
    head.position == position && head.tags(record).any(|found| found == tag)
}

/// One bit for each tag: an entry without the bit of a tag does not have it.
pub(crate) fn tag_bits(tags: impl Iterator<Item = u64>) -> u64 {
    tags.fold(0, |bits, tag| bits | 1 << (tag % 64))
}

/// What a record keeps of a tag. Two tags with one sum are flushed together, which is rare and harmless.
pub(crate) fn tag_sum(tag: &CacheTag) -> u64 {
    xxh3_64(tag.as_str().as_bytes())
}

/// The position is part of the sum, so that a record of an earlier lap is never taken for a later one.
fn sum(position: u64, body_sum: u64) -> u64 {
    xxh3_64(&[position.to_le_bytes(), body_sum.to_le_bytes()].concat())
}

struct Head {
    sum: u64,
    position: u64,
    hash: [u8; 32],
    expires_at: i64,
    value_bytes: usize,
    tag_count: usize,
}

impl Head {
    fn decode(bytes: &[u8]) -> Self {
        let mut fields = Fields(bytes);
        let size = |fields: &mut Fields<'_>| usize::try_from(fields.u32()).unwrap_or(usize::MAX);
        Self {
            sum: fields.u64(),
            position: fields.u64(),
            hash: fields.take(),
            expires_at: fields.i64(),
            value_bytes: size(&mut fields),
            tag_count: size(&mut fields),
        }
    }

    /// The tags of a record whose first bytes these are.
    fn tags<'r>(&self, record: &'r [u8]) -> impl Iterator<Item = u64> + 'r {
        let tags = record.get(HEAD_BYTES..self.value_at().min(record.len())).unwrap_or_default();
        tags.as_chunks().0.iter().map(|tag| u64::from_le_bytes(*tag))
    }

    fn value_at(&self) -> usize {
        HEAD_BYTES.saturating_add(self.tag_count.saturating_mul(8))
    }
}

//! Where things are in the file. All numbers are little-endian.
//!
//! ```text
//! 0      head page: what the file is, and how far it is written
//! 4096   index: buckets of 8 slots of 32 bytes, a power of two of them
//! …      ring: records one after the other, round and round
//! ```
//!
//! A position counts the bytes of the ring from the first lap on and is never used twice: a slot whose position
//! is more than a lap behind the end points to what was overwritten since.

use platen_core::limits::{MAX_CACHE_TAGS, MAX_CACHED_BYTES};
use xxhash_rust::xxh3::xxh3_64;

/// The bytes of the head page.
pub(crate) const PAGE_BYTES: u64 = 4096;

/// The bytes of the parts of the head page that are used: geometry and [`Progress`].
pub(crate) const HEAD_BYTES: usize = 128;

/// Where [`Progress`] begins.
pub(crate) const PROGRESS_AT: u64 = 64;

/// Records begin at a multiple of this many bytes.
pub(crate) const ALIGNMENT: u64 = 64;

/// The smallest cache, in bytes. Under this it would do nothing but evict.
pub const MIN_BYTES: u64 = 1024 * 1024;

/// The largest cache, in bytes.
pub const MAX_BYTES: u64 = 1 << 40;

const MAGIC: [u8; 8] = *b"PLTCACHE";

/// Rises with every change of the layout. A file of an earlier version is made anew: it is only a cache.
const VERSION: u32 = 1;

/// The bytes of a record besides its value.
const MAX_RECORD_OVERHEAD: usize = crate::record::HEAD_BYTES + 8 * MAX_CACHE_TAGS;

/// One bucket for so many bytes of the file. Smaller entries than that run out of slots before they run out of room.
const BYTES_PER_BUCKET: u64 = 4096;

/// What the head page says about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Ours(Geometry),
    /// Not a cache any more, or one of an earlier version.
    Damaged,
    /// The database of another program, or the cache of a later version.
    Foreign,
}

/// How a file is divided. Fixed when the file is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Geometry {
    /// A power of two.
    buckets: u64,
    /// A multiple of [`ALIGNMENT`].
    pub(crate) ring_bytes: u64,
}

impl Geometry {
    /// Divides a file of this size, which is put into its range: one sixteenth is index.
    pub(crate) fn of_size(max_bytes: u64) -> Self {
        let max_bytes = max_bytes.clamp(MIN_BYTES, MAX_BYTES);
        let buckets = 1 << (max_bytes / BYTES_PER_BUCKET).max(1).ilog2();
        let index_bytes = buckets * crate::index::BUCKET_BYTES;
        let ring_bytes = max_bytes.saturating_sub(PAGE_BYTES + index_bytes) / ALIGNMENT * ALIGNMENT;
        Self { buckets, ring_bytes }
    }

    /// The bytes of the whole file.
    pub(crate) fn file_bytes(&self) -> u64 {
        self.ring_at() + self.ring_bytes
    }

    /// The most bytes of one value, so that one answer never evicts more than half of the others.
    pub(crate) fn max_value_bytes(&self) -> usize {
        let half = usize::try_from(self.ring_bytes / 2).unwrap_or(usize::MAX);
        half.saturating_sub(MAX_RECORD_OVERHEAD).min(MAX_CACHED_BYTES)
    }

    /// The most bytes of one record.
    pub(crate) fn max_record_bytes(&self) -> usize {
        self.max_value_bytes() + MAX_RECORD_OVERHEAD
    }

    /// Where the bucket of a hash begins in the file.
    pub(crate) fn bucket_at(&self, hash_prefix: u64) -> u64 {
        PAGE_BYTES + (hash_prefix & (self.buckets - 1)) * crate::index::BUCKET_BYTES
    }

    /// Where the index begins in the file, and where it ends.
    pub(crate) fn index(&self) -> std::ops::Range<u64> {
        PAGE_BYTES..self.ring_at()
    }

    /// Where a position is in the file.
    pub(crate) fn place_of(&self, position: u64) -> u64 {
        self.ring_at() + position % self.ring_bytes
    }

    /// Where a record of so many bytes goes that is written next: never over the end of the ring.
    pub(crate) fn next_position(&self, end: u64, record_bytes: u64) -> u64 {
        let to_end = self.ring_bytes - end % self.ring_bytes;
        if record_bytes <= to_end { end } else { end + to_end }
    }

    /// Whether a record that begins there has been written, and is not a lap old. One that is has been
    /// overwritten, unless it stands at the end of the ring, where a record did not fit.
    pub(crate) fn is_kept(&self, position: u64, end: u64) -> bool {
        position != 0 && position < end && end - position <= self.ring_bytes
    }

    fn is_sound(&self) -> bool {
        self.buckets.is_power_of_two()
            && self.buckets <= MAX_BYTES / BYTES_PER_BUCKET
            && (MIN_BYTES / 2..=MAX_BYTES).contains(&self.ring_bytes)
            && self.ring_bytes.is_multiple_of(ALIGNMENT)
    }

    fn ring_at(&self) -> u64 {
        PAGE_BYTES + self.buckets * crate::index::BUCKET_BYTES
    }

    /// The first bytes of a new file.
    pub(crate) fn head(&self) -> [u8; HEAD_BYTES] {
        let mut head = [0; HEAD_BYTES];
        let mut bytes = Vec::with_capacity(HEAD_BYTES);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.buckets.to_le_bytes());
        bytes.extend(self.ring_bytes.to_le_bytes());
        seal(&mut bytes);
        bytes.resize(64, 0);
        // Positions begin with the second lap, so that none of them is 0.
        bytes.extend(Progress { end: self.ring_bytes, ..Progress::default() }.encode());
        head.iter_mut().zip(bytes).for_each(|(to, byte)| *to = byte);
        head
    }

    /// Reads the first bytes of a file.
    pub(crate) fn find(head: &[u8]) -> Found {
        let mut fields = Fields(head);
        let (magic, version) = (fields.take(), fields.u32());
        if magic == *b"SQLite f" || (magic == MAGIC && version > VERSION) {
            return Found::Foreign;
        }
        fields.take::<4>();
        let geometry = Self { buckets: fields.u64(), ring_bytes: fields.u64() };
        let is_ours = magic == MAGIC && version == VERSION && is_sealed(head, 32) && geometry.is_sound();
        if is_ours { Found::Ours(geometry) } else { Found::Damaged }
    }
}

/// How far the file is written, and what was counted. Changed only under the lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The position after the last record.
    pub(crate) end: u64,
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) stores: u64,
    pub(crate) failed_stores: u64,
    pub(crate) evictions: u64,
}

/// The bytes of [`Progress`].
pub(crate) const PROGRESS_BYTES: usize = 56;

impl Progress {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PROGRESS_BYTES);
        for number in [self.end, self.hits, self.misses, self.stores, self.failed_stores, self.evictions] {
            bytes.extend(number.to_le_bytes());
        }
        seal(&mut bytes);
        bytes
    }

    /// `None` when the bytes are garbled.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        is_sealed(bytes, 48).then(|| Self {
            end: fields.u64(),
            hits: fields.u64(),
            misses: fields.u64(),
            stores: fields.u64(),
            failed_stores: fields.u64(),
            evictions: fields.u64(),
        })
    }
}

/// Takes numbers from bytes, one after the other. What is missing is zero, as the hole of a file is.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    pub(crate) fn take<const N: usize>(&mut self) -> [u8; N] {
        let Some((first, rest)) = self.0.split_first_chunk() else { return [0; N] };
        self.0 = rest;
        *first
    }

    pub(crate) fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.take())
    }

    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take())
    }

    pub(crate) fn i64(&mut self) -> i64 {
        i64::from_le_bytes(self.take())
    }
}

/// Appends the sum of all that stands before.
fn seal(bytes: &mut Vec<u8>) {
    bytes.extend(xxh3_64(bytes).to_le_bytes());
}

/// Whether the bytes up to `at` are followed by their sum.
fn is_sealed(bytes: &[u8], at: usize) -> bool {
    bytes.split_at_checked(at).is_some_and(|(sealed, sum)| Fields(sum).u64() == xxh3_64(sealed))
}

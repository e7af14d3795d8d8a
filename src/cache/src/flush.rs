//! What goes through the whole index: flushing a tag, and looking how full the cache is.

use std::os::unix::fs::FileExt;

use platen_core::clock::Timestamp;
use platen_core::limits::MAX_CACHE_TAGS;

use crate::CacheError;
use crate::file::CacheStats;
use crate::index::{self, SLOT_LEN, Slot};
use crate::layout::{ALIGNMENT, Progress};
use crate::lock::{FLUSH_WAIT, WriteLock};
use crate::open::Opened;
use crate::record::{self, HEAD_BYTES};

/// The bytes of the index that are read at once. The lock is held for so many, so that writers wait shortly.
const CHUNK_BYTES: usize = 64 * 1024;

/// Removes the entries with a tag, and tells how many there were.
pub(crate) fn flush_tag(opened: &Opened, tag: u64, now: Timestamp) -> Result<u64, CacheError> {
    if !opened.handle.is_writable {
        return Err(CacheError::ReadOnly);
    }
    let mut flushed = 0;
    for place in opened.geometry.index().step_by(CHUNK_BYTES) {
        let _lock = WriteLock::acquire(&opened.handle.file, FLUSH_WAIT)?;
        for (place, slot) in chunk(opened, place)? {
            let may_have_it = slot.tag_bits & record::tag_bits(std::iter::once(tag)) != 0;
            if !may_have_it {
                continue;
            }
            let mut head = [0; HEAD_BYTES + 8 * MAX_CACHE_TAGS];
            let length = opened.handle.file.read_at(&mut head, opened.geometry.place_of(slot.position))?;
            let head = head.get(..length).unwrap_or_default();
            if record::has_tag(head, slot.position, tag) {
                opened.handle.file.write_all_at(&Slot::default().encode(), place)?;
                flushed += u64::from(slot.expires_at > now.as_micros());
            }
        }
    }
    Ok(flushed)
}

/// Counts what can be read.
pub(crate) fn survey(opened: &Opened, progress: Progress, now: Timestamp) -> Result<CacheStats, CacheError> {
    let mut stats = CacheStats {
        max_bytes: opened.geometry.file_bytes(),
        hits: progress.hits,
        misses: progress.misses,
        stores: progress.stores,
        failed_stores: progress.failed_stores,
        evictions: progress.evictions,
        ..CacheStats::default()
    };
    for place in opened.geometry.index().step_by(CHUNK_BYTES) {
        for (_, slot) in chunk(opened, place)? {
            let was_written = slot.position != 0 && slot.position < progress.end;
            if !was_written || slot.expires_at <= now.as_micros() {
                continue;
            }
            if opened.geometry.is_kept(slot.position, progress.end) {
                stats.entries += 1;
                stats.used_bytes += u64::from(slot.record_bytes).next_multiple_of(ALIGNMENT);
            } else {
                // Overwritten, and nobody has needed its slot since.
                stats.evictions += 1;
            }
        }
    }
    Ok(stats)
}

/// The slots of a part of the index, and where they are in the file.
fn chunk(opened: &Opened, place: u64) -> Result<Vec<(u64, Slot)>, CacheError> {
    let rest = usize::try_from(opened.geometry.index().end - place).unwrap_or(usize::MAX);
    let mut bytes = vec![0; rest.min(CHUNK_BYTES)];
    // What a file that was cut does not have is zero, and so are free slots.
    opened.handle.file.read_at(&mut bytes, place)?;
    Ok((place..).step_by(SLOT_LEN).zip(index::slots(&bytes)).filter(|(_, slot)| slot.position != 0).collect())
}

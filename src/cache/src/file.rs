use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::limits::MAX_CACHED_BYTES;
use platen_core::prompt::{CacheTag, PromptHash};

use crate::index::{self, BUCKET_LEN, SLOT_BYTES, SLOT_LEN, Slot};
use crate::layout::{ALIGNMENT, PROGRESS_AT, PROGRESS_BYTES, Progress};
use crate::lock::{FLUSH_WAIT, REQUEST_WAIT, WriteLock};
use crate::open::{self, Opened};
use crate::record::{self, Cached, Record};
use crate::tally::Tally;
use crate::{CacheError, flush, location};

/// How long stores do not wait for the lock after one has waited in vain.
const BUSY_PAUSE: Duration = Duration::from_secs(1);

/// A handle to the cache file. Each thread opens its own; a process that was forked opens the file again by itself.
#[derive(Debug)]
pub struct CacheFile {
    path: PathBuf,
    max_bytes: u64,
    /// Nothing after a failure that the next use may overcome.
    opened: Option<Opened>,
    tally: Tally,
    /// When a store has last waited in vain.
    busy_at: Option<Timestamp>,
}

/// How full a cache is, and what was counted since its file was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheStats {
    /// Entries that can be read.
    pub entries: u64,
    /// What they take in the file, in bytes.
    pub used_bytes: u64,
    /// The size of the file, in bytes.
    pub max_bytes: u64,
    /// Values that were found. A handle adds its counts once a second, so this lags.
    pub hits: u64,
    /// Values that were not found.
    pub misses: u64,
    /// Values that were stored.
    pub stores: u64,
    /// Values that could not be stored.
    pub failed_stores: u64,
    /// Entries that made room before their time was over.
    pub evictions: u64,
}

impl CacheFile {
    /// Opens the cache. A missing file is made, with its directory if only that is missing; a damaged one is
    /// renamed to `<name>.damaged` and made anew. `max_bytes`, from [`MIN_BYTES`](crate::MIN_BYTES) to
    /// [`MAX_BYTES`](crate::MAX_BYTES), is for a file that is made now: one that is there keeps its size.
    ///
    /// # Errors
    /// [`CacheError`] says why there is no cache now. Nothing was changed then.
    pub fn open(path: &Path, max_bytes: u64) -> Result<Self, CacheError> {
        let mut cache = Self::at(path, max_bytes);
        cache.opened()?;
        Ok(cache)
    }

    /// A handle that opens the cache with its first use, and tries again with the next one if it cannot.
    pub fn at(path: &Path, max_bytes: u64) -> Self {
        Self { path: path.to_owned(), max_bytes, opened: None, tally: Tally::default(), busy_at: None }
    }

    /// The value that was stored for a prompt, unless it has expired. Whatever fails is a miss.
    pub fn get(&mut self, hash: &PromptHash, now: Timestamp) -> Option<Cached> {
        self.leave_inherited();
        if self.tally.is_due(now) {
            self.look_after();
        }
        let found = self.opened().ok().and_then(|opened| read(opened, hash, now));
        let counter = if found.is_some() { &mut self.tally.hits } else { &mut self.tally.misses };
        *counter += 1;
        found
    }

    /// Stores a value for a prompt, in the place of an earlier one. If the cache is full, what was stored first
    /// goes.
    ///
    /// # Errors
    /// [`CacheError`] says why the value was not stored; an earlier one may be gone.
    pub fn set(
        &mut self,
        hash: &PromptHash,
        value: &[u8],
        tags: &[CacheTag],
        ttl: Duration,
        now: Timestamp,
    ) -> Result<(), CacheError> {
        let stored = self.store(hash, value, tags, ttl, now);
        if stored.is_err() {
            self.tally.failed_stores += 1;
        }
        stored
    }

    /// Removes what was stored for a prompt, and tells whether there was something.
    ///
    /// # Errors
    /// [`CacheError`] says why nothing was removed.
    pub fn delete(&mut self, hash: &PromptHash, now: Timestamp) -> Result<bool, CacheError> {
        self.writing(FLUSH_WAIT, |opened, _| {
            let mut was_there = false;
            for (place, slot) in bucket(opened, hash)? {
                if slot.position == 0 || slot.mark != index::mark(hash) {
                    continue;
                }
                let mut head = [0; record::HEAD_BYTES];
                let place_of_record = opened.geometry.place_of(slot.position);
                opened.handle.file.read_at(&mut head, place_of_record)?;
                if record::is_of(&head, slot.position, hash) {
                    was_there |= slot.expires_at > now.as_micros();
                    opened.handle.file.write_all_at(&Slot::default().encode(), place)?;
                }
            }
            Ok(was_there)
        })
    }

    /// Removes every entry with this tag, and tells how many there were. An entry that is stored meanwhile may
    /// stay.
    ///
    /// # Errors
    /// [`CacheError`] says why not all of them were removed.
    pub fn flush_tag(&mut self, tag: &CacheTag, now: Timestamp) -> Result<u64, CacheError> {
        self.reopen_if_replaced();
        flush::flush_tag(self.opened()?, record::tag_sum(tag), now)
    }

    /// Tells how full the cache is and how it is used. Reads the whole index.
    ///
    /// # Errors
    /// [`CacheError`] says why it cannot be told.
    pub fn stats(&mut self, now: Timestamp) -> Result<CacheStats, CacheError> {
        self.look_after();
        let Self { opened, tally, path, max_bytes, busy_at: _ } = self;
        let opened = ensure(opened, path, *max_bytes)?;
        let mut progress = progress(opened)?;
        tally.add_to(&mut progress);
        flush::survey(opened, progress, now)
    }

    fn store(
        &mut self,
        hash: &PromptHash,
        value: &[u8],
        tags: &[CacheTag],
        ttl: Duration,
        now: Timestamp,
    ) -> Result<(), CacheError> {
        let too_large = |limit| CacheError::ValueTooLarge { actual: value.len(), limit };
        if value.len() > MAX_CACHED_BYTES {
            return Err(too_large(MAX_CACHED_BYTES));
        }
        let mut record = Record::new(hash, value, tags, now.after(ttl));
        // A writer that hangs costs one wait in a while, not one for each store.
        let was_busy = self.busy_at.is_some_and(|at| now.since(at) < BUSY_PAUSE);
        let wait = if was_busy { Duration::ZERO } else { REQUEST_WAIT };
        let stored = self.writing(wait, |opened, progress| {
            let limit = opened.geometry.max_value_bytes();
            if value.len() > limit {
                return Err(too_large(limit));
            }
            let slot = Slot {
                position: 0,
                record_bytes: u32::try_from(record.len()).unwrap_or(u32::MAX),
                mark: index::mark(hash),
                tag_bits: record::tag_bits(tags.iter().map(record::tag_sum)),
                expires_at: now.after(ttl).as_micros(),
            };
            write(opened, progress, hash, &mut record, slot, now)
        });
        if !was_busy {
            self.busy_at = matches!(stored, Err(CacheError::Busy)).then_some(now);
        }
        stored
    }

    /// Runs an action under the writers' lock and keeps the progress it has made.
    fn writing<T>(
        &mut self,
        wait: Duration,
        action: impl FnOnce(&Opened, &mut Progress) -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        self.reopen_if_replaced();
        let Self { opened, tally, path, max_bytes, busy_at: _ } = self;
        let opened = ensure(opened, path, *max_bytes)?;
        if !opened.handle.is_writable {
            return Err(CacheError::ReadOnly);
        }
        let lock = WriteLock::acquire(&opened.handle.file, wait)?;
        let result = progress(opened).and_then(|mut progress| {
            tally.add_to(&mut progress);
            let result = action(opened, &mut progress);
            opened.handle.file.write_all_at(&progress.encode(), PROGRESS_AT)?;
            tally.clear();
            result
        });
        drop(lock);
        if matches!(result, Err(CacheError::Damaged)) {
            self.heal();
        }
        result
    }

    fn opened(&mut self) -> Result<&Opened, CacheError> {
        ensure(&mut self.opened, &self.path, self.max_bytes)
    }

    /// Adds what was counted to the file's counts and sees whether the path still leads to the file. What fails
    /// here is tried again a second later.
    fn look_after(&mut self) {
        if self.tally.is_empty() {
            self.reopen_if_replaced();
        } else {
            let _ = self.writing(Duration::ZERO, |_, _| Ok(()));
        }
    }

    /// Makes a damaged file anew. The next use opens it.
    fn heal(&mut self) {
        if let Some(opened) = self.opened.take() {
            // When it cannot be moved away, every use finds it damaged, and is a miss.
            let _ = open::discard(&self.path, &opened.handle);
        }
    }

    /// Lets go of a file that the parent of this process has opened: a lock on it would be the parent's as well.
    fn leave_inherited(&mut self) {
        let pid = std::process::id();
        if self.opened.take_if(|opened| opened.pid != pid).is_some() {
            self.tally.clear();
        }
    }

    /// Lets go of a file that the path no longer leads to: what is written to it nobody would read.
    fn reopen_if_replaced(&mut self) {
        self.leave_inherited();
        let current = location::file_id(&self.path).ok();
        self.opened.take_if(|opened| Some(opened.handle.id) != current);
    }
}

impl Drop for CacheFile {
    /// A worker that ends leaves its counts behind.
    fn drop(&mut self) {
        self.leave_inherited();
        if self.opened.is_some() && !self.tally.is_empty() {
            self.look_after();
        }
    }
}

fn ensure<'o>(opened: &'o mut Option<Opened>, path: &Path, max_bytes: u64) -> Result<&'o Opened, CacheError> {
    let now = match opened.take() {
        Some(opened) => opened,
        None => open::open(path, max_bytes)?,
    };
    Ok(opened.insert(now))
}

/// How far the file is written. Nobody changes it while the lock is held.
fn progress(opened: &Opened) -> Result<Progress, CacheError> {
    let mut bytes = [0; PROGRESS_BYTES];
    opened.handle.file.read_at(&mut bytes, PROGRESS_AT)?;
    Progress::decode(&bytes).ok_or(CacheError::Damaged)
}

/// The slots where a hash may be, and where they are in the file.
fn bucket(opened: &Opened, hash: &PromptHash) -> Result<Vec<(u64, Slot)>, CacheError> {
    let place = opened.geometry.bucket_at(index::prefix(hash));
    let mut bytes = [0; BUCKET_LEN];
    opened.handle.file.read_at(&mut bytes, place)?;
    Ok((place..).step_by(SLOT_LEN).zip(index::slots(&bytes)).collect())
}

fn read(opened: &Opened, hash: &PromptHash, now: Timestamp) -> Option<Cached> {
    // A slot or a record that is being written is found whole at the second look.
    match look_up(opened, hash, now) {
        Looked::Found(cached) => Some(cached),
        Looked::Nothing => None,
        Looked::Broken => match look_up(opened, hash, now) {
            Looked::Found(cached) => Some(cached),
            Looked::Nothing | Looked::Broken => None,
        },
    }
}

enum Looked {
    Found(Cached),
    Nothing,
    /// A slot has the mark, and its record is not the one.
    Broken,
}

fn look_up(opened: &Opened, hash: &PromptHash, now: Timestamp) -> Looked {
    let file = &opened.handle.file;
    let mut bytes = [0; BUCKET_LEN];
    if file.read_at(&mut bytes, opened.geometry.bucket_at(index::prefix(hash))).is_err() {
        return Looked::Nothing;
    }
    let mark = index::mark(hash);
    let mut looked = Looked::Nothing;
    for slot in index::slots(&bytes) {
        if slot.mark != mark || slot.position == 0 || slot.expires_at <= now.as_micros() {
            continue;
        }
        looked = Looked::Broken;
        let length = usize::try_from(slot.record_bytes).unwrap_or(usize::MAX);
        if length > opened.geometry.max_record_bytes() {
            continue;
        }
        let mut bytes = vec![0; length];
        let is_read = file.read_exact_at(&mut bytes, opened.geometry.place_of(slot.position)).is_ok();
        if let Some(cached) = record::open(bytes, &slot, hash, now).filter(|_| is_read) {
            return Looked::Found(cached);
        }
    }
    looked
}

/// Writes a record and then the slot that leads to it. Killed before the slot, the record is lost; killed within
/// the record, what stood there before is garbled, which its sum tells.
fn write(
    opened: &Opened,
    progress: &mut Progress,
    hash: &PromptHash,
    record: &mut Record,
    slot: Slot,
    now: Timestamp,
) -> Result<(), CacheError> {
    let (file, geometry) = (&opened.handle.file, &opened.geometry);
    let length = u64::try_from(record.len()).unwrap_or(u64::MAX).next_multiple_of(ALIGNMENT);
    let position = geometry.next_position(progress.end, length);
    progress.end = position + length;

    let bucket_at = geometry.bucket_at(index::prefix(hash));
    let mut bucket = [0; BUCKET_LEN];
    file.read_at(&mut bucket, bucket_at)?;
    let choice = index::choose(&bucket, slot.mark, geometry, progress.end, now.as_micros());

    // Before the record: a writer that is killed in it leaves a hole, and nothing is written over what it wrote.
    file.write_all_at(&progress.encode(), PROGRESS_AT)?;
    file.write_all_at(record.placed_at(position), geometry.place_of(position))?;
    let slot = Slot { position, ..slot };
    file.write_all_at(&slot.encode(), bucket_at + choice.number * SLOT_BYTES)?;
    progress.stores += 1;
    progress.evictions += u64::from(choice.evicts);
    Ok(())
}

#[cfg(test)]
mod tests;

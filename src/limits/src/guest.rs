//! The side of a PHP worker.

use std::fs::{self, File, Metadata, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use platen_core::rate::Quota;
use platen_core::wire::RateDecision;

use crate::header::{self, FILE_BYTES};
use crate::mapping::Mapping;
use crate::slots::Slots;
use crate::{OpenError, uptime_micros};

/// How long a mapping is used before its file is looked at again, in microseconds.
const TRUST_MICROS: u64 = 1_000_000;

const WRITABLE_BY_ANYONE: u32 = 0o002;

/// The table as a worker uses it: it decides about the keys that are in it, and gives out no slots.
///
/// It holds no lock, no descriptor and no number of the process, so it is as good in the child of a fork.
#[derive(Debug)]
pub struct Guest {
    path: PathBuf,
    id: (u64, u64),
    slots: Slots,
    checked_at: u64,
}

impl Guest {
    /// Maps a table.
    ///
    /// # Errors
    /// [`OpenError`] when there is none that may be trusted.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let file = open_for_both(path)?;
        let metadata = file.metadata()?;
        check(&metadata)?;
        let mapping = Mapping::of_file(&file, FILE_BYTES)?;
        let secret = header::read(&mapping)?;
        let slots = Slots::new(mapping, secret);
        Ok(Self { path: path.to_owned(), id: id(&metadata), slots, checked_at: uptime_micros() })
    }

    /// Takes from the limit of a key, or tells how long to wait. `None` when the daemon has to be asked.
    pub fn take(&self, site: &str, key: &str, quota: Quota, now: u64) -> Option<RateDecision> {
        self.slots.take(self.slots.key(site, key), quota, now)
    }

    /// Whether the mapped file is still the one that the path names, and as long as it was. Looks once a second.
    pub fn is_current(&mut self, now: u64) -> bool {
        if now.saturating_sub(self.checked_at) < TRUST_MICROS {
            return true;
        }
        self.checked_at = now;
        fs::symlink_metadata(&self.path)
            .is_ok_and(|metadata| id(&metadata) == self.id && check(&metadata).is_ok())
    }
}

/// Opens a table that is there, for reading and writing. A link is not followed: it would be somebody's trick.
pub(crate) fn open_for_both(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)
}

/// Refuses what cannot be mapped safely: past the end of a file that is too short lies SIGBUS.
pub(crate) fn check(metadata: &Metadata) -> Result<(), OpenError> {
    if !metadata.is_file() || metadata.len() != u64::try_from(FILE_BYTES).unwrap_or(0) {
        return Err(OpenError::Foreign);
    }
    if metadata.mode() & WRITABLE_BY_ANYONE != 0 { Err(OpenError::Unsafe) } else { Ok(()) }
}

fn id(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

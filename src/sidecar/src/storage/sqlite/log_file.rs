//! The file of the write-ahead log, kept longer than what was written to it.
//!
//! A commit that overwrites blocks which the file has already is on the disk in two thirds of the time of one that
//! makes the file longer, because the file system has nothing but the data to write. SQLite overwrites its log from
//! the beginning once it was checkpointed; until it has grown to its full length, this grows it ahead.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::open::LOG_BYTES;

/// How much the file grows at once. Writing that takes a millisecond or two.
const STEP_BYTES: u64 = 2 * 1024 * 1024;

/// The file, while it may have to grow.
pub(super) struct LogFile {
    file: Option<File>,
    /// How long it was left.
    bytes: u64,
}

impl LogFile {
    /// The log of an open database. Without it commits are slower, and that is all.
    pub(super) fn of(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self { file: OpenOptions::new().write(true).open(path).ok(), bytes: 0 }
    }

    /// Whether SQLite has made the file longer since it was left. It will do so again with each commit.
    pub(super) fn is_short(&self) -> bool {
        let bytes = self.file.as_ref().and_then(|file| length(file).ok());
        bytes.is_some_and(|bytes| bytes > self.bytes && bytes < u64::from(LOG_BYTES))
    }

    /// Puts zeros behind the log, which SQLite takes for its end. Nobody may write to the database meanwhile.
    pub(super) fn grow(&mut self) {
        let Some(file) = &self.file else { return };
        let grown = length(file).and_then(|end| {
            let zeros = vec![0; usize::try_from(STEP_BYTES).unwrap_or(0)];
            if let Err(error) = file.write_all_at(&zeros, end).and_then(|()| file.sync_data()) {
                // What little there is left of the disk is for jobs.
                file.set_len(end)?;
                return Err(error);
            }
            Ok(end + STEP_BYTES)
        });
        match grown {
            Ok(bytes) => self.bytes = bytes,
            Err(_) => self.file = None,
        }
    }
}

/// Not from the file's metadata: Linux takes a new time of change for the write after one that was looked at, and the
/// next `fdatasync()` writes the inode too.
fn length(mut file: &File) -> io::Result<u64> {
    file.seek(SeekFrom::End(0))
}

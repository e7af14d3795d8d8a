//! The pieces of a commit that wait to be written together.

use std::cell::RefCell;

use rusqlite::ffi::{SQLITE_OK, sqlite3_file};

use crate::methods::write_through;

/// The header of a frame in the log; a page follows it.
const FRAME_HEADER_BYTES: usize = 24;

/// SQLite's file layer looks at the lowest 17 bits of a length only, and writes no more at once.
const MOST_BYTES: usize = 0x1_FFFF;

thread_local! {
    /// Those of the commit that this thread makes; absent while it makes none.
    static GATHERED: RefCell<Option<Gathered>> = const { RefCell::new(None) };
}

/// Pieces of a file, each where the one before it ends.
#[derive(Debug)]
pub(crate) struct Gathered {
    file: *mut sqlite3_file,
    begins_at: i64,
    bytes: Vec<u8>,
    /// Whether the page that comes next is the commit's last.
    is_last: bool,
}

/// Nothing is gathered any more when this is dropped, however the commit ended.
pub(crate) struct Gathering;

/// Gathers what this thread writes to logs.
pub(crate) fn begin(spare: Vec<u8>) -> Gathering {
    let gathered = Gathered { file: std::ptr::null_mut(), begins_at: 0, bytes: spare, is_last: false };
    GATHERED.set(Some(gathered));
    Gathering
}

/// Drops what was not written, and hands the memory back.
pub(crate) fn end() -> Vec<u8> {
    let mut bytes = GATHERED.take().map(|gathered| gathered.bytes).unwrap_or_default();
    bytes.clear();
    bytes
}

impl Drop for Gathering {
    fn drop(&mut self) {
        GATHERED.set(None);
    }
}

/// Gathers a piece, or writes it where none are. Answers with a code of SQLite.
pub(crate) fn write(file: *mut sqlite3_file, piece: &[u8], at: i64) -> i32 {
    GATHERED.with_borrow_mut(|gathered| match gathered {
        Some(gathered) => gathered.add(file, piece, at),
        None => write_through(file, piece, at),
    })
}

/// Writes what was gathered. Answers with a code of SQLite.
pub(crate) fn flush() -> i32 {
    GATHERED.with_borrow_mut(|gathered| gathered.as_mut().map_or(SQLITE_OK, Gathered::flush))
}

impl Gathered {
    fn add(&mut self, file: *mut sqlite3_file, piece: &[u8], at: i64) -> i32 {
        if !self.is_continued(file, at) || self.bytes.len() + piece.len() > MOST_BYTES {
            let code = self.flush();
            if code != SQLITE_OK {
                return code;
            }
            (self.file, self.begins_at) = (file, at);
        }
        self.bytes.extend_from_slice(piece);
        if piece.len() == FRAME_HEADER_BYTES {
            // The length of the database after the commit, in pages; zero in all frames of it but the last.
            self.is_last = piece.get(4..8).is_some_and(|pages| pages != [0; 4]);
        } else if std::mem::take(&mut self.is_last) {
            return self.flush();
        }
        SQLITE_OK
    }

    fn is_continued(&self, file: *mut sqlite3_file, at: i64) -> bool {
        let end = i64::try_from(self.bytes.len()).ok().and_then(|length| self.begins_at.checked_add(length));
        !self.bytes.is_empty() && self.file == file && end == Some(at)
    }

    /// What cannot be written is dropped: the commit has failed, and SQLite writes it again or not at all.
    fn flush(&mut self) -> i32 {
        let code = if self.bytes.is_empty() {
            SQLITE_OK
        } else {
            write_through(self.file, &self.bytes, self.begins_at)
        };
        self.bytes.clear();
        code
    }
}

use platen_core::code::ErrorCode;
use thiserror::Error;

/// Why the cache cannot be used now. For a request each of them is a miss.
#[derive(Debug, Error)]
pub enum CacheError {
    /// Another process holds the file longer than a request may wait.
    #[error("the cache is in use")]
    Busy,
    /// The value is larger than [`Limits`](crate::Limits) allow.
    #[error("the value has {actual} bytes, and a cached value at most {limit}")]
    ValueTooLarge {
        /// Its size, in bytes.
        actual: usize,
        /// The most that is taken, in bytes.
        limit: usize,
    },
    /// The path leads to a sound database of another program, or of a later version of this one.
    #[error("the cache path leads to another program's database")]
    Foreign,
    /// The path leads to a link, a directory or a device.
    #[error("the cache path does not lead to a plain file")]
    NotAFile,
    /// Any user of the machine could put a file of their own in the place of the cache.
    #[error("the directory of the cache can be changed by any user")]
    UnsafeDirectory,
    /// The file is damaged. [`CacheFile`](crate::CacheFile) has made a new one where it could.
    #[error("the cache file is damaged")]
    Damaged,
    /// The file system refuses (rights, no space).
    #[error("the cache file cannot be used")]
    Io(#[from] std::io::Error),
    /// SQLite refuses for another reason.
    #[error("the cache file cannot be used")]
    Database(#[source] rusqlite::Error),
}

impl CacheError {
    /// The stable code of the failure.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::ValueTooLarge { .. } => ErrorCode::PayloadTooLarge,
            Self::Busy
            | Self::Foreign
            | Self::NotAFile
            | Self::UnsafeDirectory
            | Self::Damaged
            | Self::Io(_)
            | Self::Database(_) => ErrorCode::StoreUnavailable,
        }
    }
}

impl From<rusqlite::Error> for CacheError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => Self::Busy,
            // `Unknown` is a missing table or column: SQLite has read a damaged schema without noticing.
            Some(
                rusqlite::ErrorCode::DatabaseCorrupt
                | rusqlite::ErrorCode::NotADatabase
                | rusqlite::ErrorCode::Unknown,
            ) => Self::Damaged,
            // The file is shorter than it says.
            Some(rusqlite::ErrorCode::SystemIoFailure) if is_short_read(&error) => Self::Damaged,
            _ if matches!(error, rusqlite::Error::InvalidColumnType(..)) => Self::Damaged,
            _ => Self::Database(error),
        }
    }
}

fn is_short_read(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHORT_READ)
}

use platen_core::code::ErrorCode;
use thiserror::Error;

/// Why the cache cannot be used now. For a request each of them is a miss.
#[derive(Debug, Error)]
pub enum CacheError {
    /// Another process holds the file longer than a request may wait.
    #[error("the cache is in use")]
    Busy,
    /// The value is larger than [`MAX_CACHED_BYTES`](platen_core::limits::MAX_CACHED_BYTES), or than half of the
    /// cache.
    #[error("the value has {actual} bytes, and a cached value at most {limit}")]
    ValueTooLarge {
        /// Its size, in bytes.
        actual: usize,
        /// The most that is taken, in bytes.
        limit: usize,
    },
    /// The path leads to the database of another program, or to the cache of a later version of this one.
    #[error("the cache path leads to a file that is not a cache of this version")]
    Foreign,
    /// The path leads to a link, a directory or a device.
    #[error("the cache path does not lead to a plain file")]
    NotAFile,
    /// Any user of the machine could put a file of their own in the place of the cache.
    #[error("the directory of the cache can be changed by any user")]
    UnsafeDirectory,
    /// The file is damaged. [`CacheFile`](crate::CacheFile) makes a new one where it can.
    #[error("the cache file is damaged")]
    Damaged,
    /// This process may read the file and not write it.
    #[error("the cache file can only be read")]
    ReadOnly,
    /// The file system refuses (rights, no space).
    #[error("the cache file cannot be used")]
    Io(#[from] std::io::Error),
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
            | Self::ReadOnly
            | Self::Io(_) => ErrorCode::StoreUnavailable,
        }
    }
}

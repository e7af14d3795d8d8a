//! This process's handle of the prompt cache, opened at its first use.
//!
//! Nothing in here calls into PHP, so no fatal error of PHP can jump over an open borrow or a held lock.

use std::cell::RefCell;
use std::path::PathBuf;

use platen_cache::{CacheError, CacheFile};

use crate::ini;

thread_local! {
    static HANDLE: RefCell<Option<Handle>> = const { RefCell::new(None) };
}

struct Handle {
    /// What it was opened for: one worker may serve hosts with settings of their own.
    setting: Vec<u8>,
    max_bytes: u64,
    file: CacheFile,
}

/// Uses the cache that the settings name, and opens it first if need be.
///
/// # Errors
/// [`CacheError`] says why there is no cache now, or is the action's own.
pub(crate) fn using<T>(
    action: impl FnOnce(&mut CacheFile) -> Result<T, CacheError>,
) -> Result<T, CacheError> {
    let max_bytes = ini::cache_max_bytes();
    HANDLE.with_borrow_mut(|slot| {
        let is_current =
            |handle: &Handle| handle.max_bytes == max_bytes && ini::is_cache_path(&handle.setting);
        let handle = match slot.take().filter(is_current) {
            Some(handle) => handle,
            None => open(max_bytes)?,
        };
        action(&mut slot.insert(handle).file)
    })
}

/// Where the cache is: `platen.cache_path`, or else a folder of this user's own in PHP's temporary directory.
/// The folder is there because a file right in a directory that any user can write to could be replaced.
pub(crate) fn path() -> PathBuf {
    match ini::cache_path() {
        Some(path) => PathBuf::from(path),
        None => ini::temporary_directory().join(format!("platen-cache-{}", own_user())).join("prompts.cache"),
    }
}

fn open(max_bytes: u64) -> Result<Handle, CacheError> {
    let setting = ini::cache_path().unwrap_or_default().into_bytes();
    Ok(Handle { setting, max_bytes, file: CacheFile::open(&path(), max_bytes)? })
}

fn own_user() -> u32 {
    #[expect(unsafe_code, reason = "std does not tell the user")]
    // SAFETY: no arguments, no memory of ours, and it always succeeds.
    unsafe {
        libc::geteuid()
    }
}

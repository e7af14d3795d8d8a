//! This process's handle of the prompt cache, opened at its first use.
//!
//! Nothing in here calls into PHP, so no fatal error of PHP can jump over an open borrow or statement.

use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

use platen_cache::{CacheError, CacheFile, Limits};
use platen_core::clock::Timestamp;
use platen_core::prompt::PromptHash;

use crate::ini;

thread_local! {
    static HANDLE: RefCell<Option<Handle>> = const { RefCell::new(None) };
}

struct Handle {
    /// The process that opened the file: SQLite's locks do not survive a fork.
    pid: u32,
    /// What it was opened for: one worker may serve hosts with settings of their own.
    place: Place,
    file: CacheFile,
}

#[derive(PartialEq, Eq)]
struct Place {
    path: PathBuf,
    limits: Limits,
}

/// Looks a value up. Whatever fails is a miss.
pub(crate) fn get(hash: &PromptHash, now: Timestamp) -> Option<Vec<u8>> {
    using(|file| Ok(file.get(hash, now))).ok().flatten()
}

/// Stores a value.
///
/// # Errors
/// [`CacheError`] says why the value was not stored.
pub(crate) fn set(hash: &PromptHash, value: &[u8], ttl: Duration, now: Timestamp) -> Result<(), CacheError> {
    using(|file| file.set(hash, value, ttl, now))
}

/// Where the cache is: `platen.cache_path`, or else a folder of this user's own in PHP's temporary directory.
/// The folder is there because a file right in a directory that any user can write to could be replaced.
pub(crate) fn path() -> PathBuf {
    match ini::cache_path() {
        Some(path) => PathBuf::from(path),
        None => ini::temporary_directory().join(format!("platen-cache-{}", own_user())).join("cache.sqlite"),
    }
}

fn using<T>(action: impl FnOnce(&mut CacheFile) -> Result<T, CacheError>) -> Result<T, CacheError> {
    let place = Place { path: path(), limits: Limits::of_size(ini::cache_max_bytes()) };
    let pid = std::process::id();
    HANDLE.with_borrow_mut(|slot| {
        if let Some(inherited) = slot.take_if(|handle| handle.pid != pid) {
            // To close it here would give up the locks of the parent.
            std::mem::forget(inherited);
        }
        let handle = match slot.take().filter(|handle| handle.place == place) {
            Some(handle) => handle,
            None => open(place, pid)?,
        };
        action(&mut slot.insert(handle).file)
    })
}

fn open(place: Place, pid: u32) -> Result<Handle, CacheError> {
    let file = CacheFile::open(&place.path, place.limits)?;
    Ok(Handle { pid, place, file })
}

fn own_user() -> u32 {
    #[expect(unsafe_code, reason = "std does not tell the user")]
    // SAFETY: no arguments, no memory of ours, and it always succeeds.
    unsafe {
        libc::geteuid()
    }
}

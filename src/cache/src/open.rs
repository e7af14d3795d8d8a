//! Opening the file, and making it anew when it is missing or damaged.

use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::CacheError;
use crate::layout::{Found, Geometry, HEAD_BYTES};
use crate::location::{self, Handle};
use crate::lock::{REQUEST_WAIT, WriteLock};

/// How often a file may vanish or be found damaged between two looks.
const TRIES: u32 = 3;

/// An open cache.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) handle: Handle,
    pub(crate) geometry: Geometry,
    /// The process that opened it.
    pub(crate) pid: u32,
}

/// Opens the file. Makes it when it is missing, and makes it anew when it is damaged. A file that is there keeps
/// the size it was made with.
pub(crate) fn open(path: &Path, max_bytes: u64) -> Result<Opened, CacheError> {
    location::ensure_directory(path)?;
    for _ in 0..TRIES {
        let handle = match location::open(path) {
            Ok(handle) => handle,
            Err(CacheError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                let geometry = Geometry::of_size(max_bytes);
                location::create(path, &geometry.head(), geometry.file_bytes())?;
                continue;
            }
            Err(error) => return Err(error),
        };
        match look(&handle)? {
            Found::Ours(geometry) => return Ok(Opened { handle, geometry, pid: std::process::id() }),
            Found::Damaged => discard(path, &handle)?,
            Found::Foreign => return Err(CacheError::Foreign),
        }
    }
    Err(CacheError::Damaged)
}

/// Moves a damaged file away, unless another process has done so since. Whoever has it open goes on with it until
/// they notice that the path leads to another file.
pub(crate) fn discard(path: &Path, handle: &Handle) -> Result<(), CacheError> {
    // The lock is that of the damaged file: of all who found the damage, one at a time comes here.
    let _lock = WriteLock::acquire(&handle.file, REQUEST_WAIT)?;
    match location::file_id(path) {
        Ok(id) if id == handle.id => location::move_away(path),
        _ => Ok(()),
    }
}

fn look(handle: &Handle) -> Result<Found, CacheError> {
    let mut head = [0; HEAD_BYTES];
    let length = handle.file.read_at(&mut head, 0)?;
    Ok(Geometry::find(head.get(..length).unwrap_or_default()))
}

#[cfg(test)]
mod tests;

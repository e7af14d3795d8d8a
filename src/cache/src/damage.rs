//! What happens to a damaged file: it is kept beside the new one, for whoever wants to know why.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::CacheError;
use crate::location::beside;

/// Renames the database and its log to `<name>.damaged`. An earlier damaged file is replaced, so there is never
/// more than one.
///
/// Processes that have the old file open go on with it until they notice that the path leads to another file.
pub(crate) fn move_away(path: &Path) -> Result<(), CacheError> {
    let damaged = beside(path, ".damaged");
    // The log goes first: a database without its log is old, but a log beside another database is a disaster.
    for suffix in ["-wal", "-shm", ""] {
        match fs::rename(beside(path, suffix), beside(&damaged, suffix)) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

//! Whether the place of the cache can be trusted, and the files beside it.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::CacheError;

/// Readable and writable for the user and the group: the daemon and PHP's workers may be two users of one group.
const MODE: u32 = 0o660;

const WRITABLE_BY_ANYONE: u32 = 0o002;

/// Which file a path led to: device and inode. Tells whether it was replaced since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId(u64, u64);

/// The file that a path leads to now.
///
/// It is looked at by name and never opened: to close any descriptor of a database gives up all of SQLite's
/// locks on it in the whole process.
pub(crate) fn file_id(path: &Path) -> Result<FileId, CacheError> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_file() { Ok(FileId(metadata.dev(), metadata.ino())) } else { Err(CacheError::NotAFile) }
}

/// The path of a file that belongs to the database: `-wal`, `.lock`.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Makes the directory, if only the last part of its path is missing, and refuses one that any user can change.
pub(crate) fn ensure_directory(path: &Path) -> Result<(), CacheError> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match DirBuilder::new().mode(0o700).create(directory) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.into()),
    }
    let directory = directory.canonicalize()?;
    let metadata = fs::metadata(&directory)?;
    // In a directory such as /tmp someone else may have made this one, to own what is put into it.
    let can_be_planted = match directory.parent() {
        Some(above) => is_writable_by_anyone(&fs::metadata(above)?),
        None => false,
    };
    let is_ours = metadata.uid() == own_user() || metadata.uid() == 0;
    if is_writable_by_anyone(&metadata) || (can_be_planted && !is_ours) {
        return Err(CacheError::UnsafeDirectory);
    }
    Ok(())
}

/// Makes an empty database file with the rights of a cache, unless there is a file.
pub(crate) fn ensure_file(path: &Path) -> Result<(), CacheError> {
    match OpenOptions::new().write(true).create_new(true).mode(MODE).open(path) {
        // The mask of the process took rights from the mode.
        Ok(file) => Ok(file.set_permissions(Permissions::from_mode(MODE))?),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Opens the lock file, and makes it if it is missing. Nothing is ever written to it.
pub(crate) fn open_lock(path: &Path) -> Result<File, CacheError> {
    let path = beside(path, ".lock");
    let options = |create_new: bool| {
        let mut options = OpenOptions::new();
        options
            .read(true)
            .write(true)
            .create_new(create_new)
            .mode(MODE)
            .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        options
    };
    match options(true).open(&path) {
        Ok(file) => {
            file.set_permissions(Permissions::from_mode(MODE))?;
            Ok(file)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(options(false).open(&path)?),
        Err(error) => Err(error.into()),
    }
}

fn is_writable_by_anyone(metadata: &Metadata) -> bool {
    metadata.mode() & WRITABLE_BY_ANYONE != 0
}

#[expect(
    unsafe_code,
    reason = "the standard library does not tell the user; geteuid only reads and cannot fail"
)]
fn own_user() -> u32 {
    // SAFETY: geteuid has no arguments, touches no memory of ours and always succeeds.
    unsafe { libc::geteuid() }
}

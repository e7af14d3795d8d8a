//! Whether the place of the cache can be trusted, and the files beside it.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::CacheError;

/// Readable and writable for the user and the group: the daemon and PHP's workers may be two users of one group.
const MODE: u32 = 0o660;

const WRITABLE_BY_ANYONE: u32 = 0o002;

/// Which file a path led to: device and inode. Tells whether it was replaced since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId(u64, u64);

/// A file that is open.
#[derive(Debug)]
pub(crate) struct Handle {
    pub(crate) file: File,
    pub(crate) id: FileId,
    pub(crate) is_writable: bool,
}

/// The file that a path leads to now.
pub(crate) fn file_id(path: &Path) -> Result<FileId, CacheError> {
    let metadata = fs::symlink_metadata(path)?;
    if metadata.is_file() { Ok(FileId(metadata.dev(), metadata.ino())) } else { Err(CacheError::NotAFile) }
}

/// The path of a file that belongs to the cache.
fn beside(path: &Path, suffix: &str) -> PathBuf {
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

/// Opens the file, for reading alone where this process has no right to write. Links are not followed.
pub(crate) fn open(path: &Path) -> Result<Handle, CacheError> {
    let options = |is_writable: bool| {
        let mut options = OpenOptions::new();
        options.read(true).write(is_writable).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
        options
    };
    let (file, is_writable) = match options(true).open(path) {
        Ok(file) => (file, true),
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) => {
            (options(false).open(path)?, false)
        }
        Err(error) if matches!(error.raw_os_error(), Some(libc::ELOOP | libc::EISDIR | libc::ENXIO)) => {
            return Err(CacheError::NotAFile);
        }
        Err(error) => return Err(error.into()),
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(CacheError::NotAFile);
    }
    Ok(Handle { file, id: FileId(metadata.dev(), metadata.ino()), is_writable })
}

/// Makes a file of this length that begins with `head` and is zero otherwise, unless there is one by now. It
/// takes its name only when it is complete.
pub(crate) fn create(path: &Path, head: &[u8], length: u64) -> Result<(), CacheError> {
    let draft = beside(path, &format!(".{}.new", std::process::id()));
    let written = write_draft(&draft, head, length).and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    });
    // Also after a failure, when it may not be there.
    let _ = fs::remove_file(&draft);
    Ok(written?)
}

fn write_draft(draft: &Path, head: &[u8], length: u64) -> std::io::Result<()> {
    // Left by a process of this number that was killed here.
    match fs::remove_file(draft) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(MODE).open(draft)?;
    // The mask of the process took rights from the mode.
    file.set_permissions(Permissions::from_mode(MODE))?;
    file.write_all_at(head, 0)?;
    file.set_len(length)
}

/// Renames a damaged file to `<name>.damaged`, for whoever wants to know why. An earlier one is replaced.
pub(crate) fn move_away(path: &Path) -> Result<(), CacheError> {
    match fs::rename(path, beside(path, ".damaged")) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
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

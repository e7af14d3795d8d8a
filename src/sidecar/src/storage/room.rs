use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// What a start writes at the most: side files of the database, and changes of its tables.
const START_BYTES: usize = 1024 * 1024;

/// Whether the disk of this directory is too full for a start. Found out by writing: what a user may write is not what
/// the disk has free.
pub(crate) fn is_disk_full(state_dir: &Path) -> bool {
    let path = state_dir.join(format!("room.{}", std::process::id()));
    let written = try_write(&path);
    // What could be written of it must not make the disk any fuller.
    let _ = fs::remove_file(&path);
    matches!(
        written.map_err(|error| error.kind()),
        Err(ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
    )
}

fn try_write(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(&vec![0; START_BYTES])?;
    // A disk may find out late that it has no room.
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_with_room_is_not_full_and_nothing_stays_on_it() {
        let dir = tempfile::tempdir().unwrap();

        assert!(!is_disk_full(dir.path()));
        assert!(!is_disk_full(&dir.path().join("nowhere")), "that is another trouble");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}

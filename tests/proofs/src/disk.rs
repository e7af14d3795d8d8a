//! A disk that can be made full: a small tmpfs in the mount namespace of this process.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

/// Written at once while the disk is filled.
const CHUNK_BYTES: usize = 256 * 1024;

/// A small disk.
pub struct Disk {
    dir: PathBuf,
}

impl Disk {
    /// Mounts one on this folder, which must be there. Meant for a process in a mount namespace of its own, with
    /// which the disk goes away, however it ends.
    ///
    /// # Errors
    /// When it cannot be mounted.
    pub fn mount(dir: &Path, bytes: u64) -> anyhow::Result<Self> {
        let options = format!("size={bytes},mode=0700");
        let status = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "platen-proofs"])
            .arg(dir)
            .status()
            .context("mount cannot be run")?;
        ensure!(status.success(), "no small disk can be mounted on {}", dir.display());
        Ok(Self { dir: dir.to_owned() })
    }

    /// Takes all that is free.
    ///
    /// # Errors
    /// When writing fails for another reason than want of room.
    pub fn fill(&self) -> anyhow::Result<()> {
        let mut file = File::create(self.filler())?;
        let zeros = vec![0; CHUNK_BYTES];
        let mut chunk = &zeros[..];
        while !chunk.is_empty() {
            match file.write(chunk) {
                Ok(_) => {}
                // The last bytes one page at a time.
                Err(error) if error.kind() == io::ErrorKind::StorageFull => {
                    (chunk, _) = chunk.split_at(chunk.len() / 2);
                }
                Err(error) => return Err(error).context("the disk cannot be filled"),
            }
        }
        Ok(())
    }

    /// Gives it back.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn free(&self) -> io::Result<()> {
        fs::remove_file(self.filler())
    }

    /// Copies what is on it to where it stays.
    ///
    /// # Errors
    /// When a file cannot be copied.
    pub fn copy_to(&self, to: &Path) -> io::Result<()> {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(&self.dir)? {
            let from = entry?.path();
            if let Some(name) = from.file_name().filter(|_| from.is_file() && from != self.filler()) {
                fs::copy(&from, to.join(name))?;
            }
        }
        Ok(())
    }

    fn filler(&self) -> PathBuf {
        self.dir.join("filler")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // At the latest it goes away with the mount namespace; here, so that the folder below it can be removed.
        let _ = Command::new("umount").arg("--lazy").arg(&self.dir).status();
    }
}

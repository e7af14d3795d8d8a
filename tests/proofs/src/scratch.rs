//! The folder of one run: it goes away after a success and stays after a failure.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tempfile::TempDir;

/// A folder of its own.
pub struct Scratch(TempDir);

impl Scratch {
    /// Makes it in the system's folder for temporary files.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(name: &str) -> anyhow::Result<Self> {
        let dir = tempfile::Builder::new().prefix(name).tempdir().context("no folder can be made")?;
        Ok(Self(dir))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Leaves it behind, to be looked at.
    pub fn keep(self) -> PathBuf {
        self.0.keep()
    }
}

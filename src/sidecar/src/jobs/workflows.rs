//! The workflows of the configuration's folder.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use platen_core::workflow::{InvalidWorkflow, Workflow};
use thiserror::Error;

use super::store::LoadedWorkflow;

/// A definition cannot be used.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The folder or a file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is not TOML or JSON.
    #[error("{} is not well formed: {problem}", path.display())]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where and what.
        problem: String,
    },
    /// A definition does not hold.
    #[error("{} does not hold", path.display())]
    Invalid {
        /// Which.
        path: PathBuf,
        /// Where and what.
        #[source]
        source: Box<InvalidWorkflow>,
    },
    /// Two files define one name.
    #[error("{} defines {name:?}, which another file defines too", path.display())]
    Twice {
        /// Which.
        path: PathBuf,
        /// The name.
        name: String,
    },
}

/// Reads every `*.toml` and `*.json` of the folder, none when its name is empty.
///
/// # Errors
/// [`LoadError`] names the first file that cannot be used.
pub fn load(dir: &Path) -> Result<HashMap<String, Arc<LoadedWorkflow>>, LoadError> {
    let mut workflows = HashMap::new();
    if dir.as_os_str().is_empty() {
        return Ok(workflows);
    }
    let unreadable = |source| LoadError::Unreadable { path: dir.to_owned(), source };
    let mut files = fs::read_dir(dir)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>())
        .map_err(unreadable)?;
    // The same file is the one at fault whatever the order on the disk.
    files.sort();
    for path in files {
        let Some(loaded) = read(&path)? else { continue };
        let name = loaded.workflow.name().to_owned();
        if workflows.insert(name.clone(), Arc::new(loaded)).is_some() {
            return Err(LoadError::Twice { path, name });
        }
    }
    Ok(workflows)
}

/// `None` for a file of another kind.
fn read(path: &Path) -> Result<Option<LoadedWorkflow>, LoadError> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    let is_toml = match extension {
        Some("toml") => true,
        Some("json") => false,
        _ => return Ok(None),
    };
    let text =
        fs::read_to_string(path).map_err(|source| LoadError::Unreadable { path: path.to_owned(), source })?;
    let malformed = |problem: String| LoadError::Malformed { path: path.to_owned(), problem };
    let value: serde_json::Value = if is_toml {
        toml::from_str(&text).map_err(|error| malformed(error.to_string()))?
    } else {
        serde_json::from_str(&text).map_err(|error| malformed(error.to_string()))?
    };
    let json = value.to_string();
    let workflow = Workflow::load(value)
        .map_err(|source| LoadError::Invalid { path: path.to_owned(), source: Box::new(source) })?;
    Ok(Some(LoadedWorkflow { workflow, json }))
}

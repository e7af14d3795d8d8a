use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// `[workflows]`: jobs that are graphs of steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorkflowsConfig {
    /// The folder with the definitions, `*.toml` and `*.json`; empty for none.
    pub dir: PathBuf,
}

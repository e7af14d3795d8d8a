use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::file::check_duration;
use super::{ConfigError, duration};

/// `[daemon]`: where it lives and how it stops.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct DaemonConfig {
    /// Holds the database; created with mode 0700.
    pub state_dir: PathBuf,
    /// How long running jobs may go on after SIGTERM before they are given back to the queue.
    #[serde(rename = "drain_deadline_s", with = "duration::seconds")]
    pub drain_deadline: Duration,
}

impl Default for DaemonConfig {
    fn default() -> Self {
        Self { state_dir: PathBuf::from("/var/lib/platen"), drain_deadline: Duration::from_secs(20) }
    }
}

impl DaemonConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if !self.state_dir.is_absolute() {
            return Err(ConfigError::invalid("daemon.state_dir", "the path is not absolute"));
        }
        let range = Duration::ZERO..=Duration::from_hours(1);
        check_duration("daemon.drain_deadline_s", self.drain_deadline, range)
    }
}

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::file::{check_duration, check_range};
use super::{ConfigError, duration, group};

/// `[ipc]`: the socket that the extension speaks to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct IpcConfig {
    /// Path of the Unix socket.
    pub socket: PathBuf,
    /// Its permission bits; others than owner and group never get any.
    pub mode: u32,
    /// Name or number of the group that owns the socket; empty for the daemon's own group.
    pub group: String,
    /// Peers of these uids are served, besides root and the daemon's own.
    pub allowed_uids: Vec<u32>,
    /// Peers of these gids are served.
    pub allowed_gids: Vec<u32>,
    /// Connections at the same time; more wait in the listen queue.
    pub max_connections: u32,
    /// How long a connection may be silent before it is closed.
    #[serde(rename = "idle_timeout_s", with = "duration::seconds")]
    pub idle_timeout: Duration,
    /// How long a request that has begun may take to arrive, and its reply to be taken.
    #[serde(rename = "frame_timeout_ms", with = "duration::millis")]
    pub frame_timeout: Duration,
}

impl Default for IpcConfig {
    fn default() -> Self {
        Self {
            socket: PathBuf::from("/run/platen/platend.sock"),
            mode: 0o660,
            group: String::new(),
            allowed_uids: Vec::new(),
            allowed_gids: Vec::new(),
            max_connections: 512,
            idle_timeout: Duration::from_mins(10),
            frame_timeout: Duration::from_secs(5),
        }
    }
}

impl IpcConfig {
    /// The number of the group that owns the socket, `None` for the daemon's own.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] when there is no such group.
    pub fn gid(&self) -> Result<Option<u32>, ConfigError> {
        group::gid("ipc.group", &self.group)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if !self.socket.is_absolute() || self.socket.file_name().is_none() {
            return Err(ConfigError::invalid("ipc.socket", "the path is not absolute"));
        }
        // sun_path holds 108 bytes with its final zero; the new socket is bound under a longer name first.
        if self.socket.as_os_str().len() > 96 {
            return Err(ConfigError::invalid("ipc.socket", "the path is longer than 96 bytes"));
        }
        if self.mode & !0o770 != 0 || self.mode & 0o600 != 0o600 {
            let problem =
                format!("{:#o} gives rights to others, or none to the owner; 0o660 is usual", self.mode);
            return Err(ConfigError::invalid("ipc.mode", problem));
        }
        self.gid()?;
        check_range("ipc.max_connections", self.max_connections, 1..=65_536)?;
        let day = Duration::from_hours(24);
        check_duration("ipc.idle_timeout_s", self.idle_timeout, Duration::from_secs(1)..=day)?;
        check_duration("ipc.frame_timeout_ms", self.frame_timeout, Duration::from_millis(10)..=day)
    }
}

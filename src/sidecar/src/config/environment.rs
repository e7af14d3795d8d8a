//! The environment variables that the daemon knows. An empty variable counts as absent.

use std::collections::HashMap;
use std::path::PathBuf;

use platen_core::secret::Secret;

use super::file::File;
use super::{ConfigError, LogLevel};

/// The environment, read once. `Debug` is not derived: it would print keys.
#[derive(Clone, Default)]
pub struct Environment(HashMap<String, String>);

impl Environment {
    /// Reads this process's environment. A variable that is not UTF-8 counts as absent.
    pub fn of_process() -> Self {
        let utf8 = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(std::env::vars_os().filter_map(utf8).collect())
    }

    /// An environment of these variables, for tests.
    pub fn of(variables: &[(&str, &str)]) -> Self {
        Self(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    pub(super) fn secret(&self, name: &str) -> Option<Secret<String>> {
        self.text(name).map(|value| Secret::new(value.to_owned()))
    }
}

/// Lets `PLATEN_STATE_DIR`, `PLATEN_SOCKET`, `PLATEN_HTTP_LISTEN` and `PLATEN_LOG_LEVEL` win over the file.
pub(super) fn override_file(mut file: File, environment: &Environment) -> Result<File, ConfigError> {
    if let Some(path) = environment.text("PLATEN_STATE_DIR") {
        file.daemon.state_dir = PathBuf::from(path);
    }
    if let Some(path) = environment.text("PLATEN_SOCKET") {
        file.ipc.socket = PathBuf::from(path);
    }
    if let Some(address) = environment.text("PLATEN_HTTP_LISTEN") {
        file.http.listen = address.parse().map_err(|_| {
            ConfigError::invalid("PLATEN_HTTP_LISTEN", "not an address and port, as 127.0.0.1:8787")
        })?;
    }
    if let Some(level) = environment.text("PLATEN_LOG_LEVEL") {
        let levels = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];
        let known = levels.into_iter().find(|known| known.as_str() == level);
        file.log.level = known.ok_or_else(|| {
            ConfigError::invalid("PLATEN_LOG_LEVEL", "not error, warn, info, debug or trace")
        })?;
    }
    Ok(file)
}

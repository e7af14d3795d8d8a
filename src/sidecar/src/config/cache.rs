use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::file::{check_duration, check_range};
use super::{ConfigError, duration};

/// `[cache]`: the file of answers that the daemon shares with PHP's workers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheConfig {
    /// Path of the file; empty for no cache.
    path: PathBuf,
    /// The size of a file that is made; one that is there keeps its own.
    pub max_bytes: u64,
    /// The longest life of an answer, whatever a job asks for.
    #[serde(rename = "max_ttl_s", with = "duration::seconds")]
    pub max_ttl: Duration,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { path: PathBuf::new(), max_bytes: 64 * 1024 * 1024, max_ttl: Duration::from_hours(30 * 24) }
    }
}

impl CacheConfig {
    /// Path of the file, `None` when answers are not cached.
    pub fn path(&self) -> Option<&Path> {
        (!self.path.as_os_str().is_empty()).then_some(&self.path)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if self.path().is_some_and(|path| !path.is_absolute() || path.file_name().is_none()) {
            return Err(ConfigError::invalid("cache.path", "neither empty nor the absolute path of a file"));
        }
        check_range("cache.max_bytes", self.max_bytes, platen_cache::MIN_BYTES..=platen_cache::MAX_BYTES)?;
        let year = Duration::from_hours(365 * 24);
        check_duration("cache.max_ttl_s", self.max_ttl, Duration::from_secs(1)..=year)
    }
}

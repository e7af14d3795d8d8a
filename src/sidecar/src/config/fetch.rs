use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::file::{check_duration, check_range};
use super::{ConfigError, duration, networks};
use crate::destination::Network;

/// `[fetch]`: what steps of workflows may read from the web.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct FetchConfig {
    /// Private addresses and ranges that may be called all the same.
    #[serde(with = "networks")]
    pub allow_addresses: Vec<Network>,
    /// The largest page, in bytes.
    pub max_bytes: u32,
    /// How long a page may take in all, redirects included.
    #[serde(rename = "timeout_ms", with = "duration::millis")]
    pub timeout: Duration,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self { allow_addresses: Vec::new(), max_bytes: 1024 * 1024, timeout: Duration::from_secs(30) }
    }
}

impl FetchConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        check_range("fetch.max_bytes", self.max_bytes, 1..=1024 * 1024)?;
        let hour = Duration::from_hours(1);
        check_duration("fetch.timeout_ms", self.timeout, Duration::from_millis(1)..=hour)
    }
}

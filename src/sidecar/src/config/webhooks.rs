use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::file::{check_duration, check_range};
use super::{ConfigError, duration, networks};
use crate::destination::Network;

/// `[webhooks]`: how results reach the sites.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhooksConfig {
    /// Deliveries at the same time.
    pub concurrency: u32,
    /// How long a site may take to answer one delivery.
    #[serde(rename = "timeout_ms", with = "duration::millis")]
    pub timeout: Duration,
    /// The wait after the first failed delivery; it triples with each further one.
    #[serde(rename = "backoff_base_ms", with = "duration::millis")]
    pub backoff_base: Duration,
    /// The longest wait between two tries.
    #[serde(rename = "backoff_cap_s", with = "duration::seconds")]
    pub backoff_cap: Duration,
    /// How long after the end of its job a delivery is given up.
    #[serde(rename = "give_up_after_s", with = "duration::seconds")]
    pub give_up_after: Duration,
    /// Events in one webhook, for sites that take several.
    pub max_batch: u32,
    /// Private addresses and ranges that may be called all the same.
    #[serde(with = "networks")]
    pub allow_addresses: Vec<Network>,
}

impl Default for WebhooksConfig {
    fn default() -> Self {
        Self {
            concurrency: 8,
            timeout: Duration::from_secs(15),
            backoff_base: Duration::from_secs(1),
            backoff_cap: Duration::from_hours(1),
            give_up_after: Duration::from_hours(24),
            max_batch: 20,
            allow_addresses: Vec::new(),
        }
    }
}

impl WebhooksConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let day = Duration::from_hours(24);
        check_range("webhooks.concurrency", self.concurrency, 1..=1024)?;
        check_range("webhooks.max_batch", self.max_batch, 1..=100)?;
        check_duration("webhooks.timeout_ms", self.timeout, Duration::from_millis(100)..=day)?;
        check_duration("webhooks.backoff_base_ms", self.backoff_base, Duration::from_millis(1)..=day)?;
        check_duration("webhooks.backoff_cap_s", self.backoff_cap, self.backoff_base..=day)?;
        check_duration("webhooks.give_up_after_s", self.give_up_after, Duration::from_secs(1)..=day * 30)
    }
}

//! The shape of the file. A key that no setting has is refused by name.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::database::DatabaseEntry;
use super::models::ModelEntry;
use super::providers::ProviderEntry;
use super::schedules::ScheduleEntry;
use super::{
    CacheConfig, ConfigError, DaemonConfig, FetchConfig, HttpConfig, IpcConfig, JobsSettings, LimitsConfig,
    LogConfig, RetentionConfig, WebhooksConfig, WorkflowsConfig,
};

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) daemon: DaemonConfig,
    pub(super) database: DatabaseEntry,
    pub(super) ipc: IpcConfig,
    pub(super) http: HttpConfig,
    pub(super) jobs: JobsSettings,
    pub(super) retention: RetentionConfig,
    pub(super) limits: LimitsConfig,
    pub(super) workflows: WorkflowsConfig,
    pub(super) fetch: FetchConfig,
    pub(super) webhooks: WebhooksConfig,
    pub(super) cache: CacheConfig,
    pub(super) log: LogConfig,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) providers: Vec<ProviderEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) schedules: Vec<ScheduleEntry>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) models: BTreeMap<String, ModelEntry>,
}

pub(super) fn read(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    toml::from_str(&text)
        .map_err(|source| ConfigError::Malformed { path: path.to_owned(), source: Box::new(source) })
}

impl File {
    /// Checks the ranges that the types alone do not.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        self.daemon.check()?;
        self.ipc.check()?;
        self.http.check()?;
        self.jobs.check()?;
        self.retention.check()?;
        self.fetch.check()?;
        self.webhooks.check()?;
        self.cache.check()
    }
}

/// Refuses a number outside its range.
pub(super) fn check_range<T>(key: &str, value: T, range: RangeInclusive<T>) -> Result<(), ConfigError>
where
    T: Copy + PartialOrd + std::fmt::Display,
{
    if range.contains(&value) {
        return Ok(());
    }
    let problem = format!("{value} is not between {} and {}", range.start(), range.end());
    Err(ConfigError::invalid(key, problem))
}

/// Refuses a duration outside its range, in the unit that the key names.
pub(super) fn check_duration(
    key: &str,
    value: Duration,
    range: RangeInclusive<Duration>,
) -> Result<(), ConfigError> {
    if range.contains(&value) {
        return Ok(());
    }
    let problem = format!("{value:?} is not between {:?} and {:?}", range.start(), range.end());
    Err(ConfigError::invalid(key, problem))
}

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::file::{check_duration, check_range};
use super::{ConfigError, duration};

/// `[jobs]`: how work is done and how often it is tried.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct JobsSettings {
    /// Provider calls at the same time.
    pub concurrency: u32,
    /// How long a worker holds a job without a sign of life before another may take it.
    #[serde(rename = "lease_s", with = "duration::seconds")]
    pub lease: Duration,
    /// Failed attempts after which a job is dead.
    pub max_attempts: u32,
    /// Crashes of the daemon during a job after which the job is dead as poison. A crash counts for every job
    /// that was running, so this must be more than a bad day of restarts.
    pub poison_after: u32,
    /// The longest wait before the first retry; it doubles with each further one. The wait is drawn evenly
    /// between nothing and that (full jitter).
    #[serde(rename = "backoff_base_ms", with = "duration::millis")]
    pub backoff_base: Duration,
    /// The longest wait before any retry, unless the provider asks for more.
    #[serde(rename = "backoff_cap_ms", with = "duration::millis")]
    pub backoff_cap: Duration,
    /// The longest life of a job from acceptance to its end, waiting and retries included.
    #[serde(rename = "deadline_s", with = "duration::seconds")]
    pub deadline: Duration,
    /// Retries that a provider gets for a hundred first attempts; more are put off, so that one in trouble is
    /// not stormed.
    pub retry_percent: u32,
    /// Retries per second that it gets in any case.
    pub retries_per_second: u32,
    /// The same input of the same user within this time gives the same job, while that has not ended.
    #[serde(rename = "same_input_window_s", with = "duration::seconds")]
    pub same_input_window: Duration,
    /// The name of this daemon among those that share a database. Processes that follow each other have the
    /// same name: it tells whose unfinished work is whose.
    pub owner: String,
    /// How long an ended job is kept, in days.
    pub keep_ended_days: u32,
}

impl Default for JobsSettings {
    fn default() -> Self {
        Self {
            concurrency: 32,
            lease: Duration::from_secs(30),
            max_attempts: 4,
            poison_after: 10,
            backoff_base: Duration::from_secs(1),
            backoff_cap: Duration::from_mins(1),
            deadline: Duration::from_hours(1),
            retry_percent: 20,
            retries_per_second: 2,
            same_input_window: Duration::from_secs(10),
            owner: "main".to_owned(),
            keep_ended_days: 30,
        }
    }
}

impl JobsSettings {
    /// How long an ended job is kept.
    pub fn keep_ended(&self) -> Duration {
        Duration::from_secs(u64::from(self.keep_ended_days) * 86_400)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let hour = Duration::from_hours(1);
        check_range("jobs.concurrency", self.concurrency, 1..=4096)?;
        check_range("jobs.max_attempts", self.max_attempts, 1..=100)?;
        check_range("jobs.poison_after", self.poison_after, 1..=100)?;
        check_range("jobs.retry_percent", self.retry_percent, 0..=1_000)?;
        check_range("jobs.retries_per_second", self.retries_per_second, 0..=10_000)?;
        check_range("jobs.keep_ended_days", self.keep_ended_days, 1..=36_500)?;
        if self.owner.is_empty() || self.owner.len() > 64 {
            return Err(ConfigError::invalid("jobs.owner", "a name is 1 to 64 bytes"));
        }
        check_duration("jobs.same_input_window_s", self.same_input_window, Duration::ZERO..=hour)?;
        check_duration("jobs.lease_s", self.lease, Duration::from_secs(3)..=hour)?;
        check_duration("jobs.backoff_base_ms", self.backoff_base, Duration::from_millis(1)..=hour)?;
        check_duration("jobs.backoff_cap_ms", self.backoff_cap, self.backoff_base..=hour * 24)?;
        check_duration("jobs.deadline_s", self.deadline, Duration::from_secs(1)..=hour * 24 * 30)
    }
}

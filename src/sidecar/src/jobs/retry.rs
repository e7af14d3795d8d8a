//! Whether and when a failed attempt is followed by another. Pure: time and chance are parameters.

use platen_core::clock::Timestamp;
use platen_core::retry::{Backoff, InvalidBackoff};
use platen_core::workflow::StepRetry;

use super::store::AfterFailure;
use crate::config::JobsSettings;
use crate::providers::RetryAdvice;

/// What the decision depends on, besides the settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure {
    /// What the provider's failure says about a retry.
    pub(super) advice: RetryAdvice,
    /// Failed attempts of this life, the present one included.
    pub(super) failures: u32,
    /// When the job must have ended.
    pub(super) deadline: Timestamp,
    /// Uniform over all of `u64`.
    pub(super) random: u64,
}

/// Decides how a step goes on. A wait that would end after the deadline is not begun. What the step's own
/// definition says wins over the settings.
pub(super) fn after_failure(
    settings: &JobsSettings,
    own: Option<StepRetry>,
    failure: Failure,
    now: Timestamp,
) -> AfterFailure {
    if failure.failures >= own.map_or(settings.max_attempts, |own| own.max_attempts) {
        return AfterFailure::Dead;
    }
    // `config` has checked the numbers; without a valid backoff the safe side is to wait the longest.
    let backoff = own.and_then(|own| own.backoff).map_or_else(|| backoff(settings), Ok);
    let jittered = match backoff {
        Ok(backoff) => backoff.delay(failure.failures, failure.random),
        Err(_) => settings.backoff_cap,
    };
    let wait = match failure.advice {
        RetryAdvice::Never => return AfterFailure::Dead,
        RetryAdvice::Backoff => jittered,
        RetryAdvice::After(asked) => asked.max(jittered),
    };
    let run_at = now.after(wait);
    if run_at >= failure.deadline { AfterFailure::Dead } else { AfterFailure::RetryAt(run_at) }
}

/// Full jitter, doubling.
fn backoff(settings: &JobsSettings) -> Result<Backoff, InvalidBackoff> {
    Backoff::new(settings.backoff_base, 2, settings.backoff_cap, 0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: i64 = 1_000;

    fn decide(advice: RetryAdvice, failures: u32) -> AfterFailure {
        let deadline = Timestamp::from_seconds(NOW + 100);
        let failure = Failure { advice, failures, deadline, random: u64::MAX };
        after_failure(&JobsSettings::default(), None, failure, Timestamp::from_seconds(NOW))
    }

    fn wait_of(decision: AfterFailure) -> Duration {
        match decision {
            AfterFailure::RetryAt(at) => at.since(Timestamp::from_seconds(NOW)),
            AfterFailure::Dead => panic!("the job is dead"),
        }
    }

    #[test]
    fn waits_double_and_the_last_failure_is_the_end() {
        assert_eq!(wait_of(decide(RetryAdvice::Backoff, 1)), Duration::from_secs(1));
        assert_eq!(wait_of(decide(RetryAdvice::Backoff, 2)), Duration::from_secs(2));
        assert_eq!(wait_of(decide(RetryAdvice::Backoff, 3)), Duration::from_secs(4));
        assert_eq!(decide(RetryAdvice::Backoff, 4), AfterFailure::Dead);
    }

    #[test]
    fn the_provider_is_never_asked_earlier_than_it_wants() {
        assert_eq!(wait_of(decide(RetryAdvice::After(Duration::from_secs(30)), 1)), Duration::from_secs(30));
        assert_eq!(wait_of(decide(RetryAdvice::After(Duration::ZERO), 1)), Duration::from_secs(1));
    }

    #[test]
    fn what_fails_again_and_what_would_come_too_late_is_not_retried() {
        assert_eq!(decide(RetryAdvice::Never, 1), AfterFailure::Dead);
        assert_eq!(decide(RetryAdvice::After(Duration::from_secs(100)), 1), AfterFailure::Dead);
    }
}

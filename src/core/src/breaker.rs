//! A circuit breaker: leaves a server alone that fails, asks it now and then whether it is well again, and comes
//! back to it gently.
//!
//! The pattern is Michael Nygard's ("Release It!", 2007). The trip by failure rate over a window, with a least
//! number of calls, is Hystrix's; the trip by failures in a row is for servers that are asked seldom. The way back
//! is TCP's slow start: one success allows one more call at the same time, and a failure halves their number.

use std::time::Duration;

use thiserror::Error;

use crate::clock::Timestamp;
use crate::retry::{Backoff, InvalidBackoff};
use crate::window::Window;

/// When a breaker trips, and how it comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Over which time the failure rate is taken.
    pub window: Duration,
    /// With fewer calls in the window the rate says nothing.
    pub min_calls: u32,
    /// Trips when so many percent of the calls in the window have failed.
    pub failure_percent: u32,
    /// Trips after so many failures in a row, whatever the rate.
    pub failures_in_a_row: u32,
    /// How long nothing is asked: the ceiling for the first trip, and longer for each that follows before the
    /// server has recovered.
    pub open: Backoff,
    /// How many calls ask at the same time whether the server is well again, and how many of them must succeed.
    pub probes: u32,
    /// A probe whose end is not told within this time is given up.
    pub probe_timeout: Duration,
    /// How long the number of calls at the same time is limited after the probes have succeeded.
    pub ramp: Duration,
}

impl BreakerSettings {
    /// Settings for one server among others: trips when half of at least ten calls in 30 s fail, or five in a row.
    ///
    /// # Errors
    /// None in practice: the waits keep to the laws of [`Backoff`].
    pub fn standard() -> Result<Self, InvalidBackoff> {
        Ok(Self {
            window: Duration::from_secs(30),
            min_calls: 10,
            failure_percent: 50,
            failures_in_a_row: 5,
            open: Backoff::new(Duration::from_secs(5), 2, Duration::from_mins(5), 0)?,
            probes: 1,
            probe_timeout: Duration::from_mins(1),
            ramp: Duration::from_secs(30),
        })
    }
}

/// The settings do not make a breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidBreaker {
    /// A window under 10 ms, or over a day.
    #[error("the window is 10 milliseconds to a day")]
    Window,
    /// A rate that is none.
    #[error("the failure rate is 1 to 100 percent of at least one call")]
    Rate,
    /// It would trip without a failure.
    #[error("at least one failure in a row trips it")]
    InARow,
    /// It would never close again.
    #[error("at least one probe with a timeout longer than zero is needed")]
    Probes,
}

/// Where a breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BreakerStatus {
    /// All calls pass.
    Closed,
    /// No call passes.
    Open,
    /// Some calls ask whether the server is well again.
    HalfOpen,
    /// Calls pass, at first few at the same time.
    Recovering,
}

impl BreakerStatus {
    /// All, from well to ill.
    pub const ALL: [Self; 4] = [Self::Closed, Self::Recovering, Self::HalfOpen, Self::Open];

    /// The word for this status, as in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
            Self::Recovering => "recovering",
        }
    }
}

/// How a call ended, for the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEnd {
    /// The server does its work, even if it refused this call.
    Succeeded,
    /// The server was away, too slow or broken.
    Failed,
    /// The call says nothing about the server: it was cancelled.
    Abandoned,
}

/// A call that may be made. Its end must be told by [`Breaker::end`].
#[derive(Debug, PartialEq, Eq)]
#[must_use = "the end of the call must be told to the breaker"]
pub struct Permit {
    /// The phase that it belongs to; what ends in a later one says nothing any more.
    phase: u64,
}

/// A call that must not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the server is left alone for another {retry_after:?}")]
pub struct Refused {
    /// When it is worth asking again.
    pub retry_after: Duration,
}

/// While calls are limited, how long a refused one should wait: one of those under way will have ended.
const BUSY_WAIT: Duration = Duration::from_secs(1);

/// Watches the calls of one server.
///
/// ```
/// use std::time::Duration;
/// use platen_core::breaker::{Breaker, BreakerSettings, BreakerStatus, CallEnd};
/// use platen_core::clock::Timestamp;
///
/// let mut breaker = Breaker::new(BreakerSettings::standard()?)?;
/// let now = Timestamp::from_seconds(1_000);
/// for _ in 0..5 {
///     let permit = breaker.admit(now)?;
///     breaker.end(permit, CallEnd::Failed, now);
/// }
///
/// assert_eq!(breaker.status(now), BreakerStatus::Open);
/// assert_eq!(breaker.admit(now).unwrap_err().retry_after, Duration::from_secs(5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Breaker {
    settings: BreakerSettings,
    calls: Window,
    failures_in_a_row: u32,
    /// Trips since the server was last well.
    trips: u32,
    /// Changes with the phase.
    phase_number: u64,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Closed,
    Open { until: Timestamp },
    HalfOpen { under_way: u32, succeeded: u32, last_began_at: Timestamp },
    Recovering { under_way: u32, limit: u32, until: Timestamp },
}

impl Breaker {
    /// A closed breaker.
    ///
    /// # Errors
    /// [`InvalidBreaker`] names the first setting that cannot work.
    pub fn new(settings: BreakerSettings) -> Result<Self, InvalidBreaker> {
        let day = Duration::from_hours(24);
        if settings.window < Duration::from_millis(10) || settings.window > day {
            return Err(InvalidBreaker::Window);
        }
        if settings.min_calls == 0 || !(1..=100).contains(&settings.failure_percent) {
            return Err(InvalidBreaker::Rate);
        }
        if settings.failures_in_a_row == 0 {
            return Err(InvalidBreaker::InARow);
        }
        if settings.probes == 0 || settings.probe_timeout.is_zero() {
            return Err(InvalidBreaker::Probes);
        }
        Ok(Self {
            calls: Window::new(settings.window),
            settings,
            failures_in_a_row: 0,
            trips: 0,
            phase_number: 0,
            phase: Phase::Closed,
        })
    }

    /// Where it stands.
    pub fn status(&self, now: Timestamp) -> BreakerStatus {
        match self.phase {
            Phase::Open { until } if now < until => BreakerStatus::Open,
            Phase::Open { .. } | Phase::HalfOpen { .. } => BreakerStatus::HalfOpen,
            Phase::Recovering { until, .. } if now < until => BreakerStatus::Recovering,
            Phase::Closed | Phase::Recovering { .. } => BreakerStatus::Closed,
        }
    }

    /// Asks to make a call.
    ///
    /// # Errors
    /// [`Refused`] when the server is left alone, or has as many calls under way as it may have now.
    pub fn admit(&mut self, now: Timestamp) -> Result<Permit, Refused> {
        self.move_to(now);
        let (probes, timeout) = (self.settings.probes, self.settings.probe_timeout);
        match &mut self.phase {
            Phase::Closed => {}
            Phase::Open { until } => return Err(Refused { retry_after: until.since(now) }),
            Phase::HalfOpen { under_way, succeeded, last_began_at } => {
                if under_way.saturating_add(*succeeded) >= probes {
                    let retry_after = last_began_at.after(timeout).since(now).min(BUSY_WAIT);
                    return Err(Refused { retry_after });
                }
                *under_way = under_way.saturating_add(1);
                *last_began_at = now;
            }
            Phase::Recovering { under_way, limit, until } => {
                if under_way >= limit {
                    return Err(Refused { retry_after: until.since(now).min(BUSY_WAIT) });
                }
                *under_way = under_way.saturating_add(1);
            }
        }
        Ok(Permit { phase: self.phase_number })
    }

    /// Tells how a call ended.
    #[expect(clippy::needless_pass_by_value, reason = "a permit is used up")]
    pub fn end(&mut self, permit: Permit, end: CallEnd, now: Timestamp) {
        let Permit { phase } = permit;
        self.move_to(now);
        if phase != self.phase_number {
            return;
        }
        let probes = self.settings.probes;
        match &mut self.phase {
            Phase::Closed | Phase::Open { .. } => self.weigh(end, now),
            Phase::HalfOpen { under_way, succeeded, .. } => {
                *under_way = under_way.saturating_sub(1);
                match end {
                    CallEnd::Abandoned => {}
                    CallEnd::Failed => self.trip(now),
                    CallEnd::Succeeded => {
                        *succeeded = succeeded.saturating_add(1);
                        if *succeeded >= probes {
                            let until = now.after(self.settings.ramp);
                            self.begin(Phase::Recovering { under_way: 0, limit: probes, until });
                        }
                    }
                }
            }
            Phase::Recovering { under_way, limit, .. } => {
                *under_way = under_way.saturating_sub(1);
                *limit = match end {
                    CallEnd::Abandoned => *limit,
                    CallEnd::Failed => (*limit / 2).max(probes),
                    CallEnd::Succeeded => limit.saturating_add(1),
                };
                self.weigh(end, now);
            }
        }
    }

    /// Counts a call, and trips when it was one failure too many.
    fn weigh(&mut self, end: CallEnd, now: Timestamp) {
        let has_failed = match end {
            CallEnd::Abandoned => return,
            CallEnd::Failed => true,
            CallEnd::Succeeded => false,
        };
        self.calls.count(now, has_failed);
        if !has_failed {
            self.failures_in_a_row = 0;
            return;
        }
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        let counts = self.calls.total(now);
        let percent = u64::from(self.settings.failure_percent);
        let is_rate_too_high = counts.calls >= u64::from(self.settings.min_calls)
            && counts.marked.saturating_mul(100) >= counts.calls.saturating_mul(percent);
        if is_rate_too_high || self.failures_in_a_row >= self.settings.failures_in_a_row {
            self.trip(now);
        }
    }

    fn trip(&mut self, now: Timestamp) {
        self.trips = self.trips.saturating_add(1);
        let until = now.after(self.settings.open.ceiling(self.trips));
        self.begin(Phase::Open { until });
    }

    fn begin(&mut self, phase: Phase) {
        self.phase = phase;
        self.phase_number = self.phase_number.wrapping_add(1);
        self.failures_in_a_row = 0;
        self.calls.clear();
    }

    /// Follows the time.
    fn move_to(&mut self, now: Timestamp) {
        match self.phase {
            Phase::Open { until } if now >= until => {
                self.begin(Phase::HalfOpen { under_way: 0, succeeded: 0, last_began_at: now });
            }
            Phase::HalfOpen { under_way, last_began_at, .. }
                if under_way > 0 && now >= last_began_at.after(self.settings.probe_timeout) =>
            {
                // Nobody told how they ended, so nothing is known of the server.
                self.begin(Phase::HalfOpen { under_way: 0, succeeded: 0, last_began_at: now });
            }
            Phase::Recovering { until, .. } if now >= until => {
                self.trips = 0;
                self.begin(Phase::Closed);
            }
            Phase::Closed | Phase::Open { .. } | Phase::HalfOpen { .. } | Phase::Recovering { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests;

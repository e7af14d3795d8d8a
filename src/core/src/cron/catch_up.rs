use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::Duration;

use jiff::tz::TimeZone;
use thiserror::Error;

use super::Cron;
use crate::clock::Timestamp;
use crate::code::ErrorCode;

/// The most ticks that are made up for at once.
const MAX_TICKS: u32 = 1_000;
/// How late a tick may be and still be on time: the daemon looks at its schedules more often than that.
const ON_TIME: Duration = Duration::from_mins(1);

/// What happens to the ticks that passed while nobody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatchUp {
    /// Nothing: only a tick of the last minute is run.
    None,
    /// The latest of them is run, once.
    Latest,
    /// The latest so many of them are run, each once.
    All(NonZeroU32),
}

/// The text is not a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a catch-up policy is none, latest, or all(1) to all({MAX_TICKS})")]
pub struct InvalidCatchUp;

impl InvalidCatchUp {
    /// The stable code of the failure.
    pub fn code(self) -> ErrorCode {
        ErrorCode::InvalidSchedule
    }
}

/// Reads `none`, `latest` or `all(100)`.
impl FromStr for CatchUp {
    type Err = InvalidCatchUp;

    fn from_str(text: &str) -> Result<Self, InvalidCatchUp> {
        match text.trim() {
            "none" => Ok(Self::None),
            "latest" => Ok(Self::Latest),
            other => {
                let most = other.strip_prefix("all(").and_then(|rest| rest.strip_suffix(')'));
                let most: NonZeroU32 = most.and_then(|most| most.parse().ok()).ok_or(InvalidCatchUp)?;
                if most.get() <= MAX_TICKS { Ok(Self::All(most)) } else { Err(InvalidCatchUp) }
            }
        }
    }
}

impl std::fmt::Display for CatchUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Latest => f.write_str("latest"),
            Self::All(most) => write!(f, "all({most})"),
        }
    }
}

/// The ticks to run now, oldest first: those after `last` and not after `now` that the policy wants. `last` is the
/// last tick that was run or passed over, or the time at which the schedule was made.
///
/// However long nobody has looked, the work is in proportion to the ticks that are run, not to those that passed.
pub fn due(cron: &Cron, zone: &TimeZone, last: Timestamp, now: Timestamp, policy: CatchUp) -> Vec<Timestamp> {
    let (most, oldest) = match policy {
        CatchUp::None => (1, last.max(now.before(ON_TIME))),
        CatchUp::Latest => (1, last),
        CatchUp::All(most) => (usize::try_from(most.get()).unwrap_or(usize::MAX), last),
    };
    // Looks back over longer and longer times until there are enough.
    let mut reach = Duration::from_hours(1);
    loop {
        let from = oldest.max(now.before(reach));
        let ticks = latest(cron, zone, from, now, most);
        if from <= oldest || ticks.len() >= most {
            return ticks;
        }
        reach = reach.saturating_mul(4);
    }
}

/// The latest so many ticks after `from` and not after `now`.
fn latest(cron: &Cron, zone: &TimeZone, from: Timestamp, now: Timestamp, most: usize) -> Vec<Timestamp> {
    let mut ticks = VecDeque::new();
    let mut at = from;
    while let Some(tick) = cron.next(at, zone).filter(|tick| *tick <= now) {
        if ticks.len() == most {
            ticks.pop_front();
        }
        ticks.push_back(tick);
        at = tick;
    }
    ticks.into()
}

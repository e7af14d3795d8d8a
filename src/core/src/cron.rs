//! Schedules: when a cron expression comes true, and which of the times that were missed are made up for.
//!
//! Five fields as in crontab(5): minute, hour, day of the month, month, day of the week.
//!
//! A field is `*`, or a list of values, ranges `a-b` and steps `*/n` or `a-b/n`. Months and days of the week may be
//! named by their first three letters, in any case; Sunday is 0 and 7. When both the day of the month and the day
//! of the week are given (neither begins with `*`), a day that fits either is taken. `@hourly`, `@daily`
//! (`@midnight`), `@weekly`, `@monthly` and `@yearly` (`@annually`) stand for what they say.
//!
//! Where the clock is set forward or back by at most three hours, the rule is that of Vixie's cron as Debian has it:
//!
//! - An expression whose minute and hour both do not begin with `*` comes true once: at the end of the gap if its
//!   time was skipped, and the first time only if its time comes twice.
//! - Any other follows the clock on the wall: it does not come true in a gap, and does so again in a repetition.
//!
//! A greater change is a correction, not a season: the new time counts at once, for every expression.

mod catch_up;
mod expression;
mod next;
mod tick;

pub use catch_up::{CatchUp, InvalidCatchUp, due};
pub use expression::{Cron, CronFault, InvalidCron};
pub use tick::{tick_job_id, tick_key};

#[cfg(test)]
mod tests;

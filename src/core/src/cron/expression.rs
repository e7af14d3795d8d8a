use std::str::FromStr;

use thiserror::Error;

use crate::code::ErrorCode;

/// Longer than any sensible list.
const MAX_BYTES: usize = 256;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A cron expression.
///
/// ```
/// use jiff::tz::TimeZone;
/// use platen_core::clock::Timestamp;
/// use platen_core::cron::Cron;
///
/// let cron: Cron = "30 3 * * mon-fri".parse()?;
/// let friday: Timestamp = "2026-11-20T16:00:00Z".parse()?;
///
/// let next = cron.next(friday, &TimeZone::UTC).unwrap();
/// assert_eq!(next.to_string(), "2026-11-23T03:30:00.000000Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cron {
    pub(super) minutes: Set,
    pub(super) hours: Set,
    pub(super) days: Set,
    pub(super) months: Set,
    pub(super) weekdays: Set,
    /// Whether the minute or the hour begins with `*`.
    pub(super) follows_wall_clock: bool,
    /// Whether a day must fit the day of the month and that of the week, and not only one.
    pub(super) needs_both_days: bool,
}

/// Small numbers, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Set(u64);

impl Set {
    pub(super) fn has(self, value: i8) -> bool {
        u32::try_from(value).is_ok_and(|value| value < 64 && self.0 & (1 << value) != 0)
    }

    /// The least number that is not under this one.
    pub(super) fn from(self, value: i8) -> Option<i8> {
        let value = u32::try_from(value).unwrap_or(0);
        let rest = if value < 64 { self.0 >> value << value } else { 0 };
        if rest == 0 { None } else { i8::try_from(rest.trailing_zeros()).ok() }
    }

    pub(super) fn first(self) -> i8 {
        self.from(0).unwrap_or(0)
    }

    fn insert(&mut self, value: u32) {
        self.0 |= 1_u64.checked_shl(value).unwrap_or(0);
    }
}

/// The text is not a cron expression.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{field}: {fault}")]
pub struct InvalidCron {
    /// Which field: `minute`, `hour`, `day of month`, `month`, `day of week`, or `expression`.
    pub field: &'static str,
    /// What is wrong with it.
    pub fault: CronFault,
}

impl InvalidCron {
    /// The stable code of the failure.
    pub fn code(&self) -> ErrorCode {
        ErrorCode::InvalidSchedule
    }
}

/// What can be wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CronFault {
    /// Not five fields, and no `@` word that is known.
    #[error("five fields are needed, or one of @hourly, @daily, @weekly, @monthly and @yearly")]
    Fields,
    /// Longer than any sensible expression.
    #[error("at most {MAX_BYTES} bytes are allowed")]
    TooLong,
    /// Neither a number nor a name of the field.
    #[error("{value:?} is not one of its values, which are {least} to {most}")]
    Value {
        /// What stands there.
        value: String,
        /// The lowest value.
        least: u32,
        /// The highest value.
        most: u32,
    },
    /// A range from a higher to a lower value.
    #[error("the range {range:?} ends before it begins")]
    Range {
        /// What stands there.
        range: String,
    },
    /// A step of zero, or one that is no number.
    #[error("the step {step:?} is not a number from 1 up")]
    Step {
        /// What stands there.
        step: String,
    },
    /// A step needs something to step over.
    #[error("a step needs '*' or a range before it")]
    StepOfOne,
    /// No month has such a day.
    #[error("no day fits: the months do not have it")]
    Never,
}

/// What a field may have.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    names: &'static [&'static str],
}

impl FromStr for Cron {
    type Err = InvalidCron;

    fn from_str(text: &str) -> Result<Self, InvalidCron> {
        let whole = |fault| InvalidCron { field: "expression", fault };
        if text.len() > MAX_BYTES {
            return Err(whole(CronFault::TooLong));
        }
        let text = match text.trim() {
            "@hourly" => "0 * * * *",
            "@daily" | "@midnight" => "0 0 * * *",
            "@weekly" => "0 0 * * 0",
            "@monthly" => "0 0 1 * *",
            "@yearly" | "@annually" => "0 0 1 1 *",
            other => other,
        };
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(whole(CronFault::Fields));
        };
        let cron = Self {
            minutes: read(minute, &Field { name: "minute", least: 0, most: 59, names: &[] })?,
            hours: read(hour, &Field { name: "hour", least: 0, most: 23, names: &[] })?,
            days: read(day, &Field { name: "day of month", least: 1, most: 31, names: &[] })?,
            months: read(month, &Field { name: "month", least: 1, most: 12, names: &MONTHS })?,
            weekdays: read_weekdays(weekday)?,
            follows_wall_clock: minute.starts_with('*') || hour.starts_with('*'),
            needs_both_days: day.starts_with('*') || weekday.starts_with('*'),
        };
        if cron.never_comes() {
            return Err(InvalidCron { field: "day of month", fault: CronFault::Never });
        }
        Ok(cron)
    }
}

impl Cron {
    /// Whether no month that is allowed has a day that is. Only the day of the month can exclude all days.
    fn never_comes(&self) -> bool {
        let first_day = self.days.first();
        let longest = |month: i8| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        self.needs_both_days && !(1..=12).any(|month| self.months.has(month) && first_day <= longest(month))
    }
}

/// Sunday may be written as 7.
fn read_weekdays(text: &str) -> Result<Set, InvalidCron> {
    let mut set = read(text, &Field { name: "day of week", least: 0, most: 7, names: &WEEKDAYS })?;
    if set.has(7) {
        set.insert(0);
    }
    Ok(set)
}

fn read(text: &str, field: &Field) -> Result<Set, InvalidCron> {
    let mut set = Set::default();
    for part in text.split(',') {
        read_part(part, field, &mut set).map_err(|fault| InvalidCron { field: field.name, fault })?;
    }
    Ok(set)
}

/// Reads `*`, `a`, `a-b`, each but `a` with `/n`.
fn read_part(text: &str, field: &Field, set: &mut Set) -> Result<(), CronFault> {
    let (span, step) = match text.split_once('/') {
        Some((span, step)) => (span, Some(step)),
        None => (text, None),
    };
    let (first, last) = match span.split_once('-') {
        _ if span == "*" => (field.least, field.most),
        Some((first, last)) => (field.value(first)?, field.value(last)?),
        None if step.is_some() => return Err(CronFault::StepOfOne),
        None => (field.value(span)?, field.value(span)?),
    };
    if last < first {
        return Err(CronFault::Range { range: span.to_owned() });
    }
    let step = match step {
        None => 1,
        Some(text) => {
            number(text).filter(|step| *step > 0).ok_or_else(|| CronFault::Step { step: text.to_owned() })?
        }
    };
    let step = usize::try_from(step).unwrap_or(usize::MAX);
    (first..=last).step_by(step).for_each(|value| set.insert(value));
    Ok(())
}

impl Field {
    fn value(&self, text: &str) -> Result<u32, CronFault> {
        // Months are counted from 1 and days of the week from 0, as their values are.
        let by_name = self.names.iter().position(|name| text.eq_ignore_ascii_case(name));
        let by_name = by_name.and_then(|place| u32::try_from(place).ok()?.checked_add(self.least));
        by_name
            .or_else(|| number(text))
            .filter(|value| (self.least..=self.most).contains(value))
            .ok_or_else(|| CronFault::Value { value: text.to_owned(), least: self.least, most: self.most })
    }
}

/// Digits only: Rust would take a sign as well.
fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

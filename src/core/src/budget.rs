//! Spending limits: what a key may use in a calendar period, in money or in tokens.
//!
//! An amount is **reserved** before the call, because the price is only known after it, and **settled** with the real
//! amount. What is reserved counts as spent until it is settled or expires.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Zoned};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Timestamp;
use crate::limits::{MAX_RATE_KEY_BYTES, MAX_RESERVATION_ID_BYTES, MAX_RESERVATION_TTL};
use crate::wire::BudgetRequest;

/// What an amount counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BudgetUnit {
    /// Millionths of a US dollar.
    Microusd,
    /// Tokens.
    Tokens,
}

impl BudgetUnit {
    /// Every unit.
    pub const ALL: [Self; 2] = [Self::Microusd, Self::Tokens];

    /// The word for this unit, as on the wire and in the `unit` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Microusd => "microusd",
            Self::Tokens => "tokens",
        }
    }
}

/// How long a budget lasts before it begins anew: a calendar period in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BudgetPeriod {
    /// From minute 0 to minute 0.
    Hour,
    /// From midnight to midnight.
    Day,
    /// From the first to the first.
    Month,
}

impl BudgetPeriod {
    /// Every period.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Month];

    /// The word for this period, as on the wire and in the `period` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// The period that holds this moment: when it began, and when the next one begins. `None` for a time that no
    /// calendar has.
    pub fn around(self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let moment = jiff::Timestamp::from_microsecond(now.as_micros()).ok()?.to_zoned(TimeZone::UTC);
        let (start, length) = match self {
            Self::Hour => {
                let hour = Time::new(moment.hour(), 0, 0, 0).ok()?;
                (DateTime::from_parts(moment.date(), hour), Span::new().try_hours(1).ok()?)
            }
            Self::Day => {
                (DateTime::from_parts(moment.date(), Time::midnight()), Span::new().try_days(1).ok()?)
            }
            Self::Month => {
                let first = moment.date().first_of_month();
                (DateTime::from_parts(first, Time::midnight()), Span::new().try_months(1).ok()?)
            }
        };
        let start = start.to_zoned(TimeZone::UTC).ok()?;
        let end = start.checked_add(length).ok()?;
        let stamp = |zoned: &Zoned| Timestamp::from_micros(zoned.timestamp().as_microsecond());
        Some((stamp(&start), stamp(&end)))
    }
}

/// A reservation that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidBudget {
    /// See [`BudgetRequest::key`].
    #[error("a budget key is 1 to {MAX_RATE_KEY_BYTES} bytes")]
    Key,
    /// See [`BudgetRequest::reservation_id`].
    #[error("a reservation id is 1 to {MAX_RESERVATION_ID_BYTES} of A-Z, a-z, 0-9, '.', '_' and '-'")]
    ReservationId,
    /// An amount does not fit the database.
    #[error("an amount is at most 2^53 - 1")]
    Amount,
    /// It could never be allowed.
    #[error("a reservation cannot be larger than the whole budget")]
    Limit,
    /// See [`BudgetRequest::ttl_s`].
    #[error("a reservation holds for 1 second to 31 days")]
    Ttl,
}

/// The largest amount: every language between the parts holds it exactly.
pub const MAX_AMOUNT: u64 = (1 << 53) - 1;

/// Checks a reservation's id.
///
/// # Errors
/// [`InvalidBudget::ReservationId`]
pub fn check_reservation_id(id: &str) -> Result<(), InvalidBudget> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_id = !id.is_empty() && id.len() <= MAX_RESERVATION_ID_BYTES && id.bytes().all(is_word);
    if is_id { Ok(()) } else { Err(InvalidBudget::ReservationId) }
}

/// Checks an amount.
///
/// # Errors
/// [`InvalidBudget::Amount`]
pub fn check_amount(amount: u64) -> Result<(), InvalidBudget> {
    if amount <= MAX_AMOUNT { Ok(()) } else { Err(InvalidBudget::Amount) }
}

impl BudgetRequest {
    /// Checks what the types alone do not.
    ///
    /// # Errors
    /// [`InvalidBudget`] names the first field that is outside its documented range.
    pub fn validate(&self) -> Result<(), InvalidBudget> {
        if self.key.is_empty() || self.key.len() > MAX_RATE_KEY_BYTES {
            return Err(InvalidBudget::Key);
        }
        check_reservation_id(&self.reservation_id)?;
        check_amount(self.amount)?;
        check_amount(self.limit)?;
        if self.amount > self.limit {
            return Err(InvalidBudget::Limit);
        }
        if self.ttl_s == 0 || self.ttl() > MAX_RESERVATION_TTL {
            return Err(InvalidBudget::Ttl);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn periods_begin_and_end_with_the_calendar() {
        let now = at("2024-02-29T23:59:59.999999Z");

        for (period, start, end) in [
            (BudgetPeriod::Hour, "2024-02-29T23:00:00Z", "2024-03-01T00:00:00Z"),
            (BudgetPeriod::Day, "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
            (BudgetPeriod::Month, "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ] {
            assert_eq!(period.around(now), Some((at(start), at(end))), "{}", period.as_str());
            let next = period.around(at(end)).unwrap();
            assert_eq!(next.0, at(end), "a period begins with its first moment");
        }
    }

    #[test]
    fn a_time_outside_the_calendar_has_no_period() {
        assert_eq!(BudgetPeriod::Month.around(Timestamp::from_micros(i64::MAX)), None);
    }

    #[test]
    fn the_words_are_those_of_the_wire() {
        for period in BudgetPeriod::ALL {
            assert_eq!(serde_json::to_string(&period).unwrap(), format!("\"{}\"", period.as_str()));
        }
        for unit in BudgetUnit::ALL {
            assert_eq!(serde_json::to_string(&unit).unwrap(), format!("\"{}\"", unit.as_str()));
        }
    }
}

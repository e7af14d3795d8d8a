use std::time::Duration;

use crate::clock::Timestamp;

/// Reads the value of a `Retry-After` header (RFC 9110 §10.2.3): seconds, or an HTTP date. A fraction of a
/// second, which some providers send, is taken too. `None` for anything else; a date that has passed is zero.
///
/// ```
/// use std::time::Duration;
/// use platen_core::clock::Timestamp;
/// use platen_core::retry::parse_retry_after;
///
/// let now = Timestamp::from_seconds(784_111_777);
///
/// assert_eq!(parse_retry_after("2", now), Some(Duration::from_secs(2)));
/// assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:49:40 GMT", now), Some(Duration::from_secs(3)));
/// ```
pub fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if value.bytes().next()?.is_ascii_digit() {
        let seconds: f64 = value.parse().ok()?;
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    Some(Timestamp::from_micros(date.as_microsecond()).since(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 784_111_777;

    fn parse(value: &str) -> Option<Duration> {
        parse_retry_after(value, Timestamp::from_seconds(NOW))
    }

    #[test]
    fn seconds_and_their_fractions_are_taken() {
        assert_eq!(parse("120"), Some(Duration::from_mins(2)));
        assert_eq!(parse(" 0.25 "), Some(Duration::from_millis(250)));
        assert_eq!(parse("0"), Some(Duration::ZERO));
    }

    #[test]
    fn a_date_counts_from_now() {
        assert_eq!(parse("Sun, 06 Nov 1994 08:50:37 GMT"), Some(Duration::from_mins(1)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:00:00 GMT"), Some(Duration::ZERO));
    }

    #[test]
    fn anything_else_is_no_wait() {
        for value in ["", "-1", "soon", "1e400", "1,5", "NaN", "6m0s"] {
            assert_eq!(parse(value), None, "{value:?}");
        }
    }
}

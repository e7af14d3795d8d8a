//! The search for the next time.
//!
//! Between two changes of its offset from UTC a clock on the wall runs evenly, so the search goes from one such
//! stretch to the next, and within one over civil time, field by field and never minute by minute.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

use super::expression::Cron;
use crate::clock::Timestamp;

/// A greater change of the clock is a correction (Vixie's cron).
const MAX_SEASON: SignedDuration = SignedDuration::from_hours(3);
/// The 29th of February can be eight years away (1896 to 1904, 2096 to 2104), and a certain day of the week on it
/// forty.
const MAX_YEARS: i16 = 41;

/// A time during which the clock on the wall is at the same distance from UTC.
struct Stretch {
    begin: jiff::Timestamp,
    /// `None` when it has no end.
    end: Option<jiff::Timestamp>,
    offset: Offset,
}

impl Cron {
    /// The first time after `after` at which the expression comes true, `None` when there is none within 41 years
    /// or within the time that can be counted.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let after = jiff::Timestamp::from_microsecond(after.as_micros()).ok()?;
        // A tick is at a whole minute, and the minute of `after` has come.
        let begin = after.checked_add(SignedDuration::from_nanos(1)).ok()?;
        let last_year = zone.to_datetime(after).year().checked_add(MAX_YEARS)?;
        let mut stretch = Stretch::at(begin, zone);
        loop {
            if let Some(found) = self.within(&stretch, begin, zone, last_year) {
                return Some(Timestamp::from_micros(found.as_microsecond()));
            }
            let end = stretch.end?;
            if zone.to_datetime(end).year() > last_year {
                return None;
            }
            stretch = Stretch::at(end, zone);
        }
    }

    /// The first time in a stretch that is not before `begin`.
    fn within(
        &self,
        stretch: &Stretch,
        begin: jiff::Timestamp,
        zone: &TimeZone,
        last_year: i16,
    ) -> Option<jiff::Timestamp> {
        let from = stretch.begin.max(begin);
        let mut civil = stretch.offset.to_datetime(from);
        if !self.follows_wall_clock
            && let Some(Change { was, is }) = stretch.season_change(zone)
        {
            if was < is && from == stretch.begin && self.comes_in_gap(was, is, last_year) {
                return Some(stretch.begin);
            }
            // After a step back the clock shows what it has shown before, until then.
            civil = civil.max(was);
        }
        let found = self.next_civil(civil, last_year)?;
        let instant = stretch.offset.to_timestamp(found).ok()?;
        stretch.end.is_none_or(|end| instant < end).then_some(instant)
    }

    fn comes_in_gap(&self, was: DateTime, is: DateTime, last_year: i16) -> bool {
        self.next_civil(was, last_year).is_some_and(|found| found < is)
    }

    /// The first civil time that is not before this one and fits all fields.
    fn next_civil(&self, from: DateTime, last_year: i16) -> Option<DateTime> {
        let mut from = round_up(from)?;
        loop {
            let day = self.next_day(from.date(), last_year)?;
            if day != from.date() {
                from = day.at(0, 0, 0, 0);
            }
            if let Some((hour, minute)) = self.next_minute(from.hour(), from.minute()) {
                return Some(day.at(hour, minute, 0, 0));
            }
            from = day.tomorrow().ok()?.at(0, 0, 0, 0);
        }
    }

    /// The first minute of a day that is not before this one.
    fn next_minute(&self, hour: i8, minute: i8) -> Option<(i8, i8)> {
        if self.hours.has(hour)
            && let Some(minute) = self.minutes.from(minute)
        {
            return Some((hour, minute));
        }
        Some((self.hours.from(hour.checked_add(1)?)?, self.minutes.first()))
    }

    /// The first day that fits and is not before this one.
    fn next_day(&self, from: Date, last_year: i16) -> Option<Date> {
        let mut day = from;
        while day.year() <= last_year {
            if !self.months.has(day.month()) {
                day = day.last_of_month().tomorrow().ok()?;
            } else if self.fits_day(day) {
                return Some(day);
            } else {
                day = day.tomorrow().ok()?;
            }
        }
        None
    }

    fn fits_day(&self, day: Date) -> bool {
        let by_month = self.days.has(day.day());
        let by_week = self.weekdays.has(day.weekday().to_sunday_zero_offset());
        if self.needs_both_days { by_month && by_week } else { by_month || by_week }
    }
}

impl Stretch {
    /// The stretch that an instant lies in.
    fn at(instant: jiff::Timestamp, zone: &TimeZone) -> Self {
        let end = zone.following(instant).next().map(|change| change.timestamp());
        let offset = zone.to_offset(instant);
        // A change at the instant itself is the one that began it.
        let after = instant.checked_add(SignedDuration::from_nanos(1)).unwrap_or(instant);
        let change = zone.preceding(after).next();
        Self { begin: change.map_or(instant, |change| change.timestamp()), end, offset }
    }

    /// What the clock showed when the stretch began, unless that was a correction.
    fn season_change(&self, zone: &TimeZone) -> Option<Change> {
        let before = self.begin.checked_sub(SignedDuration::from_nanos(1)).ok()?;
        let was = zone.to_offset(before).to_datetime(self.begin);
        let is = self.offset.to_datetime(self.begin);
        (is.duration_since(was).abs() <= MAX_SEASON).then_some(Change { was, is })
    }
}

/// The clock jumps from one time to another.
struct Change {
    was: DateTime,
    is: DateTime,
}

/// The next whole minute.
fn round_up(time: DateTime) -> Option<DateTime> {
    let whole = time.date().at(time.hour(), time.minute(), 0, 0);
    if whole == time { Some(whole) } else { whole.checked_add(SignedDuration::from_mins(1)).ok() }
}

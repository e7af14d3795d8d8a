use std::num::NonZeroU32;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::clock::Timestamp;
use crate::job::SiteId;

/// Central Europe: 02:00 becomes 03:00 on 2026-03-29, 03:00 becomes 02:00 on 2026-10-25.
fn berlin() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

fn cron(text: &str) -> Cron {
    text.parse().unwrap()
}

/// The next ticks, as local times with their offset.
fn ticks(text: &str, from: &str, zone: &TimeZone, count: usize) -> Vec<String> {
    let mut at: Timestamp = from.parse().unwrap();
    let mut found = Vec::new();
    while found.len() < count {
        at = cron(text).next(at, zone).unwrap();
        let instant = jiff::Timestamp::from_microsecond(at.as_micros()).unwrap();
        found.push(instant.to_zoned(zone.clone()).strftime("%m-%d %H:%M %:z").to_string());
    }
    found
}

#[test]
fn the_fields_say_when() {
    let from = "2026-11-20T16:00:00Z";
    let cases = [
        ("* * * * *", "11-20 16:01 +00:00"),
        ("0 * * * *", "11-20 17:00 +00:00"),
        ("*/20 16 * * *", "11-20 16:20 +00:00"),
        ("5-50/15 * * * *", "11-20 16:05 +00:00"),
        ("0 9-17 * * MON-fri", "11-20 17:00 +00:00"),
        ("0 0 1 jan *", "01-01 00:00 +00:00"),
        ("0 0 * * 7", "11-22 00:00 +00:00"),
        ("0 0 * * 0", "11-22 00:00 +00:00"),
        ("0 0 29 feb *", "02-29 00:00 +00:00"),
        ("15,45 1,2 31 * *", "12-31 01:15 +00:00"),
        ("@hourly", "11-20 17:00 +00:00"),
        ("@daily", "11-21 00:00 +00:00"),
        ("@weekly", "11-22 00:00 +00:00"),
        ("@monthly", "12-01 00:00 +00:00"),
        ("@yearly", "01-01 00:00 +00:00"),
    ];
    for (text, expected) in cases {
        assert_eq!(ticks(text, from, &TimeZone::UTC, 1), [expected], "{text}");
    }
}

#[test]
fn a_day_fits_by_month_or_by_week_when_both_are_given() {
    assert_eq!(
        ticks("0 0 13 * fri", "2026-11-01T00:00:00Z", &TimeZone::UTC, 3),
        ["11-06 00:00 +00:00", "11-13 00:00 +00:00", "11-20 00:00 +00:00"]
    );
    // A star with a step is still a star: both must fit, as in Vixie's cron.
    assert_eq!(ticks("0 0 */13 * fri", "2026-11-01T00:00:00Z", &TimeZone::UTC, 1), ["11-27 00:00 +00:00"]);
}

#[test]
fn a_time_in_the_gap_comes_at_its_end_and_once() {
    let from = "2026-03-28T12:00:00Z";

    assert_eq!(ticks("30 2 * * *", from, &berlin(), 2), ["03-29 03:00 +02:00", "03-30 02:30 +02:00"]);
    assert_eq!(
        ticks("0,15,30 2,3 29 3 *", from, &berlin(), 3),
        ["03-29 03:00 +02:00", "03-29 03:15 +02:00", "03-29 03:30 +02:00"]
    );
}

#[test]
fn a_star_does_not_come_in_the_gap() {
    assert_eq!(
        ticks("*/30 * * * *", "2026-03-29T00:20:00Z", &berlin(), 3),
        ["03-29 01:30 +01:00", "03-29 03:00 +02:00", "03-29 03:30 +02:00"]
    );
    assert_eq!(ticks("*/30 2 * * *", "2026-03-29T00:20:00Z", &berlin(), 1), ["03-30 02:00 +02:00"]);
}

#[test]
fn a_time_that_comes_twice_counts_the_first_time() {
    assert_eq!(
        ticks("30 2 * * *", "2026-10-24T12:00:00Z", &berlin(), 2),
        ["10-25 02:30 +02:00", "10-26 02:30 +01:00"]
    );
    // Asked within the repetition.
    assert_eq!(ticks("30 2 * * *", "2026-10-25T01:10:00Z", &berlin(), 1), ["10-26 02:30 +01:00"]);
}

#[test]
fn a_star_comes_again_in_the_repetition() {
    assert_eq!(
        ticks("0 * * * *", "2026-10-24T23:30:00Z", &berlin(), 3),
        ["10-25 02:00 +02:00", "10-25 02:00 +01:00", "10-25 03:00 +01:00"]
    );
}

#[test]
fn a_change_of_more_than_three_hours_is_a_correction() {
    let zone = TimeZone::posix("AAA0BBB-4,M3.5.0,M10.5.0/6").unwrap();

    assert_eq!(ticks("30 3 * * *", "2026-03-28T12:00:00Z", &zone, 1), ["03-30 03:30 +04:00"]);
    assert_eq!(
        ticks("30 3 * * *", "2026-10-24T12:00:00Z", &zone, 2),
        ["10-25 03:30 +04:00", "10-25 03:30 +00:00"]
    );
}

#[test]
fn what_is_no_expression_is_refused_with_its_field() {
    let cases = [
        ("", "expression", "five fields"),
        ("* * * *", "expression", "five fields"),
        ("* * * * * *", "expression", "five fields"),
        ("@sometimes", "expression", "five fields"),
        ("60 * * * *", "minute", "\"60\" is not one of its values, which are 0 to 59"),
        ("* 24 * * *", "hour", "\"24\""),
        ("* * 0 * *", "day of month", "\"0\""),
        ("* * * 13 *", "month", "\"13\""),
        ("* * * foo *", "month", "\"foo\""),
        ("* * * * 8", "day of week", "\"8\""),
        ("+5 * * * *", "minute", "\"+5\""),
        ("1,,2 * * * *", "minute", "\"\""),
        ("30-10 * * * *", "minute", "\"30-10\" ends before it begins"),
        ("*/0 * * * *", "minute", "the step \"0\""),
        ("*/x * * * *", "minute", "the step \"x\""),
        ("5/10 * * * *", "minute", "needs '*' or a range"),
        ("0 0 30 2 *", "day of month", "no day fits"),
        ("0 0 31 4,6,9,11 *", "day of month", "no day fits"),
        ("99999999999 * * * *", "minute", "is not one of its values"),
    ];
    for (text, field, message) in cases {
        let error = text.parse::<Cron>().unwrap_err();
        assert_eq!(error.field, field, "{text}");
        assert!(error.to_string().contains(message), "{text}: {error}");
    }
    assert!("1,".repeat(200).parse::<Cron>().is_err());
}

#[test]
fn a_day_of_the_week_saves_a_day_that_no_month_has() {
    assert_eq!(ticks("0 0 30 2 mon", "2026-11-20T16:00:00Z", &TimeZone::UTC, 1), ["02-01 00:00 +00:00"]);
}

#[test]
fn the_end_of_time_has_no_next() {
    assert_eq!(cron("* * * * *").next(Timestamp::from_micros(i64::MAX), &TimeZone::UTC), None);
    let last: Timestamp = "9999-12-30T22:00:00Z".parse().unwrap();
    assert_eq!(cron("0 0 1 1 *").next(last, &berlin()), None);
}

/// Walks minute by minute, as a cron that looks every minute would.
fn walked(text: &str, zone: &TimeZone, from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let fields: Vec<&str> = text.split(' ').collect();
    let follows_wall_clock = fields[0].starts_with('*') || fields[1].starts_with('*');
    let fits = |time: DateTime| {
        let fits =
            |field: &str, value: i8| field == "*" || field.split(',').any(|part| part == value.to_string());
        fits(fields[0], time.minute())
            && fits(fields[1], time.hour())
            && fits(fields[2], time.day())
            && fits(fields[3], time.month())
            && fits(fields[4], time.weekday().to_sunday_zero_offset())
    };
    let local = |at: Timestamp| zone.to_datetime(jiff::Timestamp::from_microsecond(at.as_micros()).unwrap());
    let minute = Duration::from_mins(1);
    let mut shown = local(from);
    let mut at = from;
    let mut found = Vec::new();
    while at < until {
        at = at.after(minute);
        let time = local(at);
        if follows_wall_clock {
            if fits(time) {
                found.push(at);
            }
            continue;
        }
        let mut has_come = false;
        while shown < time {
            shown = shown.saturating_add(minute);
            has_come |= fits(shown);
        }
        if has_come {
            found.push(at);
        }
    }
    found
}

fn fields() -> impl Strategy<Value = String> {
    let minute = prop_oneof![
        Just("*".to_owned()),
        Just("0".to_owned()),
        Just("0,30".to_owned()),
        Just("59".to_owned())
    ];
    let hour = prop_oneof![
        Just("*".to_owned()),
        Just("2".to_owned()),
        Just("1,2,3".to_owned()),
        Just("0,23".to_owned())
    ];
    let day = prop_oneof![Just("*".to_owned()), Just("25,29".to_owned())];
    (minute, hour, day).prop_map(|(minute, hour, day)| format!("{minute} {hour} {day} * *"))
}

proptest! {
    #[test]
    fn it_comes_when_a_clock_that_is_looked_at_every_minute_says(
        text in fields(),
        spring in any::<bool>(),
        start_minutes in 0_u64..2_000,
        zone in prop_oneof![Just("CET-1CEST,M3.5.0,M10.5.0/3"), Just("LHST-10:30LHDT-11,M10.1.0,M4.1.0"), Just("UTC0")],
    ) {
        let zone = TimeZone::posix(zone).unwrap();
        let day: Timestamp = if spring { "2026-03-28T00:00:00Z" } else { "2026-10-24T00:00:00Z" }.parse().unwrap();
        let from = day.after(Duration::from_mins(start_minutes));
        let until = from.after(Duration::from_hours(72));

        let mut at = from;
        let mut found = Vec::new();
        while let Some(next) = cron(&text).next(at, &zone).filter(|next| *next <= until) {
            found.push(next);
            at = next;
        }
        // What began within the repetition has not seen that the time was shown before.
        prop_assume!(zone.to_datetime(jiff::Timestamp::from_microsecond(from.as_micros()).unwrap()).hour() > 4);
        prop_assert_eq!(found, walked(&text, &zone, from, until));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[-*/,0-9a-z@ ]{0,40}") {
        if let Ok(cron) = text.parse::<Cron>() {
            let now = Timestamp::from_seconds(1_795_190_400);
            prop_assert!(cron.next(now, &berlin()).is_some_and(|next| next > now));
        }
    }

    #[test]
    fn catching_up_runs_the_latest_ticks_in_order(
        text in fields(), days in 0_u64..12, most in 1_u32..30,
    ) {
        let last: Timestamp = "2026-03-25T00:00:00Z".parse().unwrap();
        let now = last.after(Duration::from_hours(24 * days));
        let cron = cron(&text);
        let all: Vec<Timestamp> =
            std::iter::successors(cron.next(last, &berlin()), |tick| cron.next(*tick, &berlin()))
                .take_while(|tick| *tick <= now)
                .collect();

        let found = due(&cron, &berlin(), last, now, CatchUp::All(NonZeroU32::new(most).unwrap()));
        prop_assert_eq!(&found[..], &all[all.len().saturating_sub(most as usize)..]);

        let latest = due(&cron, &berlin(), last, now, CatchUp::Latest);
        prop_assert_eq!(&latest[..], &all[all.len().saturating_sub(1)..]);
    }
}

#[test]
fn without_catching_up_only_a_tick_of_the_last_minute_is_run() {
    let hourly = cron("0 * * * *");
    let last: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let on_time: Timestamp = "2026-11-20T14:00:20Z".parse().unwrap();
    let late: Timestamp = "2026-11-20T14:10:00Z".parse().unwrap();
    let none = |now| due(&hourly, &TimeZone::UTC, last, now, CatchUp::None);

    assert_eq!(none(on_time), ["2026-11-20T14:00:00Z".parse().unwrap()]);
    assert!(none(late).is_empty());
    // A tick that was run is not run again.
    assert!(due(&hourly, &TimeZone::UTC, on_time, on_time, CatchUp::None).is_empty());
}

#[test]
fn a_schedule_of_each_minute_that_nobody_looked_at_for_ages_is_caught_up_with_at_once() {
    let last = Timestamp::from_seconds(0);
    let now = Timestamp::from_seconds(4_000_000_000);

    let found = due(&cron("* * * * *"), &TimeZone::UTC, last, now, CatchUp::Latest);

    assert_eq!(found, [now.before(Duration::from_secs(40))]);
}

#[test]
fn a_policy_is_read_and_written() {
    for text in ["none", "latest", "all(1)", "all(1000)"] {
        assert_eq!(text.parse::<CatchUp>().unwrap().to_string(), text);
    }
    for text in ["", "all", "all(0)", "all(1001)", "all(-1)", "some"] {
        assert_eq!(text.parse::<CatchUp>(), Err(InvalidCatchUp), "{text}");
    }
}

#[test]
fn a_tick_always_has_the_same_key_and_id_and_no_other_has_them() {
    let site = |name: &str| SiteId::try_from(name.to_owned()).unwrap();
    let tick: Timestamp = "2026-11-20T16:00:00Z".parse().unwrap();
    let id = tick_job_id(&site("blog"), "digest", tick);

    assert_eq!(tick_key("digest", tick), "schedule:digest:2026-11-20T16:00:00.000000Z");
    assert_eq!(id, tick_job_id(&site("blog"), "digest", tick));
    assert_eq!(id.as_str().parse::<crate::job::JobId>().unwrap(), id);
    for other in [
        tick_job_id(&site("blo"), "gdigest", tick),
        tick_job_id(&site("shop"), "digest", tick),
        tick_job_id(&site("blog"), "digests", tick),
        tick_job_id(&site("blog"), "digest", tick.after(Duration::from_mins(1))),
    ] {
        assert_ne!(id, other);
    }
}

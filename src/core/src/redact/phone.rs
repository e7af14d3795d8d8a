//! Telephone numbers: international ones behind `+` or `00`, and national ones that are written in groups.
//!
//! A bare row of digits may be anything, so it counts only behind a word as `Tel.`.

mod cue;
mod groups;

use self::groups::{Group, Groups};
use super::text::{Span, Text};

/// E.164 allows 15 digits; the shortest numbers in use abroad have 8 with their country's code.
const INTERNATIONAL_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// The digits of a number within a country, with the 0 before it.
const NATIONAL_DIGITS: std::ops::RangeInclusive<usize> = 9..=12;

/// What counts behind a word as `Tel.`, in digits.
const CUED_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// What joins a number to another one, so that neither is a telephone number.
const JOINTS: &[u8] = b"-./";

pub(super) fn next(text: Text<'_>, from: usize) -> Option<Span> {
    text.first_at_a_number(from, |text, digit| {
        let start = start(text, digit);
        let is_alone = start >= from
            && !text.is_closed_before(start)
            && !text.is_joined_before(start, JOINTS)
            && !b"#+".contains(&text.before(start));
        if !is_alone {
            return None;
        }
        let groups = Groups::read(text, digit, text.before(digit) == b'(' || text.at(start) == b'(');
        let end = if text.before(digit) == b'+' {
            international(text, &groups, 0)
        } else {
            prefixed(text, &groups).or_else(|| national(text, start, &groups))
        };
        end.map(|end| Span { start, end })
    })
}

/// Where a number begins whose first digit is known: at its `+`, its bracket, or both.
fn start(text: Text<'_>, digit: usize) -> usize {
    let plus = digit - usize::from(text.before(digit) == b'+');
    plus - usize::from(text.before(plus) == b'(')
}

/// The longest part that has not too many digits.
fn international(text: Text<'_>, groups: &Groups, prefix_digits: usize) -> Option<usize> {
    let mut total = 0;
    let mut found = None;
    for (index, group) in groups.iter().enumerate() {
        let is_trunk_zero = group.is_bracketed;
        if index > 0 && group.length() < 2 && !is_trunk_zero {
            break;
        }
        total += group.length();
        let digits = total.saturating_sub(prefix_digits);
        let is_end = INTERNATIONAL_DIGITS.contains(&digits)
            && !group.is_open
            && !text.is_closed_after(group.end)
            && !text.is_joined_after(group.end, JOINTS)
            && !groups.is_amount(index);
        if is_end {
            found = Some(group.end);
        }
    }
    let country = groups.first().map_or(0, |group| text.at(group.start + prefix_digits));
    found.filter(|_| matches!(country, b'1'..=b'9'))
}

/// `0049 …`, where the country's code is a group, so that a number filled with zeros is not one.
fn prefixed(text: Text<'_>, groups: &Groups) -> Option<usize> {
    let first = groups.first()?;
    let is_prefixed = text.has(first.start, b"00") && (3..=5).contains(&first.length()) && groups.len() > 1;
    is_prefixed.then(|| international(text, groups, 2)).flatten()
}

fn national(text: Text<'_>, start: usize, groups: &Groups) -> Option<usize> {
    let run = groups.national(text)?;
    let end = run.last()?.end;
    let is_alone = !text.is_closed_after(end) && !text.is_joined_after(end, JOINTS);
    let is_bracketed = text.at(start) == b'(';
    let is_number = is_alone
        && (is_north_american(text, run)
            || is_trunk(text, run)
            || is_chinese(text, run)
            || (is_bracketed && is_area(text, run))
            || (CUED_DIGITS.contains(&digits(run)) && cue::is_before(text, start)));
    is_number.then_some(end)
}

fn digits(run: &[Group]) -> usize {
    run.iter().map(Group::length).sum()
}

fn has_lengths(run: &[Group], lengths: [usize; 3]) -> bool {
    run.iter().map(Group::length).eq(lengths)
}

/// `(415) 555-2671`, `415-555-2671`, `1-415-555-2671`.
fn is_north_american(text: Text<'_>, run: &[Group]) -> bool {
    let run = match run {
        [first, rest @ ..] if first.length() == 1 && text.at(first.start) == b'1' => rest,
        run => run,
    };
    let [area, exchange, line] = run else { return false };
    has_lengths(run, [3, 3, 4])
        && text.at(area.start) >= b'2'
        && text.at(exchange.start) >= b'2'
        && (exchange.separator == line.separator || area.is_bracketed)
        && line.separator != b'/'
}

/// `030 1234567`, `01 23 45 67 89`, `(020) 7946 0958`: a zero that a country dials before the area.
fn is_trunk(text: Text<'_>, run: &[Group]) -> bool {
    let [first, rest @ ..] = run else { return false };
    text.at(first.start) == b'0'
        && matches!(text.at(first.start + 1), b'1'..=b'9')
        && (2..=6).contains(&first.length())
        && !rest.is_empty()
        && rest.iter().all(|group| group.length() > 1)
        && NATIONAL_DIGITS.contains(&digits(run))
        && !is_date(text, run)
}

/// `01 02 2024 …` and `02 2024 …`.
fn is_date(text: Text<'_>, run: &[Group]) -> bool {
    let is_year = |group: &Group| group.length() == 4 && is_century(text, group.start);
    match run {
        [month, year, ..] if year.separator == b' ' && is_year(year) => month.length() == 2,
        [day, month, year, ..] => day.length() == 2 && month.length() == 2 && is_year(year),
        _ => false,
    }
}

fn is_century(text: Text<'_>, year: usize) -> bool {
    text.has(year, b"19") || text.has(year, b"20")
}

/// `138 0013 8000`.
fn is_chinese(text: Text<'_>, run: &[Group]) -> bool {
    let [first, second, third] = run else { return false };
    has_lengths(run, [3, 4, 4])
        && text.at(first.start) == b'1'
        && text.at(first.start + 1) >= b'3'
        && second.separator == third.separator
}

/// `(11) 91234-5678`: an area in brackets.
fn is_area(text: Text<'_>, run: &[Group]) -> bool {
    let [area, rest @ ..] = run else { return false };
    let is_year = area.length() == 4 && is_century(text, area.start);
    area.is_bracketed
        && (2..=5).contains(&area.length())
        && !is_year
        && (1..=3).contains(&rest.len())
        && rest.iter().all(|group| group.length() > 1)
        && NATIONAL_DIGITS.contains(&digits(run))
}

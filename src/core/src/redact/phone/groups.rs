//! The groups of digits that a number is written in.

use super::super::text::Text;

/// No telephone number is written in more groups than this.
const MAX_GROUPS: usize = 9;

/// More digits in a row are no part of a telephone number.
const MAX_GROUP_DIGITS: usize = 15;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
    /// What stands between the group before and this one: a blank, `-`, `.` or `/`; 0 when only a bracket does.
    pub(super) separator: u8,
    /// Whether the group stands in brackets.
    pub(super) is_bracketed: bool,
    /// Whether a bracket is open behind the group.
    pub(super) is_open: bool,
}

impl Group {
    pub(super) fn length(&self) -> usize {
        self.end - self.start
    }
}

/// Groups in order, with one separator or bracket between each two.
pub(super) struct Groups {
    list: [Group; MAX_GROUPS],
    count: usize,
}

impl std::ops::Deref for Groups {
    type Target = [Group];

    fn deref(&self) -> &[Group] {
        self.list.get(..self.count).unwrap_or_default()
    }
}

impl Groups {
    /// Reads the groups from the first digit on; the last one may be too long to belong to a number.
    pub(super) fn read(text: Text<'_>, digit: usize, is_open: bool) -> Self {
        let mut list = [Group::default(); MAX_GROUPS];
        let mut count = 0;
        let mut place = digit;
        let mut separator = 0;
        // One pair of brackets: not yet seen, open, closed.
        let mut may_open = !is_open;
        let mut is_open = is_open;
        for slot in &mut list {
            if !text.at(place).is_ascii_digit() {
                break;
            }
            let end = place + digits_at(text, place);
            let is_bracketed = is_open && text.at(end) == b')';
            let mut next = end;
            if is_bracketed {
                is_open = false;
                next += 1;
            }
            *slot = Group { start: place, end, separator, is_bracketed, is_open };
            count += 1;
            separator = 0;
            if b" -./".contains(&text.at(next)) {
                separator = text.at(next);
                next += 1;
            }
            if may_open && text.at(next) == b'(' {
                may_open = false;
                is_open = true;
                next += 1;
            }
            if next == end {
                break;
            }
            place = next;
        }
        Self { list, count }
    }

    /// Whether the groups up to this one are thousands: `+12.345.678`.
    pub(super) fn is_amount(&self, last: usize) -> bool {
        let rest = self.get(1..=last).unwrap_or_default();
        !rest.is_empty() && rest.iter().all(|group| group.separator == b'.' && group.length() == 3)
    }

    /// The groups of a number within a country. Behind the first gap, which sets off the area, all gaps are
    /// alike; another gap ends the number.
    pub(super) fn national(&self, text: Text<'_>) -> Option<&[Group]> {
        let second = self.get(2).map(|group| group.separator);
        // A single digit behind a blank is a word of its own: `030 1234567 2 times`.
        let is_word = |group: &Group| group.separator == b' ' && group.length() == 1;
        let is_alike = |group: &Group| Some(group.separator) == second && !group.is_open && !is_word(group);
        let rest = self.iter().skip(2).take_while(|group| is_alike(group)).count();
        let run = self.get(..self.len().min(2 + rest))?;
        let last = run.last()?;
        let continues = last.separator == b' ' || run.len() < 3;
        let is_cut = run.len() == MAX_GROUPS || last.length() > MAX_GROUP_DIGITS || last.is_open;
        let is_before_placeholder =
            continues && text.at(last.end) == b' ' && text.is_placeholder_after(last.end + 1);
        (!is_cut && !is_before_placeholder).then_some(run)
    }
}

/// How many digits stand at a place, at most one more than can belong to a number.
fn digits_at(text: Text<'_>, place: usize) -> usize {
    let digits = (0..=MAX_GROUP_DIGITS).take_while(|distance| text.at(place + distance).is_ascii_digit());
    digits.count()
}

//! Parts of a text that have at most so many tokens.

use std::ops::Range;

use thiserror::Error;

use super::estimate::COST_OF_A_TOKEN;
use super::{ModelInfo, model_info};

/// Which end of a text is cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutFrom {
    /// The beginning stays.
    End,
    /// The end stays.
    Start,
}

impl CutFrom {
    /// Reads `end` or `start`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "end" => Some(Self::End),
            "start" => Some(Self::Start),
            _ => None,
        }
    }
}

/// The part of a text that has at most so many tokens. It is cut where a token ends, as far as that is not inside
/// of a character, and [`count`](super::count) never gives more for it than `max_tokens`.
///
/// ```
/// use platen_core::tokens::{CutFrom, truncate};
///
/// assert_eq!(truncate("one two three", 2, "gpt-4o", CutFrom::End), "one two");
/// assert_eq!(truncate("one two three", 2, "gpt-4o", CutFrom::Start), " two three");
/// ```
pub fn truncate<'t>(text: &'t str, max_tokens: usize, model: &str, from: CutFrom) -> &'t str {
    let info = model_info(model);
    let limit = max_tokens.saturating_mul(COST_OF_A_TOKEN);
    let total = info.cost(text);
    let mut wanted = total.min(limit);
    let mut step = COST_OF_A_TOKEN;
    // What is cut can have more tokens than it had inside of the text: words end elsewhere now. That is rare, and
    // a token less is nearly always enough.
    while wanted > 0 {
        let part = match from {
            CutFrom::End => text.split_at(text.floor_char_boundary(place_of(text, wanted, &info).0)).0,
            CutFrom::Start => {
                text.split_at(text.ceil_char_boundary(place_of(text, total - wanted, &info).1)).1
            }
        };
        if info.cost(part) <= limit {
            return part;
        }
        wanted = wanted.saturating_sub(step);
        step *= 2;
    }
    ""
}

/// Where the last token ends up to which the text costs no more than this, and where the first one ends up to which
/// it costs no less.
fn place_of(text: &str, cost: usize, info: &ModelInfo) -> (usize, usize) {
    if cost == 0 {
        return (0, 0);
    }
    let mut reached = 0;
    let mut place = 0;
    let mut places = (0, 0);
    info.encoding.each_piece(text, |end, tokens| {
        let piece = text.as_bytes().get(place..end).unwrap_or_default();
        let whole = info.cost_of_piece(piece, tokens.len());
        if reached + whole <= cost {
            reached += whole;
            place = end;
            places = (end, end);
            return reached < cost;
        }
        for (length, token_cost) in info.tokens_of_piece(piece, tokens) {
            reached += token_cost;
            place += length;
            places.1 = place;
            if reached > cost {
                return false;
            }
            places.0 = place;
            if reached == cost {
                return false;
            }
        }
        true
    });
    places
}

/// Why a text cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SplitError {
    /// A part must have room for any character, and one can have several tokens.
    #[error("a part must have room for at least {MIN_PART_TOKENS} tokens")]
    TooSmall,
    /// Otherwise no part would get on.
    #[error("the overlap must be less than half of a part")]
    TooMuchOverlap,
}

impl SplitError {
    /// The stable code of the failure.
    pub fn code(self) -> crate::code::ErrorCode {
        match self {
            Self::TooSmall | Self::TooMuchOverlap => crate::code::ErrorCode::InvalidRequest,
        }
    }
}

/// The smallest part that a text can be split into, in tokens: the costliest character of an estimate fits.
pub const MIN_PART_TOKENS: usize = 8;

/// Splits a text into parts of at most `size` tokens each, for which [`count`](super::count) never gives more.
///
/// A part ends where a paragraph does, else a line, a sentence or a word, if one does in its second half; else
/// where a token does. Each part but the first begins with up to `overlap` tokens of the one before. Without overlap
/// the parts are the text.
///
/// # Errors
/// [`SplitError`] when the size is under [`MIN_PART_TOKENS`] or the overlap is not less than half of it.
///
/// ```
/// use platen_core::tokens::split;
///
/// let text = "One sentence is here. Another one is there.";
/// let parts = split(text, 8, 0, "gpt-4o").unwrap();
///
/// assert_eq!(&text[parts[0].clone()], "One sentence is here.");
/// assert_eq!(&text[parts[1].clone()], " Another one is there.");
/// ```
pub fn split(text: &str, size: usize, overlap: usize, model: &str) -> Result<Vec<Range<usize>>, SplitError> {
    if size < MIN_PART_TOKENS {
        return Err(SplitError::TooSmall);
    }
    if overlap >= size.div_ceil(2) {
        return Err(SplitError::TooMuchOverlap);
    }
    let steps = Steps::of(text, model_info(model), size);
    let mut parts = Vec::new();
    let mut reached = 0;
    while reached < steps.list.len() {
        let (first, end) = steps.part(reached, overlap);
        parts.push(steps.place(first)..steps.place(end));
        reached = end;
    }
    Ok(parts)
}

/// How good a place is to end a part; a higher one is preferred to a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Boundary {
    Token,
    Word,
    Sentence,
    Line,
    Paragraph,
}

/// A piece of the text, or a part of one that is larger than a part may be.
struct Step {
    end: usize,
    cost: usize,
    boundary: Boundary,
}

/// A text in steps, and what a part of it may have.
struct Steps<'t> {
    text: &'t str,
    info: ModelInfo,
    /// The most that a part may cost, as [`ModelInfo::cost`] has it, like all costs here.
    limit: usize,
    list: Vec<Step>,
}

impl<'t> Steps<'t> {
    fn of(text: &'t str, info: ModelInfo, size: usize) -> Self {
        let limit = size.saturating_mul(COST_OF_A_TOKEN);
        let mut steps = Self { text, info, limit, list: Vec::new() };
        info.encoding.each_piece(text, |end, tokens| {
            steps.add_piece(end, tokens);
            true
        });
        steps
    }

    /// Adds the piece that follows the last step. One that is larger than a part may be is cut.
    fn add_piece(&mut self, end: usize, tokens: &[u32]) {
        let start = self.place(self.list.len());
        let piece = self.text.as_bytes().get(start..end).unwrap_or_default();
        let cost = self.info.cost_of_piece(piece, tokens.len());
        if cost <= self.limit {
            self.list.push(Step { end, cost, boundary: boundary(self.text, start, end) });
            return;
        }
        // Half of a part: where a piece is cut it can have more tokens than it had.
        let (mut place, mut cost) = (start, 0);
        let info = self.info;
        for (length, token_cost) in info.tokens_of_piece(piece, tokens) {
            if cost > 0 && cost + token_cost > self.limit / 2 {
                self.add_cut(self.text.floor_char_boundary(place), cost);
                cost = 0;
            }
            place += length;
            cost += token_cost;
        }
        self.add_cut(end, cost);
    }

    /// Adds what is between the last step and an end inside of a piece, of which the piece had this cost.
    ///
    /// Alone it can be of another script than the piece was, and cost several times as much. It is halved until it
    /// fits, which a single character does.
    fn add_cut(&mut self, end: usize, cost: usize) {
        let start = self.place(self.list.len());
        let Some(cut) = self.text.get(start..end).filter(|cut| !cut.is_empty()) else { return };
        let alone = self.info.cost(cut);
        let first = cut.chars().next().map_or(0, char::len_utf8);
        let half = cut.floor_char_boundary(cut.len() / 2).max(first);
        if alone <= self.limit || half == cut.len() {
            self.list.push(Step { end, cost, boundary: Boundary::Token });
        } else {
            self.add_cut(start + half, alone / 2);
            self.add_cut(end, alone / 2);
        }
    }

    /// The first step of the part that goes on after the steps that were `reached`, and the step after its last.
    fn part(&self, reached: usize, overlap: usize) -> (usize, usize) {
        let first = self.first(reached, overlap);
        let end = self.end(first, reached);
        // A part that is cut elsewhere can have more tokens than its pieces have in the text.
        if first < reached && !self.fits(first, end) {
            (reached, self.end(reached, reached))
        } else {
            (first, end)
        }
    }

    /// Goes back over at most the overlap, as far as the next step fits as well.
    fn first(&self, reached: usize, overlap: usize) -> usize {
        let next = self.list.get(reached).map_or(0, |step| step.cost);
        let most = overlap.saturating_mul(COST_OF_A_TOKEN).min(self.limit.saturating_sub(next));
        let mut room = most;
        let before = self.list.get(..reached).unwrap_or_default();
        let steps = before.iter().rev().take_while(|step| match room.checked_sub(step.cost) {
            Some(left) => {
                room = left;
                true
            }
            None => false,
        });
        let mut first = reached - steps.count();
        // Alone the overlap can have more tokens than its steps have in the text, where a piece was cut.
        let mut skip = 1;
        while first < reached && !self.costs_at_most(first, reached, most) {
            first = reached.min(first + skip);
            skip *= 2;
        }
        first
    }

    fn end(&self, first: usize, reached: usize) -> usize {
        let mut cost = 0;
        let mut end = first;
        let mut best = (Boundary::Token, reached + 1);
        while let Some(step) = self.list.get(end) {
            cost += step.cost;
            if cost > self.limit {
                break;
            }
            end += 1;
            if end > reached && cost * 2 >= self.limit && step.boundary >= best.0 {
                best = (step.boundary, end);
            }
        }
        let mut end = if end == self.list.len() { end } else { best.1 };
        let mut skip = 1;
        while end > reached + 1 && !self.fits(first, end) {
            end = (reached + 1).max(end.saturating_sub(skip));
            skip *= 2;
        }
        end
    }

    fn fits(&self, first: usize, end: usize) -> bool {
        self.costs_at_most(first, end, self.limit)
    }

    fn costs_at_most(&self, first: usize, end: usize, cost: usize) -> bool {
        let part = self.text.get(self.place(first)..self.place(end)).unwrap_or_default();
        self.info.cost(part) <= cost
    }

    /// Where a step begins, in bytes.
    fn place(&self, step: usize) -> usize {
        step.checked_sub(1).and_then(|before| self.list.get(before)).map_or(0, |before| before.end)
    }
}

/// What ends where a piece does.
fn boundary(text: &str, start: usize, end: usize) -> Boundary {
    let piece = text.get(start..end).unwrap_or_default();
    let rest = text.get(end..).unwrap_or_default();
    let is_blank = rest.starts_with(char::is_whitespace);
    if piece.ends_with('\n') {
        let lines = piece.bytes().filter(|byte| *byte == b'\n').count();
        return if lines > 1 { Boundary::Paragraph } else { Boundary::Line };
    }
    if piece.ends_with(['。', '！', '？', '।', '؟']) || (is_blank && piece.ends_with(['.', '!', '?', '…']))
    {
        return Boundary::Sentence;
    }
    if is_blank { Boundary::Word } else { Boundary::Token }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::tokens::families::FAMILIES;
    use crate::tokens::{Encoding, count};

    const MODELS: [&str; 5] = ["gpt-4o", "gpt-4", "claude-sonnet-4-5", "gemini-2.5-pro", "unknown"];

    fn texts() -> impl Strategy<Value = String> {
        let fragment = prop_oneof![
            Just(String::from("A sentence. ")),
            Just(String::from("\n\n")),
            Just(String::from("漢字ABCdef。")),
            Just(String::from("👩‍👧     \n  x")),
            Just(String::from("12345678")),
            Just(String::from("“")),
            "[a-z]{1,120}",
            "[ԱԲԳա-զ]{1,60}",
            "\\PC{0,30}",
        ];
        prop::collection::vec(fragment, 0..12).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn a_truncated_text_is_an_end_of_the_text_and_fits(text in texts(), max in 0..60_usize) {
            for model in MODELS {
                let head = truncate(&text, max, model, CutFrom::End);
                let tail = truncate(&text, max, model, CutFrom::Start);

                prop_assert!(text.starts_with(head) && count(head, model).tokens <= max);
                prop_assert!(text.ends_with(tail) && count(tail, model).tokens <= max);
                if count(&text, model).tokens <= max {
                    prop_assert_eq!((head, tail), (text.as_str(), text.as_str()));
                }
            }
        }

        #[test]
        fn parts_fit_and_without_overlap_they_are_the_text(text in texts(), size in 8..60_usize) {
            for model in MODELS {
                let mut covered = 0;
                for part in split(&text, size, 0, model).unwrap() {
                    prop_assert_eq!(part.start, covered);
                    prop_assert!(count(&text[part.clone()], model).tokens <= size, "{:?} for {}", part, model);
                    covered = part.end;
                }
                prop_assert_eq!(covered, text.len());
            }
        }

        #[test]
        fn parts_with_an_overlap_cover_the_text_in_order(text in texts(), size in 12..60_usize) {
            let mut covered = 0;
            for part in split(&text, size, 5, "gpt-4o").unwrap() {
                prop_assert!(part.start <= covered && part.end > covered);
                prop_assert!(part.start == covered || count(&text[part.start..covered], "gpt-4o").tokens <= 5);
                prop_assert!(count(&text[part.clone()], "gpt-4o").tokens <= size);
                covered = part.end;
            }
            prop_assert_eq!(covered, text.len());
        }
    }

    #[test]
    fn a_word_that_costs_more_without_the_quote_before_it_still_fits() {
        let text = format!("“{}", "Հայաստանի".repeat(9));
        for model in MODELS {
            for part in split(&text, MIN_PART_TOKENS, 0, model).unwrap() {
                assert!(count(&text[part.clone()], model).tokens <= MIN_PART_TOKENS, "{part:?} for {model}");
            }
        }
    }

    #[test]
    fn every_character_fits_the_smallest_part() {
        let estimates = FAMILIES.iter().filter_map(|family| family.info.estimate);
        let estimates: HashMap<_, _> = estimates.map(|estimate| (estimate.name, estimate)).collect();
        let mut dearest = 0;
        for character in '\0'..=char::MAX {
            let text = character.to_string();
            let tokens = Encoding::O200kBase.count(&text);
            let costs = estimates.values().map(|estimate| estimate.cost(text.as_bytes(), tokens));
            dearest = costs.fold(dearest, usize::max);
        }

        assert!(dearest <= MIN_PART_TOKENS * COST_OF_A_TOKEN, "{dearest}");
    }

    #[test]
    fn a_part_ends_where_a_paragraph_does() {
        let text = "First words of it.\n\nSecond part. And more words follow here until it is full.";

        assert_eq!(split(text, 9, 0, "gpt-4o").unwrap()[0], 0..20);
    }

    #[test]
    fn sizes_that_cannot_work_are_refused() {
        assert_eq!(split("x", 7, 0, "gpt-4o"), Err(SplitError::TooSmall));
        assert_eq!(split("x", 10, 5, "gpt-4o"), Err(SplitError::TooMuchOverlap));
    }

    #[test]
    fn nothing_has_no_parts() {
        assert!(split("", 10, 0, "gpt-4o").unwrap().is_empty());
        assert_eq!(truncate("", 0, "gpt-4o", CutFrom::End), "");
    }
}

//! Reads the words of conditions and references, byte by byte and without going back.

use super::StepIndex;
use super::error::Fault;
use super::reference::{Reference, Root};

/// The deepest path, in members.
const MAX_MEMBERS: usize = 16;

/// A place in a text.
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip_blanks();
        self.rest().is_empty()
    }

    /// Takes a sign, after blanks.
    pub(super) fn take(&mut self, sign: &str) -> bool {
        self.skip_blanks();
        let is_there = self.rest().starts_with(sign);
        if is_there {
            self.at += sign.len();
        }
        is_there
    }

    /// Takes a word if it stands here as a whole.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        self.skip_blanks();
        let is_there = self.peek_run(is_word) == word;
        if is_there {
            self.at += word.len();
        }
        is_there
    }

    pub(super) fn peek(&mut self) -> Option<char> {
        self.skip_blanks();
        self.rest().chars().next()
    }

    /// Takes the characters from here that are of a kind.
    pub(super) fn take_run(&mut self, is_part: fn(char) -> bool) -> &'t str {
        let run = self.peek_run(is_part);
        self.at += run.len();
        run
    }

    fn peek_run(&self, is_part: fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        rest.split_at(rest.find(|c| !is_part(c)).unwrap_or(rest.len())).0
    }

    /// Takes a text in single or double quotes; there are no escapes, because there are two kinds of quotes.
    pub(super) fn take_quoted(&mut self) -> Result<&'t str, Fault> {
        let quote = self.peek().filter(|c| matches!(c, '\'' | '"')).ok_or_else(|| self.unexpected())?;
        let inner = self.rest().split_at(1).1;
        let end = inner.find(quote).ok_or(Fault::UnclosedQuote)?;
        self.at += end + 2;
        Ok(inner.split_at(end).0)
    }

    /// Takes a path.
    pub(super) fn take_reference(&mut self, names: &Names<'_>) -> Result<Reference, Fault> {
        self.skip_blanks();
        let path = self.peek_run(|c| is_word(c) || c == '.');
        if path.is_empty() {
            return Err(self.unexpected());
        }
        let unknown = || Fault::UnknownReference { reference: path.to_owned() };
        let mut words = path.split('.');
        let root = match words.next().unwrap_or_default() {
            "input" => Root::Input,
            "item" => Root::Item,
            "index" => Root::Index,
            "result" => Root::Result,
            "steps" => {
                let name = words.next().ok_or_else(unknown)?;
                Root::Step(names.find(name)?)
            }
            _ => return Err(unknown()),
        };
        let members: Vec<String> = words.map(str::to_owned).collect();
        if members.len() > MAX_MEMBERS || members.iter().any(String::is_empty) {
            return Err(unknown());
        }
        self.at += path.len();
        Ok(Reference { root, members })
    }

    /// What stands here was not expected.
    pub(super) fn unexpected(&mut self) -> Fault {
        self.skip_blanks();
        Fault::Unexpected { rest: self.rest().chars().take(20).collect() }
    }
}

pub(super) fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// The names of a definition's steps.
pub(super) struct Names<'d> {
    names: std::collections::HashMap<&'d str, StepIndex>,
}

impl<'d> Names<'d> {
    /// The first of two steps with one name is the one that is found.
    pub(super) fn new(steps: impl DoubleEndedIterator<Item = &'d str> + ExactSizeIterator) -> Self {
        let indexed = steps.enumerate().rev();
        let names = indexed.filter_map(|(place, name)| Some((name, StepIndex::new(place)?))).collect();
        Self { names }
    }

    pub(super) fn find(&self, name: &str) -> Result<StepIndex, Fault> {
        self.names.get(name).copied().ok_or_else(|| Fault::UnknownStep { name: name.to_owned() })
    }
}

use std::borrow::Cow;
use std::str::FromStr;

use caseless::Caseless as _;
use thiserror::Error;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Names the rules of [`canonical`](super::canonical). When one of them changes, so does this number, and no hash
/// of the old rules matches.
pub const VERSION: u32 = 1;

/// Which prompts are taken for the same. What is not the default stands in the hashed text, so that hashes of
/// different rules never meet.
///
/// The rules are for the texts of a prompt, wherever they stand in it. Names of members stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// What white space counts for.
    pub whitespace: Whitespace,
    /// What upper and lower case count for.
    pub case: Case,
}

/// What white space counts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whitespace {
    /// Every character of it.
    #[default]
    Exact,
    /// As a separator only: any run of it is one space, and none at both ends of a text. White space is what has
    /// Unicode's property `White_Space`.
    Collapse,
}

/// What upper and lower case count for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// They differ.
    #[default]
    Exact,
    /// Nothing: texts are folded (Unicode's full case folding, which knows no language: `Straße` and `STRASSE`
    /// are the same, `ı` and `i` are not) and put into form C again.
    Fold,
}

/// The word names no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnknownRule {
    /// See [`Whitespace`].
    #[error("the option whitespace is exact or collapse")]
    Whitespace,
    /// See [`Case`].
    #[error("the option case is exact or fold")]
    Case,
}

impl FromStr for Whitespace {
    type Err = UnknownRule;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "exact" => Ok(Self::Exact),
            "collapse" => Ok(Self::Collapse),
            _ => Err(UnknownRule::Whitespace),
        }
    }
}

impl FromStr for Case {
    type Err = UnknownRule;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "exact" => Ok(Self::Exact),
            "fold" => Ok(Self::Fold),
            _ => Err(UnknownRule::Case),
        }
    }
}

impl Rules {
    /// The line before the JSON.
    pub(super) fn line(self) -> String {
        let whitespace = match self.whitespace {
            Whitespace::Exact => "",
            Whitespace::Collapse => " whitespace=collapse",
        };
        let case = match self.case {
            Case::Exact => "",
            Case::Fold => " case=fold",
        };
        format!("platen-prompt-v{VERSION}{whitespace}{case}\n")
    }

    /// A text of the prompt as it is hashed.
    pub(super) fn apply(self, text: &str) -> Cow<'_, str> {
        let text = normalised(text);
        let text = match self.case {
            Case::Exact => text,
            Case::Fold => Cow::Owned(text.chars().default_case_fold().nfc().collect()),
        };
        match self.whitespace {
            Whitespace::Exact => text,
            Whitespace::Collapse => Cow::Owned(collapsed(&text)),
        }
    }
}

/// A text in form C. Nearly all is already, and then is not copied.
pub(super) fn normalised(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

//! In which script a piece of a text is written, as far as estimates tell scripts apart.

/// Scripts that the vocabularies of different makers treat differently. Those of `data/estimates.tsv`, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    /// ASCII with a letter.
    Word,
    /// ASCII with a digit.
    Number,
    /// Other ASCII: punctuation and white space.
    Mark,
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    /// Also Syriac and Thaana.
    Arabic,
    Devanagari,
    Oriya,
    /// The other scripts of India.
    Indic,
    /// Also Lao.
    Thai,
    Georgian,
    /// What else stands below U+2000: Tibetan, Ethiopic, Khmer.
    Other,
    Han,
    Kana,
    Hangul,
    /// Punctuation beyond ASCII, pictures, and all rare scripts.
    Symbol,
    /// A [`Word`](Self::Word) of several tokens: hardly one of English.
    WordParts,
    /// A [`Latin`](Self::Latin) word of several tokens.
    LatinParts,
}

/// How many scripts there are.
pub(super) const SCRIPTS: usize = 21;

impl Script {
    /// The script of a piece of so many tokens of `o200k_base`.
    #[inline]
    pub(super) fn of(piece: &[u8], tokens: usize) -> Self {
        match Self::of_text(piece) {
            Self::Word if tokens > 1 => Self::WordParts,
            Self::Latin if tokens > 1 => Self::LatinParts,
            script => script,
        }
    }

    /// The script of the first character beyond ASCII. It is told by the first two bytes of that.
    fn of_text(piece: &[u8]) -> Self {
        let wide = piece.iter().position(|byte| !byte.is_ascii()).and_then(|place| piece.get(place..));
        match wide {
            Some([first, second, ..]) => Self::of_wide(*first, *second),
            _ if piece.iter().any(u8::is_ascii_alphabetic) => Self::Word,
            _ if piece.iter().any(u8::is_ascii_digit) => Self::Number,
            _ => Self::Mark,
        }
    }

    fn of_wide(first: u8, second: u8) -> Self {
        match (first, second) {
            (..=0xCD, _) | (0xE1, 0xB8..=0xBB) => Self::Latin,
            (0xCE..=0xCF, _) | (0xE1, 0xBC..) => Self::Greek,
            (0xD0..=0xD3, _) | (0xD4, ..0xB0) => Self::Cyrillic,
            (0xD4..=0xD5, _) | (0xD6, ..0x90) => Self::Armenian,
            (0xD6..=0xD7, _) => Self::Hebrew,
            (0xD8..=0xDF, _) => Self::Arabic,
            (0xE0, 0xA4..=0xA5) => Self::Devanagari,
            (0xE0, 0xAC..=0xAD) => Self::Oriya,
            (0xE0, 0xB8..=0xBB) => Self::Thai,
            (0xE0, _) => Self::Indic,
            (0xE1, 0x83) => Self::Georgian,
            (0xE1, _) => Self::Other,
            (0xE3, ..=0x83) => Self::Kana,
            (0xE3..=0xE9, _) => Self::Han,
            (0xEA, 0xB0..) | (0xEB..=0xED, _) => Self::Hangul,
            (0xE2 | 0xEA | 0xEE.., _) => Self::Symbol,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_has_the_script_of_its_first_character_beyond_ascii() {
        for (piece, script) in [
            (" the", Script::Word),
            ("2026", Script::Number),
            (" ->", Script::Mark),
            ("naïve", Script::Latin),
            ("ẹ", Script::Latin),
            ("ἀρχή", Script::Greek),
            (" мир", Script::Cyrillic),
            ("Հայ", Script::Armenian),
            ("שלום", Script::Hebrew),
            ("سلام", Script::Arabic),
            ("नमस्ते", Script::Devanagari),
            ("ଓଡ଼ିଆ", Script::Oriya),
            ("தமிழ்", Script::Indic),
            ("ไทย", Script::Thai),
            ("ქართ", Script::Georgian),
            ("ሰላም", Script::Other),
            ("漢字", Script::Han),
            ("ひらがな", Script::Kana),
            ("한국", Script::Hangul),
            ("“a", Script::Symbol),
            ("👩‍👧", Script::Symbol),
        ] {
            assert_eq!(Script::of(piece.as_bytes(), 1), script, "{piece}");
        }
    }

    #[test]
    fn a_word_of_several_tokens_is_told_from_a_whole_one() {
        assert_eq!(Script::of(b" the", 2), Script::WordParts);
        assert_eq!(Script::of("für".as_bytes(), 2), Script::LatinParts);
        assert_eq!(Script::of("мир".as_bytes(), 2), Script::Cyrillic);
    }

    #[test]
    fn the_scripts_are_those_of_the_weights() {
        let names = include_str!("../../data/estimates.tsv").lines().next().unwrap().split('\t').skip(2);

        assert!(names.eq([
            "word",
            "number",
            "mark",
            "latin",
            "greek",
            "cyrillic",
            "armenian",
            "hebrew",
            "arabic",
            "devanagari",
            "oriya",
            "indic",
            "thai",
            "georgian",
            "other",
            "han",
            "kana",
            "hangul",
            "symbol",
            "word parts",
            "latin parts",
        ]));
    }
}

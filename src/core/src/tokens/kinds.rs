//! What kind of character stands at a place of a text: as much of Unicode as the pre-tokenizers ask for.
//!
//! The bits of a character are shared by `build.rs`, which writes the tables. Characters stand in blocks of 64, and
//! equal blocks are stored once: a script is a few blocks, which the processor keeps at hand.

/// `\p{Lu}`, `\p{Lt}`, `\p{Lm}`, `\p{Lo}` or `\p{M}`.
pub(super) const UPPER: u8 = 1;
/// `\p{Ll}`, `\p{Lm}`, `\p{Lo}` or `\p{M}`.
pub(super) const LOWER: u8 = 2;
/// `\p{L}`.
pub(super) const LETTER: u8 = 4;
/// `\p{N}`.
pub(super) const NUMBER: u8 = 8;
/// `\s`.
pub(super) const SPACE: u8 = 16;
/// CR or LF.
pub(super) const NEWLINE: u8 = 32;
/// No character: the end of the text.
pub(super) const END: u8 = 64;

/// How many characters a block has: those whose UTF-8 differs in the last byte only.
pub(super) const BLOCK: usize = 64;

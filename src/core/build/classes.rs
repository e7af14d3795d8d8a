//! Writes the tables of `src/tokens/pieces.rs`: the kinds of all Unicode characters.

use std::collections::HashMap;
use std::error::Error;

use regex_syntax::Parser;
use regex_syntax::hir::{Class, HirKind};

use crate::kinds::{BLOCK, LETTER, LOWER, NEWLINE, NUMBER, SPACE, UPPER};

/// The patterns of one character and the bit of each.
const KINDS: [(&str, u8); 6] = [
    (r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", UPPER),
    (r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", LOWER),
    (r"\p{L}", LETTER),
    (r"\p{N}", NUMBER),
    (r"\s", SPACE),
    (r"[\r\n]", NEWLINE),
];

const CHARACTERS: usize = 0x11_0000;

/// The two stages of the table.
pub(crate) struct ClassTables {
    /// For each 64 characters the number of their block.
    pub(crate) blocks: Vec<u16>,
    /// The blocks, one after the other.
    pub(crate) classes: Vec<u8>,
}

/// Asks regex-syntax, whose Unicode version is that of the regular expressions of tiktoken-rs.
pub(crate) fn build() -> Result<ClassTables, Box<dyn Error>> {
    let mut all = vec![0_u8; CHARACTERS];
    for (pattern, bit) in KINDS {
        let HirKind::Class(Class::Unicode(class)) = Parser::new().parse(pattern)?.into_kind() else {
            return Err(format!("{pattern} is not a class of characters").into());
        };
        for range in class.ranges() {
            for character in range.start()..=range.end() {
                all[character as usize] |= bit;
            }
        }
    }
    let mut numbers: HashMap<&[u8], u16> = HashMap::new();
    let mut tables = ClassTables { blocks: Vec::new(), classes: Vec::new() };
    for block in all.chunks(BLOCK) {
        let next = u16::try_from(numbers.len())?;
        let number = *numbers.entry(block).or_insert_with(|| {
            tables.classes.extend_from_slice(block);
            next
        });
        tables.blocks.push(number);
    }
    Ok(tables)
}

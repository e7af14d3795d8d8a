//! Turns the vocabularies in `data/` into the read-only tables of `tokens`.
//!
//! The tables are written as bytes to `OUT_DIR` and included in the binary as they are: at run time nothing
//! is parsed or allocated, and the pages are shared between all processes that load the binary.

#[path = "build/automaton.rs"]
mod automaton;
#[path = "src/tokens/layout.rs"]
mod layout;
#[path = "build/vocabulary.rs"]
mod vocabulary;

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::automaton::AutomatonTables;
use crate::vocabulary::VocabularyTables;

struct Source {
    /// The encoding's name; the file is `data/<name>.tiktoken`.
    name: &'static str,
    /// As tiktoken's `openai_public.py` expects it.
    sha256: &'static str,
    /// The pre-tokenizer in falling priority, see [`WHITESPACE_BUT_LAST`].
    patterns: [&'static str; 3],
}

/// Stands for `\s+(?!\S)`, which no automaton can express: whitespace that is followed by more text. The
/// match is one character too long, which the reader gives back. Whitespace that ends the text is `\s+\z`.
const WHITESPACE_BUT_LAST: &str = r"\s+\s";

const SOURCES: [Source; 2] = [
    Source {
        name: "o200k_base",
        sha256: "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        patterns: [
            concat!(
                r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
                r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
                r"|\p{N}{1,3}",
                r"| ?[^\s\p{L}\p{N}]+[\r\n/]*",
                r"|\s*[\r\n]+",
                r"|\s+\z",
            ),
            WHITESPACE_BUT_LAST,
            r"\s",
        ],
    },
    Source {
        name: "cl100k_base",
        sha256: "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        patterns: [
            concat!(
                r"'(?i:[sdmt]|ll|ve|re)",
                r"|[^\r\n\p{L}\p{N}]?\p{L}+",
                r"|\p{N}{1,3}",
                r"| ?[^\s\p{L}\p{N}]+[\r\n]*",
                r"|\s+\z",
                r"|\s*[\r\n]",
            ),
            WHITESPACE_BUT_LAST,
            r"\s",
        ],
    },
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=src/tokens/layout.rs");
    let out = out_dir()?;
    let mut code = String::new();
    for source in &SOURCES {
        let file = format!("data/{}.tiktoken", source.name);
        let text = fs::read_to_string(&file)?;
        if hexadecimal(&Sha256::digest(&text)) != source.sha256 {
            return Err(format!("{file} is not the vocabulary that was published").into());
        }
        let vocabulary = vocabulary::build(&vocabulary::parse(&text)?)?;
        let automaton = automaton::compile(&source.patterns)?;
        write_tables(&out, source.name, &vocabulary, &automaton)?;
        declare(&mut code, source.name, &automaton)?;
    }
    fs::write(out.join("tables.rs"), code)?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "Cargo tells a build script by the environment where to write")]
fn out_dir() -> Result<PathBuf, Box<dyn Error>> {
    Ok(std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?.into())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn write_tables(
    out: &Path,
    name: &str,
    vocabulary: &VocabularyTables,
    automaton: &AutomatonTables,
) -> std::io::Result<()> {
    let write = |table: &str, bytes: Vec<u8>| fs::write(out.join(format!("{name}.{table}")), bytes);
    write("slots", vocabulary.slots.iter().flat_map(|slot| slot.to_le_bytes()).collect())?;
    write("seeds", vocabulary.seeds.iter().flat_map(|seed| seed.to_le_bytes()).collect())?;
    write("tails", vocabulary.tails.clone())?;
    write("bytes", vocabulary.bytes.iter().flat_map(|rank| rank.to_le_bytes()).collect())?;
    write("pairs", vocabulary.pairs.iter().flat_map(|rank| rank.to_le_bytes()).collect())?;
    write("classes", automaton.classes.clone())?;
    write("transitions", automaton.transitions.iter().flat_map(|state| state.to_le_bytes()).collect())
}

/// Writes the declaration that `src/tokens/tables.rs` includes.
fn declare(code: &mut String, name: &str, automaton: &AutomatonTables) -> std::fmt::Result {
    let constant = name.to_uppercase();
    let include = |table: &str| format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.{table}\"))");
    let AutomatonTables { stride, start, first_match, classes: _, transitions: _ } = automaton;
    writeln!(code, "pub(super) static {constant}: Tables = Tables {{")?;
    writeln!(code, "    automaton: Automaton {{")?;
    writeln!(code, "        classes: {},", include("classes"))?;
    writeln!(code, "        transitions: {}.as_chunks().0,", include("transitions"))?;
    writeln!(
        code,
        "        stride: {stride},\n        start: {start},\n        first_match: {first_match:?},"
    )?;
    writeln!(code, "    }},\n    vocabulary: Vocabulary {{")?;
    for table in ["slots", "seeds", "bytes", "pairs"] {
        writeln!(code, "        {table}: {}.as_chunks().0,", include(table))?;
    }
    writeln!(code, "        tails: {},\n    }},\n}};", include("tails"))
}

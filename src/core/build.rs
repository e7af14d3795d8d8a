//! Turns the vocabularies in `data/` and Unicode's character properties into the read-only tables of `tokens`.
//!
//! The tables are written as bytes to `OUT_DIR` and included in the binary as they are: at run time nothing
//! is parsed or allocated, and the pages are shared between all processes that load the binary.

#[path = "build/classes.rs"]
mod classes;
#[path = "build/dictionary.rs"]
mod dictionary;
#[path = "build/estimates.rs"]
mod estimates;
#[path = "src/tokens/kinds.rs"]
#[expect(dead_code, reason = "build.rs never sees the end of a text")]
mod kinds;
#[path = "src/tokens/layout.rs"]
#[expect(dead_code, reason = "build.rs only writes the tables")]
mod layout;
#[path = "build/trie.rs"]
mod trie;

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

struct Source {
    /// The vocabulary's name; the file is `data/<name>.tiktoken`.
    name: &'static str,
    /// As tiktoken's `openai_public.py` expects it.
    sha256: &'static str,
}

/// `r50k_base` needs no file: it is `p50k_base` without that one's last 24 tokens.
const SOURCES: [Source; 3] = [
    Source { name: "o200k_base", sha256: "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d" },
    Source {
        name: "cl100k_base",
        sha256: "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    },
    Source { name: "p50k_base", sha256: "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069" },
];

fn main() -> Result<(), Box<dyn Error>> {
    for path in ["build", "data", "src/tokens/layout.rs", "src/tokens/kinds.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let out = out_dir()?;
    let mut code = String::new();
    write_classes(&out, &mut code)?;
    code.push_str(&estimates::declare(&fs::read_to_string("data/estimates.tsv")?)?);
    for source in &SOURCES {
        let file = format!("data/{}.tiktoken", source.name);
        let text = fs::read_to_string(&file)?;
        if hexadecimal(&Sha256::digest(&text)) != source.sha256 {
            return Err(format!("{file} is not the vocabulary that was published").into());
        }
        let tokens = dictionary::parse(&text)?;
        write_dictionary(&out, source.name, &dictionary::build(&tokens)?)?;
        declare_dictionary(&mut code, source.name)?;
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

fn write_classes(out: &Path, code: &mut String) -> Result<(), Box<dyn Error>> {
    let tables = classes::build()?;
    fs::write(out.join("kinds.blocks"), bytes(tables.blocks.iter().map(|block| block.to_le_bytes())))?;
    fs::write(out.join("kinds.classes"), &tables.classes)?;
    writeln!(code, "pub(super) static KINDS: Kinds = Kinds {{")?;
    writeln!(code, "    blocks: {}.as_chunks().0,", include("kinds", "blocks"))?;
    writeln!(code, "    classes: {},\n}};", include("kinds", "classes"))?;
    Ok(())
}

fn write_dictionary(out: &Path, name: &str, tables: &dictionary::DictionaryTables) -> std::io::Result<()> {
    let write = |table: &str, bytes: Vec<u8>| fs::write(out.join(format!("{name}.{table}")), bytes);
    write("units", bytes(tables.units.iter().map(|unit| unit.to_le_bytes())))?;
    write("entries", bytes(tables.entries.iter().map(|entry| entry.to_le_bytes())))?;
    write("seeds", bytes(tables.seeds.iter().map(|seed| seed.to_le_bytes())))?;
    write("pairs", bytes(tables.pairs.iter().map(|pair| pair.to_le_bytes())))?;
    write("filter", bytes(tables.filter.iter().map(|word| word.to_le_bytes())))
}

/// Writes the declaration that `src/tokens/tables.rs` includes.
fn declare_dictionary(code: &mut String, name: &str) -> std::fmt::Result {
    writeln!(code, "pub(super) static {}: Dictionary = Dictionary {{", name.to_uppercase())?;
    for table in ["units", "entries", "seeds", "pairs", "filter"] {
        writeln!(code, "    {table}: {}.as_chunks().0,", include(name, table))?;
    }
    writeln!(code, "    size: NO_TOKEN,\n}};")
}

fn include(name: &str, table: &str) -> String {
    format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.{table}\"))")
}

fn bytes<const N: usize>(numbers: impl Iterator<Item = [u8; N]>) -> Vec<u8> {
    numbers.flatten().collect()
}

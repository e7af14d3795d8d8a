//! Measures the libraries that one could use instead, on the work that `make bench-ext` gives to the extension:
//!
//! ```text
//! platen-peers tokens FOLDER     counts the messages of FOLDER/*.json with every tokenizer
//! platen-peers first LIBRARY     counts one text in this fresh process
//! platen-peers signing FOLDER    signs and verifies tokens with the PEM keys of FOLDER
//! ```
//!
//! Prints one JSON object. Called from Rust, so without the price of a call from PHP.

mod clock;
mod signing;
mod tokens;

use anyhow::{Result, bail};
use serde_json::Value;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let figures: Value = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["tokens", folder] => tokens::measure(folder.as_ref())?,
        ["first", library] => tokens::first_use(library)?,
        ["signing", folder] => signing::measure(folder.as_ref())?,
        _ => bail!("usage: platen-peers tokens FOLDER | first LIBRARY | signing FOLDER"),
    };
    println!("{figures}");
    Ok(())
}

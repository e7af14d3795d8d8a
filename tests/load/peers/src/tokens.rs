//! Counting with o200k_base.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::clock::quickest;

const ROUNDS: usize = 5;

/// Gives the function that counts; loads the vocabulary.
type Load = fn() -> Box<dyn Fn(&str) -> usize>;

const LIBRARIES: [(&str, Load); 3] = [
    ("bpe-openai", || {
        let tokenizer = bpe_openai::o200k_base();
        Box::new(|text| tokenizer.count(text))
    }),
    ("tiktoken-rs", || {
        let tokenizer = tiktoken_rs::o200k_base_singleton();
        Box::new(|text| tokenizer.encode_ordinary(text).len())
    }),
    ("tiktoken (crate)", || {
        let tokenizer = tiktoken::get_encoding("o200k_base").expect("the encoding is built in");
        Box::new(|text| tokenizer.count(text))
    }),
];

/// `{library: {corpus: {rate: MB/s, tokens}}}` for every file of messages in the folder.
pub fn measure(folder: &Path) -> Result<Value> {
    let corpora = read_corpora(folder)?;
    let mut figures = BTreeMap::new();
    for (library, load) in LIBRARIES {
        let count = load();
        let of_corpora: BTreeMap<&str, Value> = corpora
            .iter()
            .map(|(name, messages)| {
                let bytes: usize = messages.iter().map(String::len).sum();
                let all = || messages.iter().map(|message| count(message)).sum::<usize>();
                (name.as_str(), json!({"rate": bytes as f64 / quickest(ROUNDS, all) * 1e3, "tokens": all()}))
            })
            .collect();
        figures.insert(library, of_corpora);
    }
    Ok(json!(figures))
}

/// `{ms, kib}`: how long the first count of this process takes, and the memory that it alone then has written to.
pub fn first_use(library: &str) -> Result<Value> {
    let Some((_, load)) = LIBRARIES.into_iter().find(|(name, _)| *name == library) else {
        bail!("there is no library {library}");
    };
    let before = private_kib()?;
    let start = Instant::now();
    let tokens = load()("The first text of a fresh process.");
    let ms = start.elapsed().as_secs_f64() * 1e3;
    Ok(json!({"ms": ms, "kib": private_kib()? - before, "tokens": tokens}))
}

fn read_corpora(folder: &Path) -> Result<BTreeMap<String, Vec<String>>> {
    let mut corpora = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().context("a file has a name")?.to_string_lossy().into_owned();
        corpora.insert(name, serde_json::from_slice(&fs::read(&path)?)?);
    }
    Ok(corpora)
}

fn private_kib() -> Result<i64> {
    let rollup = fs::read_to_string("/proc/self/smaps_rollup")?;
    let line =
        rollup.lines().find_map(|line| line.strip_prefix("Private_Dirty:")).context("the kernel tells")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

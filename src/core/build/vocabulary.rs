//! Builds the perfect hash of a vocabulary (see `src/tokens/layout.rs`) and the tables for one and two bytes.

use std::error::Error;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::layout::{self, HEAD_BYTES, MAX_TOKEN_BYTES, NO_RANK};

/// A slot has 24 bits for the rank.
const MAX_RANK: u32 = (1 << 24) - 1;

/// The tables of one vocabulary, ready to be written.
pub(crate) struct VocabularyTables {
    /// One slot per token, and a few empty ones.
    pub(crate) slots: Vec<u128>,
    /// One seed per bucket of about four tokens.
    pub(crate) seeds: Vec<u16>,
    /// What the slots have no room for: the bytes after the first eight.
    pub(crate) tails: Vec<u8>,
    /// The rank of each single byte.
    pub(crate) bytes: Vec<u32>,
    /// The rank of each two bytes, by the first times 256 plus the second.
    pub(crate) pairs: Vec<u32>,
}

/// A token of a vocabulary.
pub(crate) struct Token {
    pub(crate) bytes: Vec<u8>,
    pub(crate) rank: u32,
}

/// Reads a `.tiktoken` file: a line has a token in base64, a space, and its rank.
pub(crate) fn parse(file: &str) -> Result<Vec<Token>, Box<dyn Error>> {
    file.lines()
        .map(|line| {
            let (token, rank) = line.split_once(' ').ok_or("a line has no rank")?;
            Ok(Token { bytes: BASE64_STANDARD.decode(token)?, rank: rank.parse()? })
        })
        .collect()
}

/// Lays the tables out.
pub(crate) fn build(tokens: &[Token]) -> Result<VocabularyTables, Box<dyn Error>> {
    let mut bytes = vec![NO_RANK; 256];
    let mut pairs = vec![NO_RANK; 256 * 256];
    let mut long = Vec::new();
    for token in tokens {
        match *token.bytes.as_slice() {
            [] => return Err("a token is empty".into()),
            [byte] => bytes[usize::from(byte)] = token.rank,
            [first, second] => pairs[usize::from(first) * 256 + usize::from(second)] = token.rank,
            _ if token.bytes.len() > MAX_TOKEN_BYTES => return Err("a token is too long for its slot".into()),
            _ if token.rank > MAX_RANK => return Err("a rank is too high for its slot".into()),
            _ => long.push(token),
        }
    }
    if bytes.contains(&NO_RANK) {
        return Err("the vocabulary lacks a single byte".into());
    }
    let (slots, seeds, tails) = perfect_hash(&long)?;
    Ok(VocabularyTables { slots, seeds, tails, bytes, pairs })
}

type Hashed = (Vec<u128>, Vec<u16>, Vec<u8>);

/// Finds a seed for each bucket, the fullest first, so that no two tokens want the same slot.
fn perfect_hash(tokens: &[&Token]) -> Result<Hashed, Box<dyn Error>> {
    // 94 % full: denser tables need seeds past 16 bits, sparser ones only grow the file.
    let slot_count = tokens.len() + tokens.len() / 16;
    let bucket_count = tokens.len() / 4 + 1;
    let hashes: Vec<u64> = tokens.iter().map(|token| layout::hash(&token.bytes)).collect();
    let mut buckets = vec![Vec::new(); bucket_count];
    for (index, hash) in hashes.iter().enumerate() {
        buckets[layout::bucket(*hash, bucket_count)].push(index);
    }
    let mut order: Vec<usize> = (0..bucket_count).collect();
    order.sort_by_key(|bucket| std::cmp::Reverse(buckets[*bucket].len()));

    let mut slots = vec![0_u128; slot_count];
    let mut seeds = vec![0_u16; bucket_count];
    let mut tails = Vec::new();
    let mut places = Vec::new();
    for bucket in order {
        let members = &buckets[bucket];
        let seed = (0..=u16::MAX)
            .find(|seed| {
                places.clear();
                members.iter().all(|member| {
                    let place = layout::slot(hashes[*member], *seed, slot_count);
                    let is_free = slots[place] == 0 && !places.contains(&place);
                    places.push(place);
                    is_free
                })
            })
            .ok_or("no seed fits a bucket")?;
        seeds[bucket] = seed;
        for (member, place) in members.iter().zip(&places) {
            let Token { bytes, rank } = tokens[*member];
            let tail_offset = u32::try_from(tails.len())?;
            slots[*place] = layout::key(bytes) | (u128::from(*rank) << 72) | (u128::from(tail_offset) << 96);
            tails.extend_from_slice(bytes.get(HEAD_BYTES..).unwrap_or_default());
        }
    }
    Ok((slots, seeds, tails))
}

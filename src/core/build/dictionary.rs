//! Builds the tables of a vocabulary that `src/tokens/layout.rs` describes.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::error::Error;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::layout::{self, BYTE_TOKENS, Entry, ID_BITS, NO_TOKEN, Unit};
use crate::trie;

/// The tables of one vocabulary, ready to be written.
pub(crate) struct DictionaryTables {
    pub(crate) units: Vec<u64>,
    pub(crate) entries: Vec<u64>,
    pub(crate) seeds: Vec<u16>,
    pub(crate) pairs: Vec<u64>,
    pub(crate) filter: Vec<u64>,
}

/// Reads a `.tiktoken` file: a line has a token in base64, a space, and its rank, which is its id. An id that is
/// not given to any token (`p50k_base` has one) is empty.
pub(crate) fn parse(file: &str) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut tokens: Vec<Vec<u8>> = Vec::new();
    for line in file.lines() {
        let (token, rank) = line.split_once(' ').ok_or("a line has no rank")?;
        let rank: usize = rank.parse()?;
        tokens.resize(tokens.len().max(rank + 1), Vec::new());
        tokens[rank] = BASE64_STANDARD.decode(token)?;
    }
    if tokens.len() >= NO_TOKEN as usize {
        return Err("the vocabulary has more tokens than an id has numbers".into());
    }
    let are_bytes = tokens.iter().take(BYTE_TOKENS as usize).all(|token| token.len() == 1);
    if !are_bytes || tokens.iter().skip(BYTE_TOKENS as usize).any(|token| token.len() == 1) {
        return Err("the single bytes are not the first tokens".into());
    }
    Ok(tokens)
}

/// Lays the tables out.
pub(crate) fn build(tokens: &[Vec<u8>]) -> Result<DictionaryTables, Box<dyn Error>> {
    let joins = Joins::find(tokens)?;
    let units = trie::build(tokens)?;
    let (pairs, seeds) = perfect_hash(&joins.pairs)?;
    Ok(DictionaryTables {
        units: units.into_iter().map(|Unit(unit)| unit).collect(),
        entries: joins.entries.into_iter().map(|Entry(entry)| entry).collect(),
        seeds,
        pairs,
        filter: filter(&joins.pairs),
    })
}

/// How each token comes to be. Byte-pair encoding joins the bytes of a token in one way only, whatever surrounds
/// them, so there is one pair for each token.
struct Joins {
    entries: Vec<Entry>,
    pairs: HashMap<u64, u32>,
}

impl Joins {
    fn find(tokens: &[Vec<u8>]) -> Result<Self, Box<dyn Error>> {
        let ids: HashMap<&[u8], u32> =
            tokens.iter().zip(0..).filter(|(token, _)| !token.is_empty()).map(|(t, id)| (&**t, id)).collect();
        let mut joins = Self { entries: Vec::new(), pairs: HashMap::new() };
        for (token, id) in tokens.iter().zip(0..) {
            let mut prefixes = (1..token.len()).rev().filter_map(|end| ids.get(&token[..end]).copied());
            let prefix = prefixes.clone().next().unwrap_or(NO_TOKEN);
            let (left, right) = if id < BYTE_TOKENS || token.is_empty() {
                (id, id)
            } else {
                let split = prefixes.find_map(|left| {
                    let right = *ids.get(&token[tokens[left as usize].len()..])?;
                    (left < id && right < id && joins.may_stand_together(left, right))
                        .then_some((left, right))
                });
                let split = split.ok_or("a token cannot be joined from others")?;
                joins.pairs.insert(layout::pair_key(split.0, split.1), id);
                split
            };
            let length = u8::try_from(token.len())?;
            let shifted = |number: u32, place: u32| u64::from(number) << (place * ID_BITS);
            joins.entries.push(Entry(
                shifted(left, 0) | shifted(right, 1) | shifted(prefix, 2) | shifted(length.into(), 3),
            ));
        }
        Ok(joins)
    }

    /// As `Dictionary::may_stand_together`, over what is known so far.
    fn may_stand_together(&self, mut left: u32, mut right: u32) -> bool {
        let mut limit = NO_TOKEN;
        loop {
            if self.pairs.get(&layout::pair_key(left, right)).is_some_and(|joined| *joined < limit) {
                return false;
            }
            if left.max(right) < BYTE_TOKENS {
                return true;
            }
            if left > right {
                limit = left;
                left = self.entries[left as usize].right();
            } else {
                limit = right + 1;
                right = self.entries[right as usize].left();
            }
        }
    }
}

/// Eight bits a pair, of which one is set: one in eight pairs that give no token passes.
fn filter(pairs: &HashMap<u64, u32>) -> Vec<u64> {
    let mut words = vec![0; (pairs.len() / 8).max(1)];
    for key in pairs.keys() {
        let (word, bit) = layout::filter_bit(layout::pair_hash(*key), words.len());
        words[word] |= bit;
    }
    words
}

/// Finds a seed for each bucket of about four pairs, the fullest first, so that no two pairs want the same slot.
fn perfect_hash(pairs: &HashMap<u64, u32>) -> Result<(Vec<u64>, Vec<u16>), Box<dyn Error>> {
    let mut keys: Vec<u64> = pairs.keys().copied().collect();
    // The same vocabulary gives the same tables.
    keys.sort_unstable();
    // 94 % full: denser tables need seeds past 16 bits, sparser ones only grow the file.
    let slot_count = keys.len() + keys.len() / 16;
    let bucket_count = keys.len() / 4 + 1;
    let mut buckets = vec![Vec::new(); bucket_count];
    for key in keys {
        buckets[layout::bucket(layout::pair_hash(key), bucket_count)].push(key);
    }
    let mut order: Vec<usize> = (0..bucket_count).collect();
    order.sort_by_key(|bucket| Reverse(buckets[*bucket].len()));

    let mut slots = vec![0_u64; slot_count];
    let mut seeds = vec![0_u16; bucket_count];
    let mut places = Vec::new();
    for bucket in order {
        let members = &buckets[bucket];
        let seed = (0..=u16::MAX)
            .find(|seed| {
                places.clear();
                members.iter().all(|key| {
                    let place = layout::slot(layout::pair_hash(*key), *seed, slot_count);
                    let is_free = slots[place] == 0 && !places.contains(&place);
                    places.push(place);
                    is_free
                })
            })
            .ok_or("no seed fits a bucket")?;
        seeds[bucket] = seed;
        for (key, place) in members.iter().zip(&places) {
            slots[*place] = *key | (u64::from(pairs[key]) << (2 * ID_BITS));
        }
    }
    Ok((slots, seeds))
}

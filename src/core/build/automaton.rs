//! Compiles a pre-tokenizer's patterns to a table of 16-bit states.
//!
//! The states come from regex-automata's dense DFA and are renumbered: the dead state is 0, then follow the
//! states without a match, then those with a match of pattern 0, of pattern 1, of pattern 2. A comparison
//! tells what a state means, and the table is half the size of the crate's own form and needs no loading.

use std::collections::{HashMap, HashSet};
use std::error::Error;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::util::alphabet::Unit;
use regex_automata::util::primitives::StateID;
use regex_automata::{Anchored, MatchKind, util::start};

/// A compiled pre-tokenizer.
pub(crate) struct AutomatonTables {
    /// The column of each byte.
    pub(crate) classes: Vec<u8>,
    /// Rows of `stride` next states; the last column is the end of the text.
    pub(crate) transitions: Vec<u16>,
    /// Columns of a row.
    pub(crate) stride: usize,
    /// Where a search begins.
    pub(crate) start: u16,
    /// The first state that is a match of pattern 0, 1 and 2.
    pub(crate) first_match: [u16; 3],
}

/// Compiles three patterns of falling priority, anchored and leftmost-first.
pub(crate) fn compile(patterns: &[&str; 3]) -> Result<AutomatonTables, Box<dyn Error>> {
    let config = dense::Config::new().start_kind(StartKind::Anchored).match_kind(MatchKind::LeftmostFirst);
    let dfa = dense::Builder::new().configure(config).build_many(patterns)?;
    let start = dfa.start_state(&start::Config::new().anchored(Anchored::Yes))?;
    let representatives = representatives(&dfa)?;

    let mut states = reachable(&dfa, start, &representatives);
    states.sort_by_key(|state| (meaning(&dfa, *state), *state));
    let numbers: HashMap<StateID, u16> = states
        .iter()
        .enumerate()
        .map(|(number, state)| Ok((*state, u16::try_from(number)?)))
        .collect::<Result<_, std::num::TryFromIntError>>()?;
    if !states.first().is_some_and(|state| dfa.is_dead_state(*state)) {
        return Err("the automaton has no dead state".into());
    }

    let transitions = states
        .iter()
        .flat_map(|state| successors(&dfa, *state, &representatives))
        .map(|next| numbers[&next])
        .collect();
    let first_match = [2, 3, 4].map(|wanted| states.partition_point(|state| meaning(&dfa, *state) < wanted));
    Ok(AutomatonTables {
        classes: (0..=u8::MAX).map(|byte| dfa.byte_classes().get(byte)).collect(),
        transitions,
        stride: representatives.len() + 1,
        start: numbers[&start],
        first_match: [
            u16::try_from(first_match[0])?,
            u16::try_from(first_match[1])?,
            u16::try_from(first_match[2])?,
        ],
    })
}

/// Dead, no match, or a match of pattern 0, 1 or 2.
fn meaning(dfa: &dense::DFA<Vec<u32>>, state: StateID) -> usize {
    if dfa.is_dead_state(state) {
        0
    } else if dfa.is_match_state(state) {
        2 + dfa.match_pattern(state, 0).as_usize()
    } else {
        1
    }
}

/// One byte of each class, in the order of the classes.
fn representatives(dfa: &dense::DFA<Vec<u32>>) -> Result<Vec<u8>, Box<dyn Error>> {
    dfa.byte_classes()
        .representatives(..)
        .filter_map(Unit::as_u8)
        .enumerate()
        .map(|(class, byte)| {
            let is_in_order = usize::from(dfa.byte_classes().get(byte)) == class;
            if is_in_order { Ok(byte) } else { Err("the byte classes have a gap".into()) }
        })
        .collect()
}

fn reachable(dfa: &dense::DFA<Vec<u32>>, start: StateID, representatives: &[u8]) -> Vec<StateID> {
    let mut found = HashSet::from([start]);
    let mut waiting = vec![start];
    while let Some(state) = waiting.pop() {
        for next in successors(dfa, state, representatives) {
            if found.insert(next) {
                waiting.push(next);
            }
        }
    }
    found.into_iter().collect()
}

fn successors(
    dfa: &dense::DFA<Vec<u32>>,
    state: StateID,
    representatives: &[u8],
) -> impl Iterator<Item = StateID> {
    let end = dfa.next_eoi_state(state);
    representatives.iter().map(move |byte| dfa.next_state(state, *byte)).chain([end])
}

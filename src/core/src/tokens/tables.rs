//! The tables that `build.rs` made, included as they are: nothing is parsed or allocated at run time.

use super::automaton::Automaton;
use super::vocabulary::Vocabulary;

/// All that an encoding is.
pub(super) struct Tables {
    pub(super) automaton: Automaton,
    pub(super) vocabulary: Vocabulary,
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

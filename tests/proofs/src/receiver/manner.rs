use std::time::Duration;

use super::hash;

/// How a site takes one try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Applies it and says so.
    Prompt,
    /// Applies it and takes its time to say so.
    Slow(Duration),
    /// Answers 500 and has done nothing.
    FailBefore,
    /// Applies it and answers 500 all the same.
    FailAfter,
    /// Closes the connection and has done nothing.
    HangUpBefore,
    /// Applies it and closes the connection.
    HangUpAfter,
}

impl Manner {
    pub(super) fn has_effect(self) -> bool {
        match self {
            Self::Prompt | Self::Slow(_) | Self::FailAfter | Self::HangUpAfter => true,
            Self::FailBefore | Self::HangUpBefore => false,
        }
    }
}

/// How sites behave.
#[derive(Clone, Copy, Debug)]
pub enum Manners {
    /// As they should.
    Good,
    /// As bad hosts do, drawn by the seed for each try of each event.
    Bad {
        /// The seed.
        seed: u64,
    },
}

/// So many of a thousand tries go wrong in each way.
const BAD: [(u64, Manner); 6] = [
    (40, Manner::Slow(Duration::from_millis(200))),
    // Longer than the daemon waits.
    (3, Manner::Slow(Duration::from_secs(5))),
    (40, Manner::FailBefore),
    (20, Manner::FailAfter),
    (20, Manner::HangUpBefore),
    (20, Manner::HangUpAfter),
];

impl Manners {
    /// How this try of this event is taken.
    pub(super) fn of(self, id: &str, try_number: u32) -> Manner {
        let Self::Bad { seed } = self else { return Manner::Prompt };
        let mut drawn = hash(&(seed, id, try_number)) % 1_000;
        for (share, manner) in BAD {
            if drawn < share {
                return manner;
            }
            drawn -= share;
        }
        Manner::Prompt
    }
}

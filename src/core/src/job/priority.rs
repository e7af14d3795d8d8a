use serde::{Deserialize, Serialize};

/// How urgent a job is. Each priority has a guaranteed share of the work, so that none starves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Priority {
    /// Someone waits for the answer: never held up by batch work.
    High,
    /// The usual.
    #[default]
    Standard,
    /// Whenever there is room.
    Batch,
}

impl Priority {
    /// Every priority, the most urgent first.
    pub const ALL: [Self; 3] = [Self::High, Self::Standard, Self::Batch];

    /// The word for this priority, as on the wire and in the `priority` column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Standard => "standard",
            Self::Batch => "batch",
        }
    }

    /// How many jobs of this priority are taken while one batch job is, when all priorities wait.
    pub fn weight(self) -> u32 {
        match self {
            Self::High => 16,
            Self::Standard => 4,
            Self::Batch => 1,
        }
    }
}

impl std::str::FromStr for Priority {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == word).ok_or(())
    }
}

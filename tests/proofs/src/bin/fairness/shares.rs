//! Jobs of all three priorities wait: how many of each are begun.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};

use platen_core::job::Priority;

use crate::Options;
use crate::crowd::{Kind, Stage};

/// Provider calls at the same time. Batch work may have all but one.
const SLOTS: usize = 4;

/// Rounds of the shares that are counted.
const ROUNDS: usize = 10;

/// How far a count may be off: what is begun at once is counted as it reaches the provider.
const TOLERANCE: usize = 2 * SLOTS;

pub(crate) struct Shares {
    begun: [(Priority, usize); 3],
}

/// Counts over some rounds, from the moment when enough of each wait.
pub(crate) async fn measure(options: &Options) -> anyhow::Result<Shares> {
    let mut stage = Stage::set(options, SLOTS).await?;
    let kinds = Priority::ALL.map(|priority| Kind { site: "one", user: "many", priority });
    let jobs = u64::try_from(3 * expected(Priority::High) + 1_000)?;
    let given = stage.fill(&kinds, jobs).await?;
    let before = stage.begun().await?.len();
    let counted: usize = Priority::ALL.into_iter().map(expected).sum();
    while stage.begun().await?.len() < before + counted {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }

    let begun = stage.begun().await?;
    let mut counts: HashMap<Priority, usize> = HashMap::new();
    for number in begun.iter().skip(before).take(counted) {
        if let Some(kind) = given.iter().find(|job| job.number == *number).map(|job| job.priority) {
            *counts.entry(kind).or_default() += 1;
        }
    }
    let count = |priority| (priority, counts.get(&priority).copied().unwrap_or_default());
    Ok(Shares { begun: Priority::ALL.map(count) })
}

fn expected(priority: Priority) -> usize {
    usize::try_from(priority.weight()).unwrap_or(0) * ROUNDS
}

impl Shares {
    pub(crate) fn are_kept(&self) -> bool {
        self.begun.iter().all(|(priority, count)| count.abs_diff(expected(*priority)) <= TOLERANCE)
    }
}

impl Display for Shares {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("| all three wait | begun | share |\n|---|---|---|")?;
        for (priority, count) in self.begun {
            write!(f, "\n| {} | {count} | {} |", priority.as_str(), expected(priority))?;
        }
        Ok(())
    }
}

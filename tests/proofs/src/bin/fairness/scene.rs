//! Single jobs of one kind while thousands of another wait.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use anyhow::Context;
use platen_core::clock::Timestamp;

use crate::Options;
use crate::crowd::{Given, Kind, Stage};

/// Single jobs, one after the other.
const SINGLES: usize = 20;

pub(crate) struct Scene {
    pub(crate) crowd: Kind,
    pub(crate) single: Kind,
    pub(crate) what: &'static str,
    pub(crate) slots: usize,
}

/// What the single jobs had to let go first.
pub(crate) struct Outcome {
    crowd: Kind,
    what: &'static str,
    slots: usize,
    went_first: Vec<usize>,
    waited: Vec<Duration>,
    length: Duration,
}

impl Scene {
    pub(crate) async fn play(&self, options: &Options) -> anyhow::Result<Outcome> {
        let mut stage = Stage::set(options, self.slots).await?;
        let crowd = stage.fill(&[self.crowd], options.jobs).await?;
        let mut singles = Vec::new();
        for _ in 0..SINGLES {
            singles.push(stage.run_one(self.single).await?);
        }

        let by_number: HashMap<u64, &Given> = crowd.iter().map(|job| (job.number, job)).collect();
        let (mut begun, mut lengths): (Vec<Timestamp>, Vec<Duration>) = (Vec::new(), Vec::new());
        for number in stage.begun().await? {
            let Some(job) = by_number.get(&number) else { continue };
            let life = stage.life(job).await?;
            begun.extend(life.begun);
            lengths.extend(life.begun.zip(life.ended).map(|(begun, ended)| ended.since(begun)));
        }
        let mut outcome = Outcome {
            crowd: self.crowd,
            what: self.what,
            slots: self.slots,
            went_first: Vec::new(),
            waited: Vec::new(),
            length: median(&mut lengths),
        };
        for single in &singles {
            let life = stage.life(single).await?;
            let (accepted, started) =
                life.accepted.zip(life.begun).context("a single job has no beginning")?;
            let before = begun.iter().filter(|begun| accepted < **begun && **begun < started).count();
            outcome.went_first.push(before);
            outcome.waited.push(started.since(accepted));
        }
        Ok(outcome)
    }
}

impl Outcome {
    /// A single job is next when a slot is free. What was being taken when it came, at most all slots, goes first:
    /// that is one job's length.
    pub(crate) fn is_fair(&self) -> bool {
        self.went_first.iter().all(|count| *count <= self.slots)
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { crowd, what, slots, went_first, waited, length } = self;
        let (mut went_first, mut waited) = (went_first.clone(), waited.clone());
        let most = went_first.iter().max().copied().unwrap_or_default();
        let longest = waited.iter().max().copied().unwrap_or_default();
        write!(
            f,
            "| {} of one user | {what} | {slots} | {}, {most} | {:.1?}, {longest:.1?} | {length:.1?} |",
            crowd.priority.as_str(),
            median(&mut went_first),
            median(&mut waited),
        )
    }
}

fn median<T: Ord + Copy + Default>(values: &mut [T]) -> T {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

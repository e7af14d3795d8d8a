//! What is done to the daemon, and when: drawn by the seed, in the order in which it comes.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A blow falls when so many jobs were told to their sites: by work that is done, so that a quick machine and a slow
/// one are hit at the same places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) after_effects: u64,
    pub(crate) blow: Blow,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blow {
    /// SIGKILL after this pause, and again after that one from the start of the next process, before it can serve.
    Kill { pause: Duration, again: Option<Duration> },
    /// The disk is full for this long after the first job was refused.
    FillDisk { hold: Duration },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan(pub(crate) Vec<Planned>);

impl Plan {
    /// So many kills while so many jobs are done, and a full disk in the middle.
    pub(crate) fn draw(seed: u64, jobs: u64, kills: u32, has_disk: bool) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut planned = Vec::new();
        let mut left = kills;
        while left > 0 {
            // One in five dies again while it starts.
            let again = (left >= 2 && rng.random_ratio(1, 5)).then(|| millis(&mut rng, 0..40));
            left -= if again.is_some() { 2 } else { 1 };
            let blow = Blow::Kill { pause: millis(&mut rng, 0..100), again };
            planned.push(Planned { after_effects: percent(jobs, rng.random_range(0..95)), blow });
        }
        if has_disk {
            let blow = Blow::FillDisk { hold: millis(&mut rng, 1_000..3_000) };
            planned.push(Planned { after_effects: percent(jobs, rng.random_range(20..50)), blow });
        }
        planned.sort_by_key(|planned| planned.after_effects);
        Self(planned)
    }
}

fn millis(rng: &mut StdRng, range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(rng.random_range(range))
}

fn percent(jobs: u64, percent: u64) -> u64 {
    jobs.saturating_mul(percent) / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kills(plan: &Plan) -> u32 {
        let count = |planned: &Planned| match planned.blow {
            Blow::Kill { pause: _, again } => 1 + u32::from(again.is_some()),
            Blow::FillDisk { hold: _ } => 0,
        };
        plan.0.iter().map(count).sum()
    }

    #[test]
    fn the_same_seed_gives_the_same_plan_with_all_that_was_asked_for() {
        for seed in 0..50 {
            let plan = Plan::draw(seed, 20_000, 30, true);

            assert_eq!(plan, Plan::draw(seed, 20_000, 30, true));
            assert_eq!(kills(&plan), 30);
            let disks = plan.0.iter().filter(|planned| matches!(planned.blow, Blow::FillDisk { .. }));
            assert_eq!(disks.count(), 1);
            assert!(plan.0.is_sorted_by_key(|planned| planned.after_effects));
        }
        assert_ne!(Plan::draw(1, 20_000, 30, true), Plan::draw(2, 20_000, 30, true));
    }
}

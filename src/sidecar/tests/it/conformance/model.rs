//! Random lives against a simple model of the queue: what is submitted, leased, renewed, given back, ended, crashed,
//! expired, cancelled, replayed, told and erased, in any order and at any time, by two daemons. Whatever is found is
//! shrunk and printed by proptest.

mod run;
mod step;

use std::sync::Arc;
use std::time::Duration;

use platen_testkit::MockClock;
use proptest::collection::vec;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::Fixture;
use run::{History, Run};
use step::any_step;

/// Crashes after which a job is poison.
const POISON_AFTER: u32 = 3;

/// How long a lease holds.
const LEASE: Duration = Duration::from_secs(30);

/// The daemons that share the store.
const OWNERS: [&str; 2] = ["a", "b"];

/// Threads that take lives, each in a store of its own.
const LANES: u32 = 2;

pub(crate) async fn random_lives_follow_the_model(fixture: Fixture) {
    let (cases, mut lanes) = (fixture.lives / LANES, JoinSet::new());
    for lane in 1..LANES {
        let another = (fixture.open)().await;
        take_lives(&mut lanes, another, cases, lane);
    }
    take_lives(&mut lanes, fixture, cases, 0);
    // What one lane finds must not cut another one off.
    let mut ended = Vec::new();
    while let Some(lane) = lanes.join_next().await {
        ended.push(lane);
    }
    for lane in ended {
        lane.unwrap();
    }
}

/// Takes lives that no other lane takes.
fn take_lives(lanes: &mut JoinSet<()>, fixture: Fixture, cases: u32, lane: u32) {
    let handle = Handle::current();
    let run = move || {
        let (clock, history) = (Arc::new(MockClock::new()), History::default());
        let mut config = Config { cases, failure_persistence: None, ..Config::default() };
        if let RngSeed::Fixed(seed) = config.rng_seed {
            config.rng_seed = RngSeed::Fixed(seed.wrapping_add(u64::from(lane)));
        }
        let outcome = TestRunner::new(config).run(&vec(any_step(), 1..40), |steps| {
            handle.block_on(async {
                let mut run = Run::begin(&fixture, &clock, &history).await;
                for step in &steps {
                    run.step(step).await?;
                }
                run.check().await
            })
        });
        if let Err(error) = outcome {
            panic!("{error}");
        }
    };
    lanes.spawn_blocking(run);
}

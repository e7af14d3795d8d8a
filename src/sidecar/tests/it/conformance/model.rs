//! Random lives against a simple model of the queue: what is submitted, leased, renewed, given back, ended, crashed,
//! expired, cancelled, replayed, told and erased, in any order and at any time, by two daemons. Whatever is found is
//! shrunk and printed by proptest.

mod run;
mod step;

use std::sync::Arc;
use std::time::Duration;

use platen_testkit::MockClock;
use proptest::collection::vec;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Handle;

use super::Fixture;
use run::{History, Run};
use step::any_step;

/// Crashes after which a job is poison.
const POISON_AFTER: u32 = 3;

/// How long a lease holds.
const LEASE: Duration = Duration::from_secs(30);

/// The daemons that share the store.
const OWNERS: [&str; 2] = ["a", "b"];

pub(crate) async fn random_lives_follow_the_model(fixture: Fixture) {
    let handle = Handle::current();
    let run = move || {
        let (clock, history) = (Arc::new(MockClock::new()), History::default());
        let config = Config { cases: fixture.lives, failure_persistence: None, ..Config::default() };
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
    tokio::task::spawn_blocking(run).await.unwrap();
}

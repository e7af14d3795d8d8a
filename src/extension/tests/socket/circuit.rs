//! What a worker, and all workers together, remember of a daemon that did not answer.

use std::time::Duration;

use crate::extension::socket::{Circuit, Health, Lesson};

const PAUSE: Duration = Duration::from_secs(10);
const PAUSE_MICROS: u64 = 10_000_000;

fn shared() -> &'static Health {
    Box::leak(Box::default())
}

#[test]
fn a_worker_does_not_ask_again_after_one_failure() {
    let mut circuit = Circuit::default();
    assert_eq!(circuit.retry_after(PAUSE), None);

    circuit.fail(Lesson::ForAll);

    assert!(circuit.retry_after(PAUSE).is_some_and(|left| left <= PAUSE));
    assert_eq!(circuit.retry_after(Duration::ZERO), None);
    circuit.succeed();
    assert_eq!(circuit.retry_after(PAUSE), None);
}

#[test]
fn three_failures_in_a_row_are_known_to_all_workers() {
    let health = shared();
    let [mut first, mut second, other] = [(); 3].map(|()| Circuit::with(Some(health)));

    first.fail(Lesson::ForAll);
    second.fail(Lesson::ForAll);
    assert_eq!(other.retry_after(PAUSE), None);
    second.fail(Lesson::ForAll);

    assert!(other.retry_after(PAUSE).is_some());
}

#[test]
fn an_answer_to_one_worker_is_good_news_for_all() {
    let health = shared();
    let [mut first, mut second, other] = [(); 3].map(|()| Circuit::with(Some(health)));
    for _ in 0..3 {
        first.fail(Lesson::ForAll);
    }

    second.succeed();

    assert_eq!(other.retry_after(PAUSE), None);
}

#[test]
fn a_failure_that_is_no_silence_stops_nobody_else() {
    let health = shared();
    let [mut refused, other] = [(); 2].map(|()| Circuit::with(Some(health)));

    for _ in 0..9 {
        refused.fail(Lesson::ForThisWorker);
    }

    assert!(refused.retry_after(PAUSE).is_some());
    assert_eq!(other.retry_after(PAUSE), None);
}

#[test]
fn after_the_pause_one_worker_goes_to_see() {
    let health = shared();
    for _ in 0..3 {
        health.fail(1);
    }

    assert_eq!(health.retry_after(|| PAUSE_MICROS / 4 + 1, PAUSE), Some(PAUSE * 3 / 4));
    assert_eq!(health.retry_after(|| PAUSE_MICROS + 1, PAUSE), None);
    assert_eq!(health.retry_after(|| PAUSE_MICROS + 1, PAUSE), Some(PAUSE));
    assert_eq!(health.retry_after(|| 2 * PAUSE_MICROS + 1, PAUSE), None);
}

#[test]
fn daemons_are_told_apart_by_their_path() {
    Health::share();

    let [one, same, other] = ["/run/one.sock", "/run/one.sock", "/run/two.sock"].map(Health::of);

    let [one, same, other] = [one, same, other].map(Option::unwrap);
    assert!(std::ptr::eq(one, same));
    assert!(!std::ptr::eq(one, other));
}

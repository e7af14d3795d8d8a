use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn settings() -> BreakerSettings {
    BreakerSettings {
        window: SECOND * 10,
        min_calls: 4,
        failure_percent: 50,
        failures_in_a_row: 3,
        open: Backoff::new(SECOND * 2, 2, SECOND * 60, 0).unwrap(),
        probes: 2,
        probe_timeout: SECOND * 5,
        ramp: SECOND * 20,
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_000_000 + seconds)
}

/// A breaker that tripped at second 0.
fn tripped() -> Breaker {
    let mut breaker = Breaker::new(settings()).unwrap();
    for _ in 0..3 {
        call(&mut breaker, at(0), CallEnd::Failed);
    }
    assert_eq!(breaker.status(at(0)), BreakerStatus::Open);
    breaker
}

fn call(breaker: &mut Breaker, now: Timestamp, end: CallEnd) {
    let permit = breaker.admit(now).unwrap();
    breaker.end(permit, end, now);
}

#[test]
fn failures_in_a_row_trip_it_and_a_success_between_does_not() {
    let mut breaker = Breaker::new(BreakerSettings { failure_percent: 100, ..settings() }).unwrap();
    for end in [CallEnd::Failed, CallEnd::Failed, CallEnd::Succeeded, CallEnd::Failed, CallEnd::Failed] {
        call(&mut breaker, at(0), end);
    }
    assert_eq!(breaker.status(at(0)), BreakerStatus::Closed);

    call(&mut breaker, at(0), CallEnd::Failed);

    assert_eq!(breaker.status(at(0)), BreakerStatus::Open);
}

#[test]
fn the_rate_trips_it_once_there_are_enough_calls_in_the_window() {
    let mut breaker = Breaker::new(BreakerSettings { failures_in_a_row: 100, ..settings() }).unwrap();
    for end in [CallEnd::Failed, CallEnd::Succeeded, CallEnd::Succeeded] {
        call(&mut breaker, at(0), end);
    }
    assert_eq!(breaker.status(at(0)), BreakerStatus::Closed);

    call(&mut breaker, at(9), CallEnd::Failed);

    assert_eq!(breaker.status(at(9)), BreakerStatus::Open);
}

#[test]
fn old_failures_are_forgotten() {
    let mut breaker = Breaker::new(BreakerSettings { failures_in_a_row: 100, ..settings() }).unwrap();
    for end in [CallEnd::Failed, CallEnd::Succeeded, CallEnd::Succeeded] {
        call(&mut breaker, at(0), end);
    }

    call(&mut breaker, at(11), CallEnd::Failed);

    assert_eq!(breaker.status(at(11)), BreakerStatus::Closed);
}

#[test]
fn an_open_breaker_says_when_to_come_back() {
    let mut breaker = tripped();

    assert_eq!(breaker.admit(at(0)), Err(Refused { retry_after: SECOND * 2 }));
    assert_eq!(breaker.admit(at(1)), Err(Refused { retry_after: SECOND }));
    assert!(breaker.admit(at(2)).is_ok());
}

#[test]
fn only_so_many_probes_are_under_way_and_all_must_succeed() {
    let mut breaker = tripped();
    let first = breaker.admit(at(2)).unwrap();
    let second = breaker.admit(at(2)).unwrap();
    assert!(breaker.admit(at(2)).is_err());

    breaker.end(first, CallEnd::Succeeded, at(3));
    assert_eq!(breaker.status(at(3)), BreakerStatus::HalfOpen);
    assert!(breaker.admit(at(3)).is_err());
    breaker.end(second, CallEnd::Succeeded, at(3));

    assert_eq!(breaker.status(at(3)), BreakerStatus::Recovering);
}

#[test]
fn a_failed_probe_opens_it_for_longer() {
    let mut breaker = tripped();
    call(&mut breaker, at(2), CallEnd::Failed);

    assert_eq!(breaker.admit(at(2)), Err(Refused { retry_after: SECOND * 4 }));
}

#[test]
fn an_abandoned_probe_makes_room_for_another() {
    let mut breaker = tripped();
    for _ in 0..10 {
        call(&mut breaker, at(2), CallEnd::Abandoned);
    }

    assert_eq!(breaker.status(at(2)), BreakerStatus::HalfOpen);
}

#[test]
fn a_probe_that_is_never_heard_of_again_does_not_block_it() {
    let mut breaker = tripped();
    let lost = [breaker.admit(at(2)).unwrap(), breaker.admit(at(2)).unwrap()];
    assert!(breaker.admit(at(6)).is_err());

    let next = breaker.admit(at(7)).unwrap();

    // The end of a lost one says nothing any more.
    for permit in lost {
        breaker.end(permit, CallEnd::Failed, at(7));
    }
    assert_eq!(breaker.status(at(7)), BreakerStatus::HalfOpen);
    breaker.end(next, CallEnd::Abandoned, at(7));
}

#[test]
fn a_call_from_before_the_trip_says_nothing_after_it() {
    let mut breaker = Breaker::new(settings()).unwrap();
    let slow = breaker.admit(at(0)).unwrap();
    for _ in 0..3 {
        call(&mut breaker, at(0), CallEnd::Failed);
    }
    let probe = breaker.admit(at(2)).unwrap();

    breaker.end(slow, CallEnd::Failed, at(2));

    assert_eq!(breaker.status(at(2)), BreakerStatus::HalfOpen);
    breaker.end(probe, CallEnd::Abandoned, at(2));
}

/// A breaker whose probes have succeeded at second 2.
fn recovering() -> Breaker {
    let mut breaker = tripped();
    call(&mut breaker, at(2), CallEnd::Succeeded);
    call(&mut breaker, at(2), CallEnd::Succeeded);
    breaker
}

fn admitted_at_once(breaker: &mut Breaker, now: Timestamp) -> Vec<Permit> {
    std::iter::from_fn(|| breaker.admit(now).ok()).take(1_000).collect()
}

#[test]
fn each_success_allows_one_more_call_and_a_failure_halves_their_number() {
    let mut breaker = recovering();
    let mut numbers = Vec::new();
    for end in [CallEnd::Succeeded, CallEnd::Succeeded, CallEnd::Failed] {
        let permits = admitted_at_once(&mut breaker, at(3));
        numbers.push(permits.len());
        let mut permits = permits.into_iter();
        breaker.end(permits.next().unwrap(), end, at(3));
        let rest = if end == CallEnd::Failed { CallEnd::Abandoned } else { CallEnd::Succeeded };
        permits.for_each(|permit| breaker.end(permit, rest, at(3)));
    }
    numbers.push(admitted_at_once(&mut breaker, at(3)).len());

    assert_eq!(numbers, [2, 4, 8, 4]);
}

#[test]
fn after_the_ramp_all_calls_pass_and_the_next_trip_is_a_first_one() {
    let mut breaker = recovering();
    assert_eq!(admitted_at_once(&mut breaker, at(22)).len(), 1_000);

    for _ in 0..3 {
        call(&mut breaker, at(22), CallEnd::Failed);
    }

    assert_eq!(breaker.admit(at(22)), Err(Refused { retry_after: SECOND * 2 }));
}

#[test]
fn a_trip_on_the_ramp_is_longer_than_the_one_before() {
    let mut breaker = recovering();
    for _ in 0..3 {
        call(&mut breaker, at(3), CallEnd::Failed);
    }

    assert_eq!(breaker.admit(at(3)), Err(Refused { retry_after: SECOND * 4 }));
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let refused = |settings| Breaker::new(settings).map(|_| ()).unwrap_err();

    assert_eq!(refused(BreakerSettings { window: Duration::ZERO, ..settings() }), InvalidBreaker::Window);
    assert_eq!(refused(BreakerSettings { failure_percent: 0, ..settings() }), InvalidBreaker::Rate);
    assert_eq!(refused(BreakerSettings { min_calls: 0, ..settings() }), InvalidBreaker::Rate);
    assert_eq!(refused(BreakerSettings { failures_in_a_row: 0, ..settings() }), InvalidBreaker::InARow);
    assert_eq!(refused(BreakerSettings { probes: 0, ..settings() }), InvalidBreaker::Probes);
}

fn ends() -> impl Strategy<Value = CallEnd> {
    prop_oneof![Just(CallEnd::Succeeded), Just(CallEnd::Failed), Just(CallEnd::Abandoned)]
}

proptest! {
    /// Whatever happened before: while nothing is asked for long enough, the next call passes, and calls that
    /// succeed from then on close the breaker.
    #[test]
    fn it_always_comes_back_to_a_server_that_is_well(
        steps in prop::collection::vec((0_i64..8, ends(), any::<bool>()), 0..200),
    ) {
        let mut breaker = Breaker::new(settings()).unwrap();
        let mut now = 0;
        for (wait, end, is_lost) in steps {
            now += wait;
            if let Ok(permit) = breaker.admit(at(now)) && !is_lost {
                breaker.end(permit, end, at(now));
            }
        }

        now += 60;
        for _ in 0..3 {
            call(&mut breaker, at(now), CallEnd::Succeeded);
        }
        now += 20;

        prop_assert_eq!(breaker.status(at(now)), BreakerStatus::Closed);
    }

    #[test]
    fn a_server_that_fails_is_asked_less_and_less(seconds in 100_i64..2_000) {
        let mut breaker = tripped();
        let mut asked = 0;
        for second in 0..seconds {
            if let Ok(permit) = breaker.admit(at(second)) {
                asked += 1;
                breaker.end(permit, CallEnd::Failed, at(second));
            }
        }

        // After 2, 4, 8, 16, 32 and then every 60 seconds.
        prop_assert!(asked <= 6 + seconds / 60, "asked {asked} times in {seconds} s");
        prop_assert!(asked >= seconds / 60);
    }
}

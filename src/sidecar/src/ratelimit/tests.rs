use std::sync::atomic::{AtomicU32, Ordering};

use super::*;

const SECOND: u64 = 1_000_000;

fn request(cost: u32) -> RateRequest {
    RateRequest {
        site: "demo".to_owned().try_into().unwrap(),
        key: "chat:user:1".to_owned(),
        limit: 30,
        window_ms: 300_000,
        cost,
    }
}

fn other(number: usize) -> RateRequest {
    RateRequest { key: format!("other:{number}"), ..request(1) }
}

fn limiter() -> RateLimiter {
    RateLimiter::private().unwrap()
}

#[test]
fn the_whole_limit_may_come_at_once_and_then_one_per_share_of_the_window() {
    let limiter = limiter();

    for used in 1..=30 {
        let decision = limiter.take(&request(1), SECOND).unwrap();
        assert_eq!(decision, RateDecision { is_allowed: true, remaining: 30 - used, retry_after_ms: 0 });
    }

    let refused = RateDecision { is_allowed: false, remaining: 0, retry_after_ms: 10_000 };
    assert_eq!(limiter.take(&request(1), SECOND), Ok(refused));
    assert!(limiter.take(&request(1), 11 * SECOND).unwrap().is_allowed);
    assert!(!limiter.take(&request(1), 11 * SECOND).unwrap().is_allowed);
}

#[test]
fn a_refusal_takes_nothing_and_a_look_neither() {
    let limiter = limiter();
    limiter.take(&request(25), SECOND).unwrap();

    assert!(!limiter.take(&request(6), SECOND).unwrap().is_allowed);
    assert_eq!(limiter.take(&request(0), SECOND).unwrap().remaining, 5);
    assert_eq!(limiter.take(&request(5), SECOND).unwrap().remaining, 0);
}

#[test]
fn a_restart_does_not_forget_and_a_second_daemon_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("platend.limits");
    let first = RateLimiter::open(&path, 0o660, None).unwrap();
    first.take(&request(30), SECOND).unwrap();
    assert!(matches!(RateLimiter::open(&path, 0o660, None), Err(RatesError::InUse(_))));
    drop(first);

    let second = RateLimiter::open(&path, 0o660, None).unwrap();

    assert!(!second.take(&request(1), SECOND).unwrap().is_allowed);
}

#[test]
fn a_place_where_no_file_can_be_made_is_no_reason_not_to_start() {
    let limiter = RateLimiter::open(Path::new("/nonexistent/platend.limits"), 0o660, None).unwrap();

    assert!(limiter.take(&request(1), SECOND).unwrap().is_allowed);
}

#[test]
fn threads_together_never_take_more_than_the_limit() {
    let limiter = limiter();
    let allowed = AtomicU32::new(0);

    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..100 {
                    if limiter.take(&request(1), SECOND).unwrap().is_allowed {
                        allowed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });

    assert_eq!(allowed.into_inner(), 30);
}

#[test]
fn a_lowered_limit_forgives_what_is_longer_than_its_window() {
    let limiter = limiter();
    limiter.take(&request(30), SECOND).unwrap();
    let short = RateRequest { window_ms: 1_000, limit: 10, ..request(1) };

    let decision = limiter.take(&short, SECOND).unwrap();

    assert_eq!(decision, RateDecision { is_allowed: false, remaining: 0, retry_after_ms: 100 });
    assert!(limiter.take(&short, SECOND + SECOND / 10).unwrap().is_allowed, "the wait it was told is enough");
}

#[test]
fn keys_past_the_table_are_limited_too_and_memory_stays_bounded() {
    let limiter = limiter();
    let hammer = RateRequest { limit: 30, cost: 30, ..other(usize::MAX) };
    let keys = platen_limits::SLOTS + MAX_SPILLED + 20_000;

    for number in 0..keys {
        assert!(limiter.take(&other(number), SECOND).unwrap().is_allowed);
    }
    limiter.take(&hammer, SECOND).unwrap();

    assert!(!limiter.take(&hammer, SECOND).unwrap().is_allowed);
    let spilled = limiter.spilled.lock().len();
    assert!(spilled > 0 && spilled <= MAX_SPILLED, "{spilled}");
}

#[test]
fn a_key_that_found_no_place_keeps_its_debt_when_it_gets_one() {
    let limiter = limiter();
    for number in 0..platen_limits::SLOTS * 2 {
        limiter.take(&other(number), SECOND).unwrap();
    }
    let full = RateRequest { window_ms: 100_000, cost: 30, ..request(30) };
    let spilled = (0..200)
        .map(|number| RateRequest { key: format!("late:{number}"), ..full.clone() })
        .find(|late| {
            limiter.take(late, SECOND).unwrap();
            limiter.spilled.lock().contains_key(&limiter.table.key("demo", &late.key))
        })
        .expect("some key finds no place in a full table");

    // All others are full again by then.
    let decision = limiter.take(&RateRequest { cost: 1, ..spilled.clone() }, 12 * SECOND).unwrap();

    assert_eq!(decision.remaining, 2, "11 s refill three, and one is taken");
    assert!(!limiter.spilled.lock().contains_key(&limiter.table.key("demo", &spilled.key)));
}

use proptest::prelude::*;

use super::*;

const MINUTE: Duration = Duration::from_mins(1);

fn quota(limit: u32, window: Duration, cost: u32) -> Quota {
    Quota::new("key", limit, window, cost).unwrap()
}

/// Asks at these times; gives which were allowed.
fn run(quota: Quota, times: &[u64]) -> Vec<u64> {
    let mut full_at = 0;
    let mut allowed = Vec::new();
    for now in times.iter().copied() {
        let verdict = quota.decide(full_at, now);
        full_at = verdict.full_at.unwrap_or(full_at);
        if verdict.decision.is_allowed {
            allowed.push(now);
        }
    }
    allowed
}

#[test]
fn the_whole_limit_may_come_at_once_and_then_one_per_share_of_the_window() {
    let quota = quota(3, MINUTE, 1);
    let minute = 60_000_000;

    let allowed = run(quota, &[0, 0, 0, 0, minute / 3 - 1, minute / 3, minute / 3, minute]);

    assert_eq!(allowed, [0, 0, 0, minute / 3, minute]);
}

#[test]
fn a_refusal_tells_how_long_to_wait_and_takes_nothing() {
    let verdict = quota(3, MINUTE, 2).decide(40_000_000, 0);

    let decision = RateDecision { is_allowed: false, remaining: 1, retry_after_ms: 20_000 };
    assert_eq!(verdict, Verdict { decision, full_at: None });
}

#[test]
fn a_look_takes_nothing() {
    let verdict = quota(3, MINUTE, 0).decide(20_000_000, 0);

    let decision = RateDecision { is_allowed: true, remaining: 2, retry_after_ms: 0 };
    assert_eq!(verdict, Verdict { decision, full_at: None });
}

#[test]
fn a_debt_that_no_window_of_this_limit_explains_is_cut_to_the_window() {
    let verdict = quota(3, MINUTE, 1).decide(u64::MAX, 5);

    assert_eq!(verdict.full_at, Some(60_000_005));
    assert_eq!(verdict.decision.retry_after_ms, 20_000);
}

#[test]
fn senseless_requests_are_refused() {
    let refused = |key: &str, limit, window, cost| Quota::new(key, limit, window, cost).unwrap_err();

    assert_eq!(refused("", 1, MINUTE, 1), InvalidRate::Key);
    assert_eq!(refused(&"k".repeat(192), 1, MINUTE, 1), InvalidRate::Key);
    assert_eq!(refused("k", 0, MINUTE, 0), InvalidRate::Limit);
    assert_eq!(refused("k", 1, Duration::ZERO, 1), InvalidRate::Window);
    assert_eq!(refused("k", 1, Duration::MAX, 1), InvalidRate::Window);
    assert_eq!(refused("k", 1, MINUTE, 2), InvalidRate::Cost);
}

proptest! {
    /// The law that a limit stands for: what is allowed within any window is at most the burst and the refill.
    #[test]
    fn no_window_lets_more_through_than_twice_the_limit_and_no_burst_more_than_the_limit(
        limit in 1_u32..50,
        window_ms in 1_u64..5_000,
        steps in proptest::collection::vec(0_u64..2_000_000, 1..200),
    ) {
        let window = Duration::from_millis(window_ms);
        let mut now = 0;
        let times: Vec<u64> = steps.into_iter().map(|step| { now += step; now }).collect();

        let allowed = run(quota(limit, window, 1), &times);

        let interval = (window_ms * 1000 / u64::from(limit)).max(1);
        for (place, start) in allowed.iter().enumerate() {
            for (count, end) in (1_u64..).zip(&allowed[place..]) {
                let refilled = (end - start) / interval;
                prop_assert!(count <= u64::from(limit) + refilled, "{count} within {} us", end - start);
            }
        }
    }

    #[test]
    fn nothing_overflows(
        limit in 1_u32.., window_ms in any::<u64>(), cost in any::<u32>(), full_at in any::<u64>(), now in any::<u64>()
    ) {
        let window = Duration::from_millis(window_ms % (31 * 24 * 3_600_000) + 1);
        if let Ok(quota) = Quota::new("k", limit, window, cost) {
            let verdict = quota.decide(full_at, now);
            prop_assert!(verdict.decision.remaining <= limit);
            prop_assert_eq!(verdict.decision.is_allowed, verdict.decision.retry_after_ms == 0);
        }
    }
}

use std::sync::atomic::{AtomicU32, Ordering};

use platen_core::clock::Clock;
use platen_testkit::MockClock;

use super::*;

#[derive(Default)]
struct MemoryStore(Mutex<Vec<Bucket>>);

impl BucketStore for MemoryStore {
    fn load_buckets(&self, now: Timestamp) -> StoreFuture<'_, Vec<Bucket>> {
        Box::pin(
            async move { Ok(self.0.lock().iter().filter(|bucket| bucket.full_at > now).cloned().collect()) },
        )
    }

    fn save_buckets(&self, buckets: Vec<Bucket>) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            *self.0.lock() = buckets;
            Ok(())
        })
    }
}

fn request(cost: u32) -> RateRequest {
    RateRequest {
        site: "demo".to_owned().try_into().unwrap(),
        key: "chat:user:1".to_owned(),
        limit: 30,
        window_ms: 300_000,
        cost,
    }
}

async fn limiter(store: &Arc<MemoryStore>, clock: &MockClock) -> RateLimiter {
    RateLimiter::load(Arc::clone(store) as Arc<dyn BucketStore>, clock.now()).await.unwrap()
}

#[tokio::test]
async fn the_whole_limit_may_come_at_once_and_then_one_per_share_of_the_window() {
    let (store, clock) = (Arc::default(), MockClock::new());
    let limiter = limiter(&store, &clock).await;

    for used in 1..=30 {
        let decision = limiter.take(&request(1), clock.now()).unwrap();
        assert_eq!(decision, RateDecision { is_allowed: true, remaining: 30 - used, retry_after_ms: 0 });
    }

    let refused = RateDecision { is_allowed: false, remaining: 0, retry_after_ms: 10_000 };
    assert_eq!(limiter.take(&request(1), clock.now()), Ok(refused));
    clock.advance(Duration::from_secs(10));
    assert!(limiter.take(&request(1), clock.now()).unwrap().is_allowed);
    assert!(!limiter.take(&request(1), clock.now()).unwrap().is_allowed);
}

#[tokio::test]
async fn a_refusal_takes_nothing_and_a_look_neither() {
    let (store, clock) = (Arc::default(), MockClock::new());
    let limiter = limiter(&store, &clock).await;
    limiter.take(&request(25), clock.now()).unwrap();

    assert!(!limiter.take(&request(6), clock.now()).unwrap().is_allowed);
    assert_eq!(limiter.take(&request(0), clock.now()).unwrap().remaining, 5);
    assert_eq!(limiter.take(&request(5), clock.now()).unwrap().remaining, 0);
}

#[tokio::test]
async fn a_restart_does_not_forget() {
    let (store, clock) = (Arc::default(), MockClock::new());
    let first = limiter(&store, &clock).await;
    first.take(&request(30), clock.now()).unwrap();
    first.save().await.unwrap();

    let second = limiter(&store, &clock).await;

    assert!(!second.take(&request(1), clock.now()).unwrap().is_allowed);
}

#[tokio::test]
async fn threads_together_never_take_more_than_the_limit() {
    let (store, clock) = (Arc::default(), MockClock::new());
    let limiter = limiter(&store, &clock).await;
    let allowed = AtomicU32::new(0);

    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..100 {
                    if limiter.take(&request(1), clock.now()).unwrap().is_allowed {
                        allowed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });

    assert_eq!(allowed.into_inner(), 30);
}

#[tokio::test]
async fn a_lowered_limit_forgives_what_is_longer_than_its_window() {
    let (store, clock) = (Arc::default(), MockClock::new());
    let limiter = limiter(&store, &clock).await;
    limiter.take(&request(30), clock.now()).unwrap();

    let short = RateRequest { window_ms: 1_000, limit: 10, ..request(1) };
    let decision = limiter.take(&short, clock.now()).unwrap();

    assert_eq!(decision, RateDecision { is_allowed: false, remaining: 0, retry_after_ms: 100 });
}

#[tokio::test]
async fn memory_stays_bounded_and_the_heaviest_users_stay_known() {
    let (store, clock) = (Arc::default(), MockClock::new());
    let limiter = limiter(&store, &clock).await;
    limiter.take(&request(30), clock.now()).unwrap();

    for number in 0..MAX_BUCKETS + 10 {
        limiter.take(&RateRequest { key: format!("other:{number}"), ..request(1) }, clock.now()).unwrap();
    }

    assert!(limiter.buckets.lock().full_at.len() <= MAX_BUCKETS);
    assert!(!limiter.take(&request(1), clock.now()).unwrap().is_allowed);
}

#[tokio::test]
async fn senseless_requests_are_refused() {
    let (store, clock) = (Arc::default(), MockClock::new());
    let limiter = limiter(&store, &clock).await;
    let take = |request| limiter.take(&request, clock.now()).unwrap_err();

    assert_eq!(take(RateRequest { key: String::new(), ..request(1) }), InvalidRate::Key);
    assert_eq!(take(RateRequest { limit: 0, cost: 0, ..request(1) }), InvalidRate::Limit);
    assert_eq!(take(RateRequest { window_ms: 0, ..request(1) }), InvalidRate::Window);
    assert_eq!(take(RateRequest { window_ms: u64::MAX, ..request(1) }), InvalidRate::Window);
    assert_eq!(take(request(31)), InvalidRate::Cost);
}

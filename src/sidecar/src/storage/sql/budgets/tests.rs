//! The promises of `BudgetStore`, kept by SQLite.

use platen_core::budget::{BudgetPeriod, BudgetUnit};
use tempfile::TempDir;

use super::*;
use crate::config::DatabaseConfig;

const DAY: i64 = 86_400;

struct Fixture {
    store: Store,
    _dir: TempDir,
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn site() -> SiteId {
    "one".to_owned().try_into().unwrap()
}

fn request(id: &str, amount: u64) -> BudgetRequest {
    BudgetRequest {
        site: site(),
        key: "user:1".to_owned(),
        unit: BudgetUnit::Tokens,
        period: BudgetPeriod::Day,
        limit: 100,
        amount,
        reservation_id: id.to_owned(),
        ttl_s: 60,
    }
}

impl Fixture {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { store: Store::open(&DatabaseConfig::Sqlite, dir.path(), at(0)).unwrap(), _dir: dir }
    }

    async fn ask(&self, request: BudgetRequest, now: i64) -> Reserved {
        let began_at = now - now.rem_euclid(DAY);
        let period = Period { began_at: at(began_at), ends_at: at(began_at + DAY) };
        self.store.reserve(request, period, at(now)).await.unwrap()
    }

    async fn reserve(&self, id: &str, amount: u64, now: i64) -> Reservation {
        match self.ask(request(id, amount), now).await {
            Reserved::Decided(reservation) => reservation,
            Reserved::Conflict => panic!("{id} conflicts"),
        }
    }

    async fn settle(&self, id: &str, amount: u64, now: i64) -> Option<Settlement> {
        let request = SettleRequest { site: site(), reservation_id: id.to_owned(), amount };
        self.store.settle(request, at(now)).await.unwrap()
    }
}

#[tokio::test]
async fn what_is_held_counts_as_spent() {
    let fixture = Fixture::new();

    let first = fixture.reserve("a", 60, 10).await;
    let second = fixture.reserve("b", 60, 20).await;
    let third = fixture.reserve("c", 40, 20).await;

    assert_eq!((first.is_allowed, first.remaining, first.expires_at), (true, 40, Some(at(70))));
    assert_eq!((second.is_allowed, second.remaining, second.expires_at), (false, 40, None));
    assert_eq!(second.retry_after_ms, 50_000, "the first one expires then");
    assert_eq!((third.is_allowed, third.remaining, third.retry_after_ms), (true, 0, 0));
}

#[tokio::test]
async fn an_id_holds_once() {
    let fixture = Fixture::new();
    fixture.reserve("a", 60, 10).await;

    let again = fixture.reserve("a", 60, 20).await;

    let seen = (again.is_allowed, again.is_duplicate, again.remaining, again.expires_at);
    assert_eq!(seen, (true, true, 40, Some(at(70))));
    for other in [
        request("a", 59),
        BudgetRequest { key: "user:2".to_owned(), ..request("a", 60) },
        BudgetRequest { unit: BudgetUnit::Microusd, ..request("a", 60) },
        BudgetRequest { period: BudgetPeriod::Hour, ..request("a", 60) },
    ] {
        assert_eq!(fixture.ask(other, 20).await, Reserved::Conflict);
    }
}

#[tokio::test]
async fn the_real_amount_is_booked_once() {
    let fixture = Fixture::new();
    fixture.reserve("a", 60, 10).await;

    let first = fixture.settle("a", 75, 20).await.unwrap();
    let second = fixture.settle("a", 5, 21).await.unwrap();

    assert_eq!((first.amount, first.spent, first.is_duplicate), (75, 75, false));
    assert_eq!((second.amount, second.spent, second.is_duplicate), (75, 75, true));
    assert_eq!(fixture.reserve("b", 25, 30).await.remaining, 0);
    assert_eq!(fixture.settle("unheard-of", 1, 20).await, None);
}

#[tokio::test]
async fn an_amount_that_nobody_settles_is_free_again_but_a_late_bill_is_still_paid() {
    let fixture = Fixture::new();
    fixture.reserve("a", 100, 10).await;
    assert!(!fixture.reserve("b", 1, 69).await.is_allowed);

    assert!(fixture.reserve("b", 30, 70).await.is_allowed);
    let late = fixture.settle("a", 90, 80).await.unwrap();

    assert_eq!((late.spent, late.is_duplicate), (90, false));
    let over = fixture.reserve("c", 1, 90).await;
    assert_eq!((over.is_allowed, over.remaining), (false, 0), "spent and held are more than the limit");
    assert_eq!(over.retry_after_ms, 40_000);
    let settled = fixture.reserve("a", 100, 95).await;
    assert!(settled.is_allowed && settled.is_duplicate, "it was paid for");
}

#[tokio::test]
async fn an_expired_id_may_hold_once_more_if_there_is_room() {
    let fixture = Fixture::new();
    fixture.reserve("a", 60, 10).await;

    let renewed = fixture.reserve("a", 60, 100).await;
    assert_eq!((renewed.is_allowed, renewed.expires_at, renewed.remaining), (true, Some(at(160)), 40));
    fixture.reserve("b", 60, 200).await;

    assert!(!fixture.reserve("a", 60, 201).await.is_allowed);
}

#[tokio::test]
async fn a_period_begins_with_nothing_spent_and_pays_for_its_own() {
    let fixture = Fixture::new();
    fixture.reserve("a", 100, 10).await;
    fixture.settle("a", 100, 20).await;
    let refused = fixture.reserve("b", 1, DAY - 10).await;
    assert_eq!((refused.is_allowed, refused.retry_after_ms), (false, 10_000));

    assert!(fixture.reserve("b", 100, DAY).await.is_allowed);
}

#[tokio::test]
async fn budgets_that_ended_long_ago_go_with_their_reservations() {
    let fixture = Fixture::new();
    fixture.reserve("a", 1, 10).await;
    fixture.reserve("b", 1, 2 * DAY).await;

    assert_eq!(fixture.store.sweep_budgets(at(2 * DAY)).await.unwrap(), 1);

    assert_eq!(fixture.settle("a", 1, 2 * DAY).await, None);
    assert!(fixture.settle("b", 1, 2 * DAY).await.is_some());
}

#[tokio::test]
async fn many_at_once_never_hold_more_than_there_is() {
    let fixture = Fixture::new();
    let names: Vec<String> = (0..64).map(|number| format!("r{number}")).collect();

    let asked = futures_util::future::join_all(names.iter().map(|name| fixture.reserve(name, 7, 10))).await;

    assert_eq!(asked.iter().filter(|reservation| reservation.is_allowed).count(), 14);
}

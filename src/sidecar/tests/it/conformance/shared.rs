//! What holds when several daemons share one PostgreSQL: two stores, each with connections of its own.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use platen_core::budget::{BudgetPeriod, BudgetUnit};
use platen_core::job::JobId;
use platen_core::wire::BudgetRequest;
use platen_sidecar::budgets::{BudgetStore, Period, Reserved};
use platen_sidecar::jobs::schedule::{self, Limits};
use platen_sidecar::jobs::store::{Fenced, JobStore, NewJob, Policy, Submitted, WorkStore};
use platen_sidecar::sites::{NewSite, SiteSecrets, SiteStore};
use platen_sidecar::storage::{OwnerError, Store, Wakes};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::fixture::{at, chat, completed, new_job, request, site, spec};
use crate::postgres::Database;

/// No step takes this long, on however busy a machine.
const PATIENCE: Duration = Duration::from_mins(1);

struct Pair {
    stores: [Store; 2],
    database: Database,
}

impl Pair {
    async fn new() -> Self {
        let database = Database::new().await;
        let dir = tempfile::tempdir().unwrap();
        let open = || Store::open(&database.settings(), dir.path(), at(0)).unwrap();
        let stores = [open(), open()];
        let secrets = SiteSecrets::from_random([1; 32], [2; 32]);
        let new = NewSite { id: site("one"), url: "https://example.com".to_owned(), secrets };
        stores[0].add_site(new, at(0)).await.unwrap();
        Self { stores, database }
    }

    /// A handle to each of the two in turn.
    fn store(&self, number: usize) -> Store {
        self.stores[number % 2].clone()
    }
}

fn policy(per_site: Option<usize>) -> Policy {
    schedule::policy(Limits { slots: 1000, site: per_site, ..Limits::default() })
}

/// The job of this number, of one of three users.
fn job(number: u8) -> NewJob {
    let mut spec = spec(number);
    spec.subject = Some(format!("user:{}", number % 3));
    spec.work = chat(&format!("question {number}"));
    new_job("one", spec)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_job_is_run_once_whoever_takes_it() {
    const JOBS: u8 = 120;
    let pair = Pair::new().await;
    let mut submits = JoinSet::new();
    for batch in 0..JOBS / 10 {
        let store = pair.store(batch.into());
        let mut jobs: Vec<NewJob> = (0..10).map(|place| job(batch * 10 + place)).collect();
        if batch % 2 == 0 {
            // The users in another order: whoever waits for whom, both end.
            jobs.reverse();
        }
        submits.spawn(async move { store.submit(jobs, at(10)).await.unwrap() });
    }
    let kept: usize = timeout(PATIENCE, submits.join_all()).await.unwrap().iter().map(Vec::len).sum();
    assert_eq!(kept, usize::from(JOBS));

    let mut workers = JoinSet::new();
    for number in 0..6 {
        let store = pair.store(number);
        workers.spawn(async move {
            let (policy, mut ran): (Policy, Vec<JobId>) = (policy(None), Vec::new());
            loop {
                let asked = request(["a", "b"][number % 2], 3, 11);
                let leased = store.lease(asked, Arc::clone(&policy)).await.unwrap().jobs;
                if leased.is_empty() {
                    return ran;
                }
                for job in leased {
                    let id = job.lease.job_id.clone();
                    assert_eq!(
                        store.complete(job.lease, at(12), completed()).await.unwrap().fenced(),
                        Fenced::Held
                    );
                    ran.push(id);
                }
            }
        });
    }
    let mut ran = timeout(PATIENCE, workers.join_all()).await.unwrap().concat();
    // A job whose row was held for a moment was passed over.
    let rest = pair.stores[0].lease(request("a", 1000, 13), policy(None)).await.unwrap().jobs;
    ran.extend(rest.into_iter().map(|job| job.lease.job_id));
    assert_eq!(ran.len(), usize::from(JOBS));
    assert_eq!(ran.iter().collect::<HashSet<_>>().len(), usize::from(JOBS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_limit_holds_over_all_daemons() {
    let pair = Pair::new().await;
    pair.stores[0].submit((0..20).map(job).collect(), at(10)).await.unwrap();
    let mut asking = JoinSet::new();
    for number in 0..8 {
        let store = pair.store(number);
        let owner = ["a", "b"][number % 2];
        asking.spawn(async move {
            store.lease(request(owner, 10, 11), policy(Some(3))).await.unwrap().jobs.len()
        });
    }

    let leased: usize = timeout(PATIENCE, asking.join_all()).await.unwrap().into_iter().sum();

    assert_eq!(leased, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_same_input_is_one_job_whoever_accepts_it() {
    let pair = Pair::new().await;
    let mut submits = JoinSet::new();
    for number in 0..8_u8 {
        let store = pair.store(number.into());
        let mut spec = spec(number);
        spec.subject = Some("user:1".to_owned());
        submits.spawn(async move { store.submit(vec![new_job("one", spec)], at(10)).await.unwrap() });
    }

    let kept = timeout(PATIENCE, submits.join_all()).await.unwrap().concat();

    let is_first = |kept: &&Submitted| matches!(kept, Submitted::Kept(receipt) if !receipt.is_duplicate);
    assert_eq!(kept.iter().filter(is_first).count(), 1, "{kept:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_budget_holds_over_all_daemons() {
    let pair = Pair::new().await;
    let mut asking = JoinSet::new();
    for number in 0..20 {
        let store = pair.store(number);
        let request = BudgetRequest {
            site: site("one"),
            key: "user:1".to_owned(),
            unit: BudgetUnit::Tokens,
            period: BudgetPeriod::Day,
            limit: 100,
            amount: 10,
            // Each is asked for twice.
            reservation_id: format!("reservation-{}", number / 2),
            ttl_s: 60,
        };
        let period = Period { began_at: at(0), ends_at: at(86_400) };
        asking.spawn(async move { store.reserve(request, period, at(10)).await.unwrap() });
    }

    let reserved = timeout(PATIENCE, asking.join_all()).await.unwrap();

    let count = |is_duplicate: bool| {
        let is_such = |reserved: &&Reserved| matches!(reserved, Reserved::Decided(found) if found.is_allowed && found.is_duplicate == is_duplicate);
        reserved.iter().filter(is_such).count()
    };
    assert_eq!((count(false), count(true)), (10, 10), "{reserved:?}");
}

#[tokio::test]
async fn a_name_belongs_to_one_daemon() {
    let pair = Pair::new().await;
    let first = pair.stores[0].hold(None, "a", Duration::ZERO).await.unwrap();
    let _other = pair.stores[1].hold(None, "b", Duration::ZERO).await.unwrap();

    let refused = pair.stores[1].hold(None, "a", Duration::ZERO).await.err().unwrap();

    assert!(matches!(refused, OwnerError::InUse(_)), "{refused:?}");
    assert!(refused.to_string().contains("jobs.owner"), "{refused}");
    drop(first);
    pair.stores[1].hold(None, "a", Duration::ZERO).await.unwrap();
}

#[tokio::test]
async fn what_one_daemon_commits_wakes_the_other() {
    let pair = Pair::new().await;
    let (wakes, draining) = ([Wakes::default(), Wakes::default()], CancellationToken::new());
    let mut hearing = JoinSet::new();
    for (number, owner) in ["a", "b"].into_iter().enumerate() {
        let tenure = pair.stores[number].hold(None, owner, Duration::ZERO).await.unwrap();
        let (wakes, draining) = (wakes[number].clone(), draining.clone());
        hearing.spawn(async move { tenure.hear(wakes, draining).await });
    }

    pair.stores[1].submit(vec![job(1)], at(10)).await.unwrap();
    timeout(PATIENCE, wakes[0].work.notified()).await.expect("news of work");
    let leased = pair.stores[0].lease(request("a", 1, 11), policy(None)).await.unwrap().jobs.pop().unwrap();
    assert_eq!(
        pair.stores[0].complete(leased.lease, at(12), completed()).await.unwrap().fenced(),
        Fenced::Held
    );
    timeout(PATIENCE, wakes[1].deliveries.notified()).await.expect("news of a delivery");

    draining.cancel();
    timeout(PATIENCE, hearing.join_all()).await.unwrap();
}

#[tokio::test]
async fn lost_connections_are_opened_again() {
    let pair = Pair::new().await;
    let store = &pair.stores[0];
    let tenure = store.hold(None, "a", Duration::ZERO).await.unwrap();
    let (wakes, draining) = (Wakes::default(), CancellationToken::new());
    let mut hearing = JoinSet::new();
    hearing.spawn({
        let (wakes, draining) = (wakes.clone(), draining.clone());
        async move { tenure.hear(wakes, draining).await }
    });
    store.probe().await.unwrap();
    store.counts().await.unwrap();

    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND pid <> pg_backend_pid()";
    assert!(pair.database.rows(cut).await.len() >= 3, "changes, queries and the name have connections");

    store.probe().await.unwrap();
    store.counts().await.unwrap();
    // Whoever lost the connection takes everything for news.
    timeout(PATIENCE, wakes.work.notified()).await.expect("the connection is back");
    let refused = pair.stores[1].hold(None, "a", Duration::ZERO).await.err().unwrap();
    assert!(matches!(refused, OwnerError::InUse(_)), "{refused:?}");
    draining.cancel();
}

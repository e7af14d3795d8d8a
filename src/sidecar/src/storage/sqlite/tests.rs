//! The promises of the store traits, kept by SQLite.

use std::time::Duration;

use platen_core::code::ErrorCode;
use platen_core::job::{
    Answer, ChatPayload, JobError, JobId, JobSpec, JobStatus, Message, Role, SiteId, Usage, Work,
};
use platen_core::wire::{JobRef, Submit};
use tempfile::TempDir;

use super::*;
use crate::jobs::store::{
    AfterFailure, Changed, Completed, Failed, Fenced, JobStore, Lease, LeasedJob, Orphans, Submitted,
    WorkStore,
};
use crate::sites::{NewSite, SiteSecrets, SiteStore};
use crate::streaming::tokens::TokenStore;
use crate::webhooks::store::{Delivery, DeliveryFailure, DeliveryStore, DueFilter};

/// A store in a directory of its own, with two sites.
struct Fixture {
    store: SqliteStore,
    dir: TempDir,
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn site(id: &str) -> SiteId {
    id.to_owned().try_into().unwrap()
}

impl Fixture {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path(), at(0)).unwrap();
        for id in ["one", "two"] {
            let secrets = SiteSecrets::from_random([1; 32], [2; 32]);
            let new = NewSite { id: site(id), url: "https://example.com".to_owned(), secrets };
            store.add_site(new, at(0)).await.unwrap();
        }
        Self { store, dir }
    }

    /// Submits a job of this number at this second.
    async fn submit(&self, owner: &str, number: u8, now: i64) -> JobRef {
        let job = spec(number);
        let reference = JobRef { site: site(owner), job_id: job.id.clone() };
        let outcome = self.store.submit(Submit { site: site(owner), job }, at(now)).await.unwrap();
        assert!(matches!(outcome, Submitted::Kept(_)));
        reference
    }

    async fn lease_one(&self, now: i64) -> LeasedJob {
        let mut leased = self.store.lease(at(now), at(now + 30), 1).await.unwrap();
        leased.pop().expect("a job is due")
    }

    async fn status(&self, job: &JobRef) -> JobStatus {
        self.store.snapshot(job.clone()).await.unwrap().unwrap().status
    }

    async fn deliveries(&self, now: i64, limit_per_site: usize, skip_sites: Vec<SiteId>) -> Vec<Delivery> {
        let filter = DueFilter { limit: 100, limit_per_site, skip_sites };
        self.store.due(at(now), filter).await.unwrap()
    }

    /// Runs a query outside the store's own code.
    fn count(&self, query: &str) -> i64 {
        let connection = Connection::open(self.dir.path().join(FILE_NAME)).unwrap();
        connection.query_row(query, [], |row| row.get(0)).unwrap()
    }
}

fn spec(number: u8) -> JobSpec {
    JobSpec {
        id: JobId::generate(at(1_000), [number; 10]),
        idempotency_key: format!("key-{number}"),
        request_id: format!("request-{number}"),
        traceparent: None,
        prompt_hash: None,
        subject: None,
        created_at: at(1),
        work: Work::Chat(ChatPayload {
            model: "default".to_owned(),
            messages: vec![Message { role: Role::User, content: "?".to_owned() }],
            max_output_tokens: Some(5),
            temperature: Some(0.5),
            cache: None,
        }),
    }
}

fn completed() -> Completed {
    let answer = Answer {
        text: "Yes.".to_owned(),
        finish_reason: "stop".to_owned(),
        model: "m".to_owned(),
        provider: "p".to_owned(),
    };
    let usage = Usage { input_tokens: 3, cost_microusd: Some(7), ..Usage::default() };
    Completed { answer, usage, hops: Vec::new() }
}

fn failed_with(next: AfterFailure) -> Failed {
    let error = JobError { code: ErrorCode::ProviderFailed, message: "it failed".to_owned() };
    let usage = Some(Usage { input_tokens: 2, is_estimate: true, ..Usage::default() });
    Failed { error, usage, hops: Vec::new(), next }
}

#[tokio::test]
async fn what_was_submitted_is_what_is_leased() {
    let fixture = Fixture::new().await;
    fixture.submit("one", 1, 10).await;

    let leased = fixture.lease_one(12).await;

    assert_eq!(leased.spec, spec(1));
    assert_eq!((leased.lease.attempt, leased.failures), (1, 0));
    assert_eq!((leased.life_began_at, leased.due_at), (at(10), at(10)));
}

#[tokio::test]
async fn a_leased_job_is_not_leased_twice() {
    let fixture = Fixture::new().await;
    fixture.submit("one", 1, 10).await;
    fixture.lease_one(10).await;

    assert!(fixture.store.lease(at(10_000), at(10_030), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_oldest_due_job_comes_first_and_a_later_one_waits() {
    let fixture = Fixture::new().await;
    fixture.submit("one", 2, 20).await;
    let first = fixture.submit("one", 1, 10).await;
    assert_eq!(WorkStore::next_due(&fixture.store).await.unwrap(), Some(at(10)));

    assert!(fixture.store.lease(at(9), at(30), 10).await.unwrap().is_empty(), "none is due yet");
    assert_eq!(fixture.lease_one(30).await.lease.job_id, first.job_id);
}

#[tokio::test]
async fn a_worker_without_its_lease_changes_nothing() {
    let fixture = Fixture::new().await;
    let job = fixture.submit("one", 1, 10).await;
    let late = fixture.lease_one(10).await.lease;
    fixture.store.recover(at(50), Orphans::OfExpiredLease, 9).await.unwrap();
    let present = fixture.lease_one(50).await.lease;
    assert_eq!(present.attempt, 2);

    let store = &fixture.store;
    assert_eq!(store.renew(late.clone(), at(99)).await.unwrap(), Fenced::Stale);
    assert_eq!(store.append(late.clone(), "late".to_owned()).await.unwrap(), Fenced::Stale);
    assert_eq!(store.complete(late.clone(), at(51), completed()).await.unwrap(), Fenced::Stale);
    assert_eq!(
        store.fail(late.clone(), at(51), failed_with(AfterFailure::Dead)).await.unwrap(),
        Fenced::Stale
    );
    assert_eq!(store.give_back(late, at(51)).await.unwrap(), Fenced::Stale);
    assert_eq!(fixture.status(&job).await, JobStatus::Running);
    assert_eq!(fixture.count("SELECT COUNT(*) FROM deliveries"), 0);

    assert_eq!(store.complete(present.clone(), at(52), completed()).await.unwrap(), Fenced::Held);
    assert_eq!(store.complete(present, at(53), completed()).await.unwrap(), Fenced::Stale, "it ends once");
    assert_eq!(fixture.count("SELECT COUNT(*) FROM deliveries"), 1);
}

#[tokio::test]
async fn a_renewed_lease_does_not_expire() {
    let fixture = Fixture::new().await;
    let job = fixture.submit("one", 1, 10).await;
    let lease = fixture.lease_one(10).await.lease;

    assert_eq!(fixture.store.renew(lease, at(100)).await.unwrap(), Fenced::Held);
    let found = fixture.store.recover(at(60), Orphans::OfExpiredLease, 9).await.unwrap();

    assert!(found.requeued.is_empty());
    assert_eq!(fixture.status(&job).await, JobStatus::Running);
}

#[tokio::test]
async fn text_survives_the_attempt_that_received_it() {
    let fixture = Fixture::new().await;
    let job = fixture.submit("one", 1, 10).await;
    let lease = fixture.lease_one(10).await.lease;
    for text in ["Hel", "lo ", "wor"] {
        assert_eq!(fixture.store.append(lease.clone(), text.to_owned()).await.unwrap(), Fenced::Held);
    }

    let next = AfterFailure::RetryAt(at(20));
    assert_eq!(fixture.store.fail(lease, at(11), failed_with(next)).await.unwrap(), Fenced::Held);

    let kept =
        "SELECT COUNT(*) FROM attempts WHERE partial_text = 'Hello wor' AND error_code = 'provider_failed'";
    assert_eq!(fixture.count(kept), 1);
    assert_eq!(fixture.count("SELECT COUNT(*) FROM chunks"), 0);
    let snapshot = fixture.store.snapshot(job).await.unwrap().unwrap();
    assert_eq!(
        (snapshot.status, snapshot.error.unwrap().code),
        (JobStatus::Queued, ErrorCode::ProviderFailed)
    );
    assert_eq!(WorkStore::next_due(&fixture.store).await.unwrap(), Some(at(20)));
}

#[tokio::test]
async fn usage_is_the_sum_of_all_attempts_and_a_replay_begins_a_new_life() {
    let fixture = Fixture::new().await;
    let job = fixture.submit("one", 1, 10).await;
    let lease = fixture.lease_one(10).await.lease;
    let _ = fixture.store.fail(lease, at(11), failed_with(AfterFailure::Dead)).await.unwrap();
    assert_eq!(fixture.status(&job).await, JobStatus::Dead);

    let replayed = fixture.store.replay(job.clone(), at(40)).await.unwrap();
    let again = fixture.lease_one(40).await;
    let _ = fixture.store.complete(again.lease.clone(), at(41), completed()).await.unwrap();

    assert!(matches!(replayed, Changed::To(job) if job.error.is_none()));
    assert_eq!((again.failures, again.life_began_at, again.lease.attempt), (0, at(40), 2));
    let usage = fixture.store.snapshot(job).await.unwrap().unwrap().usage.unwrap();
    assert_eq!((usage.input_tokens, usage.cost_microusd, usage.is_estimate), (5, Some(7), true));
    let ids: Vec<_> =
        fixture.deliveries(99, 9, Vec::new()).await.into_iter().map(|found| found.id.0).collect();
    let id = spec(1).id;
    assert_eq!(ids, [format!("evt_{id}_1"), format!("evt_{id}_2")], "one event per end");
}

#[tokio::test]
async fn only_a_dead_job_is_replayed_and_only_a_living_one_cancelled() {
    let fixture = Fixture::new().await;
    let job = fixture.submit("one", 1, 10).await;

    assert!(matches!(fixture.store.replay(job.clone(), at(11)).await.unwrap(), Changed::Not(_)));
    let lease = fixture.lease_one(11).await.lease;
    assert!(matches!(fixture.store.replay(job.clone(), at(12)).await.unwrap(), Changed::Not(_)));
    assert!(matches!(fixture.store.cancel(job.clone(), at(12)).await.unwrap(), Changed::To(_)));
    assert!(matches!(fixture.store.cancel(job.clone(), at(13)).await.unwrap(), Changed::Not(_)));
    assert_eq!(fixture.store.complete(lease, at(14), completed()).await.unwrap(), Fenced::Stale);

    let other = JobRef { site: site("two"), job_id: job.job_id };
    assert_eq!(fixture.store.cancel(other, at(14)).await.unwrap(), Changed::NotFound);
}

#[tokio::test]
async fn crashes_are_counted_and_too_many_are_poison() {
    let fixture = Fixture::new().await;
    let job = fixture.submit("one", 1, 10).await;
    for crash in 1..=2 {
        fixture.lease_one(10 * crash).await;
        let found = fixture.store.recover(at(10 * crash + 1), Orphans::OfPreviousProcess, 2).await.unwrap();
        assert_eq!((found.requeued.len(), found.poisoned.len()), if crash == 1 { (1, 0) } else { (0, 1) });
    }

    let dead = fixture.store.snapshot(job).await.unwrap().unwrap();
    assert_eq!((dead.status, dead.error.unwrap().code), (JobStatus::Dead, ErrorCode::Poison));
}

#[tokio::test]
async fn a_job_that_was_given_back_has_no_blame() {
    let fixture = Fixture::new().await;
    fixture.submit("one", 1, 10).await;
    let lease = fixture.lease_one(10).await.lease;

    assert_eq!(fixture.store.give_back(lease, at(11)).await.unwrap(), Fenced::Held);

    let again = fixture.lease_one(11).await;
    assert_eq!((again.lease.attempt, again.failures), (2, 0));
    assert_eq!(fixture.count("SELECT crashes FROM jobs"), 0);
}

#[tokio::test]
async fn a_job_that_cannot_be_read_does_not_hold_up_the_others() {
    let fixture = Fixture::new().await;
    let broken = fixture.submit("one", 1, 10).await;
    let sound = fixture.submit("one", 2, 11).await;
    let connection = Connection::open(fixture.dir.path().join(FILE_NAME)).unwrap();
    connection
        .execute("UPDATE payloads SET payload = 'no json' WHERE job_id = ?1", [broken.job_id.as_str()])
        .unwrap();

    let leased = fixture.store.lease(at(20), at(50), 10).await.unwrap();

    assert_eq!(leased.iter().map(|job| &job.lease.job_id).collect::<Vec<_>>(), [&sound.job_id]);
    assert_eq!(fixture.status(&broken).await, JobStatus::Dead);
}

#[tokio::test]
async fn a_failed_change_takes_none_of_its_batch_with_it() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let insert = |number: i64, is_sound: bool| {
        store.write("insert", move |connection| {
            let query = "INSERT INTO stream_tokens (site_id, token_id, expires_at) VALUES ('one', ?1, 1)";
            connection.execute(query, [number]).map_err(failed("insert"))?;
            if is_sound { Ok(()) } else { Err(StoreError::Stopped) }
        })
    };

    let (first, broken, last) = tokio::join!(insert(1, true), insert(2, false), insert(3, true));

    assert!(first.is_ok() && broken.is_err() && last.is_ok());
    assert_eq!(fixture.count("SELECT SUM(token_id) FROM stream_tokens"), 4);
}

#[tokio::test]
async fn deliveries_are_fair_between_sites_and_told_once() {
    let fixture = Fixture::new().await;
    for (owner, number) in [("one", 1), ("one", 2), ("one", 3), ("two", 4)] {
        let job = fixture.submit(owner, number, 10).await;
        fixture.store.cancel(job, at(10 + i64::from(number))).await.unwrap();
    }
    let owners = |found: &[Delivery]| found.iter().map(|found| found.site.to_string()).collect::<Vec<_>>();

    let fair = fixture.deliveries(99, 2, Vec::new()).await;
    assert_eq!(owners(&fair), ["one", "one", "two"]);
    assert_eq!(owners(&fixture.deliveries(99, 9, vec![site("one")]).await), ["two"]);
    assert_eq!(owners(&fixture.deliveries(11, 9, Vec::new()).await), ["one"], "the others are not due");

    let [first, second, ..] = &fair[..] else { panic!("two deliveries") };
    fixture.store.succeeded(first.id.clone(), at(100), 200).await.unwrap();
    let failure =
        DeliveryFailure { http_status: Some(503), error: "busy".to_owned(), next_at: Some(at(200)) };
    fixture.store.failed(second.id.clone(), at(100), failure).await.unwrap();

    assert_eq!(owners(&fixture.deliveries(150, 9, Vec::new()).await), ["one", "two"]);
    let again = fixture.deliveries(200, 9, vec![site("two")]).await;
    assert_eq!(again.iter().map(|found| found.attempt).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(again[1].id, second.id, "the id is the same over all tries");
    let given_up = DeliveryFailure { http_status: Some(410), error: "gone".to_owned(), next_at: None };
    fixture.store.failed(second.id.clone(), at(201), given_up).await.unwrap();
    assert_eq!(fixture.deliveries(999, 9, vec![site("two")]).await.len(), 1);
}

#[tokio::test]
async fn a_token_is_used_once_also_after_a_restart() {
    let fixture = Fixture::new().await;
    let redeem = async |store: &SqliteStore, owner| {
        store.redeem(site(owner), "jti".to_owned(), at(120), at(10)).await.unwrap()
    };

    assert!(redeem(&fixture.store, "one").await);
    assert!(!redeem(&fixture.store, "one").await);
    assert!(redeem(&fixture.store, "two").await, "another site's token is another token");

    let reopened = SqliteStore::open(fixture.dir.path(), at(11)).unwrap();
    assert!(!redeem(&reopened, "one").await);
}

#[tokio::test]
async fn a_sweep_takes_what_is_old_and_settled_only() {
    let fixture = Fixture::new().await;
    let told = fixture.submit("one", 1, 10).await;
    let untold = fixture.submit("one", 2, 10).await;
    let living = fixture.submit("one", 3, 10).await;
    for job in [&told, &untold] {
        fixture.store.cancel(job.clone(), at(11)).await.unwrap();
    }
    let first =
        fixture.deliveries(99, 9, Vec::new()).await.into_iter().find(|found| found.job_id == told.job_id);
    fixture.store.succeeded(first.unwrap().id, at(12), 200).await.unwrap();
    fixture.store.redeem(site("one"), "old".to_owned(), at(50), at(12)).await.unwrap();

    let early = fixture.store.sweep(at(40), at(11)).await.unwrap();
    let swept = fixture.store.sweep(at(60), at(30)).await.unwrap();

    assert_eq!((early.jobs, early.leftovers), (0, 0));
    assert_eq!((swept.jobs, swept.leftovers, swept.has_more), (1, 1, false));
    assert_eq!(fixture.store.snapshot(told).await.unwrap(), None);
    assert_eq!(fixture.status(&untold).await, JobStatus::Cancelled);
    assert_eq!(fixture.status(&living).await, JobStatus::Queued);
    assert_eq!(fixture.count("SELECT COUNT(*) FROM hops WHERE name = 'webhook.delivered'"), 0);
}

#[tokio::test]
async fn a_probe_writes_and_leaves_nothing_that_stays() {
    let fixture = Fixture::new().await;

    fixture.store.probe().await.unwrap();
    fixture.store.probe().await.unwrap();
    fixture.store.sweep(at(10), at(0)).await.unwrap();

    assert_eq!(fixture.count("SELECT COUNT(*) FROM stream_tokens"), 0);
}

#[tokio::test]
async fn a_writer_that_is_locked_out_says_so_and_recovers() {
    let fixture = Fixture::new().await;
    let other = Connection::open(fixture.dir.path().join(FILE_NAME)).unwrap();
    fixture
        .store
        .write("shorten the wait", |connection| {
            connection.busy_timeout(Duration::from_millis(20)).map_err(failed("shorten the wait"))
        })
        .await
        .unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let locked = fixture.store.probe().await;
    other.execute_batch("ROLLBACK").unwrap();

    assert_eq!(locked.unwrap_err().code(), ErrorCode::StoreUnavailable);
    fixture.store.probe().await.unwrap();
}

/// Every interleaving of a short life keeps the rules that the tables state; a broken one is an error here.
#[tokio::test]
async fn random_lives_end_at_most_once_per_life() {
    let fixture = Fixture::new().await;
    let job = fixture.submit("one", 1, 10).await;
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut leases: Vec<Lease> = Vec::new();

    for step in 0..400_i64 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let now = at(100 + step);
        let lease = leases.last().cloned();
        let store = &fixture.store;
        match ((random >> 33) % 7, lease) {
            (0 | 1, _) => {
                let taken = store.lease(now, now.after(Duration::from_secs(3)), 1).await.unwrap();
                leases.extend(taken.into_iter().map(|job| job.lease));
            }
            (2, Some(lease)) => drop(store.complete(lease, now, completed()).await.unwrap()),
            (3, Some(lease)) => drop(store.fail(lease, now, failed_with(AfterFailure::Dead)).await.unwrap()),
            (4, _) => drop(store.recover(now, Orphans::OfExpiredLease, 3).await.unwrap()),
            (5, _) => drop(store.replay(job.clone(), now).await.unwrap()),
            (_, Some(lease)) => drop(store.give_back(lease, now).await.unwrap()),
            (_, None) => {}
        }
    }

    let mut attempts: Vec<_> = leases.iter().map(|lease| lease.attempt).collect();
    attempts.dedup();
    assert_eq!(attempts.len(), leases.len(), "no attempt number is given twice");
    let ends = fixture.count("SELECT ends FROM jobs");
    assert_eq!(ends, fixture.count("SELECT COUNT(*) FROM deliveries"));
    assert!(fixture.count("SELECT COUNT(*) FROM answers") <= 1);
    assert_eq!(ends, fixture.count("SELECT COUNT(*) FROM hops WHERE name IN ('job.dead', 'job.succeeded')"));
}

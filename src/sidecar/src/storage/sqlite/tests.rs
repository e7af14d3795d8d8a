//! What is SQLite's own. The promises of the traits are in `tests/it/conformance`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use platen_core::code::ErrorCode;
use platen_core::job::{ChatPayload, JobId, JobSpec, JobStatus, Message, Priority, Role, SiteId, Work};
use platen_core::wire::{JobRef, Submit};
use tempfile::TempDir;

use super::*;
use crate::config::DatabaseConfig;
use crate::jobs::schedule::{self, Limits};
use crate::jobs::store::{JobStore, LeaseRequest, NewJob, RetentionStore, SubmitTerms, WorkStore};
use crate::site_tokens::TokenStore;
use crate::sites::{NewSite, SiteSecrets, SiteStore};
use crate::storage::Store;
use crate::storage::sql::{QUEUE_STATEMENTS, SAME_INPUT};
use crate::webhooks::store::{DeliveryStore, DueFilter};

/// A store in a directory of its own, with a site.
struct Fixture {
    store: Store,
    dir: TempDir,
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn site() -> SiteId {
    "one".to_owned().try_into().unwrap()
}

impl Fixture {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&DatabaseConfig::Sqlite, dir.path(), at(0)).unwrap();
        let secrets = SiteSecrets::from_random([1; 32], [2; 32]);
        let new = NewSite { id: site(), url: "https://example.com".to_owned(), secrets };
        store.add_site(new, at(0)).await.unwrap();
        Self { store, dir }
    }

    async fn submit(&self, number: u8) -> JobRef {
        let job = job(number);
        let reference = JobRef { site: site(), job_id: job.spec.id.clone() };
        self.store.submit(vec![job], at(10)).await.unwrap();
        reference
    }

    /// A handle outside the store's own code.
    fn open(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.dir.path().join(FILE_NAME)).unwrap()
    }

    fn number(&self, query: &str) -> i64 {
        self.open().query_row(query, [], |row| row.get(0)).unwrap()
    }
}

fn job(number: u8) -> NewJob {
    let work = Work::Chat(ChatPayload {
        model: "default".to_owned(),
        messages: vec![Message { role: Role::User, content: "?".to_owned() }],
        max_output_tokens: None,
        temperature: None,
        cache: None,
    });
    let job = JobSpec {
        id: JobId::generate(at(1_000), [number; 10]),
        idempotency_key: format!("key-{number}"),
        request_id: "r".to_owned(),
        traceparent: None,
        prompt_hash: None,
        subject: None,
        conversation: None,
        priority: Priority::Standard,
        run_at: None,
        deadline_ms: None,
        created_at: at(1),
        work,
    };
    let terms =
        SubmitTerms { default_deadline: Duration::from_hours(1), same_input_window: Duration::from_secs(10) };
    NewJob::new(Submit { site: site(), job }, None, terms).unwrap()
}

#[tokio::test]
async fn a_job_that_cannot_be_read_does_not_hold_up_the_others() {
    let fixture = Fixture::new().await;
    let broken = fixture.submit(1).await;
    let sound = fixture.submit(2).await;
    fixture.open().execute("UPDATE payloads SET payload = 'no json' WHERE job_no = 1", []).unwrap();
    let request = LeaseRequest { now: at(20), until: at(50), slots: 10, owner: "a".to_owned() };
    let policy = schedule::policy(Limits { slots: 10, ..Limits::default() });

    let leased = fixture.store.lease(request, policy).await.unwrap().jobs;

    assert_eq!(leased.iter().map(|job| &job.lease.job_id).collect::<Vec<_>>(), [&sound.job_id]);
    let job = fixture.store.snapshot(broken).await.unwrap().unwrap();
    assert_eq!(job.status, JobStatus::Dead);
}

#[tokio::test]
async fn a_failed_change_takes_none_of_its_batch_with_it() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let insert = |number: i64, is_sound: bool| {
        store.write("insert", move |connection| {
            let query = "INSERT INTO stream_tokens (site_id, token_id, expires_at) VALUES ('one', ?1, 1)";
            connection.execute(query, params![number]).map_err(failed("insert"))?;
            if is_sound { Ok(()) } else { Err(StoreError::Stopped) }
        })
    };

    let (first, broken, last) = tokio::join!(insert(1, true), insert(2, false), insert(3, true));

    assert!(first.is_ok() && broken.is_err() && last.is_ok());
    assert_eq!(fixture.number("SELECT SUM(token_id) FROM stream_tokens"), 4);
}

/// A statement that finds no room may end the whole transaction, not only itself.
#[tokio::test]
async fn a_full_database_refuses_a_batch_as_a_whole_and_recovers() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let insert = |id: &'static str, bytes: i64| {
        let query = "INSERT INTO stream_tokens (site_id, token_id, expires_at) \
                     VALUES ('one', ?1 || printf('%.*c', ?2, 'x'), 1)";
        store.write("insert", move |connection| {
            connection.execute(query, params![id, bytes]).map(drop).map_err(failed("insert"))
        })
    };
    let limit = |pages: &'static str| {
        store.write("limit", move |connection| connection.batch(pages).map_err(failed("limit")))
    };
    let (open, gate) = std::sync::mpsc::channel::<()>();
    limit("PRAGMA max_page_count = 1").await.unwrap();

    // The others gather behind this one, so that they are in one batch, perhaps together with it. Nobody sends: the
    // gate stays open once its other end is dropped, however often the change is made.
    let held = store.write("hold", move |_| gate.recv().or(Ok(())));
    let opening = async move {
        tokio::task::yield_now().await;
        drop(open);
    };
    let batch = async { tokio::join!(insert("a", 10), insert("b", 100_000), insert("c", 10)) };
    let (_, (first, large, last), ()) = tokio::join!(held, batch, opening);
    let kept = fixture.number("SELECT COUNT(*) FROM stream_tokens");
    limit("PRAGMA max_page_count = 1000000").await.unwrap();

    assert_eq!(large.unwrap_err().code(), ErrorCode::StoreUnavailable);
    let said = i64::from(first.is_ok()) + i64::from(last.is_ok());
    assert_eq!(kept, said, "what was refused is not there");
    insert("d", 100_000).await.unwrap();
}

#[tokio::test]
async fn a_used_token_is_known_after_a_restart() {
    let fixture = Fixture::new().await;
    let redeem = async |store: &Store| store.redeem(site(), "jti".to_owned(), at(120), at(10)).await.unwrap();
    assert!(redeem(&fixture.store).await);

    let reopened = Store::open(&DatabaseConfig::Sqlite, fixture.dir.path(), at(11)).unwrap();

    assert!(!redeem(&reopened).await);
}

#[tokio::test]
async fn a_writer_that_is_locked_out_says_so_and_recovers() {
    let fixture = Fixture::new().await;
    let other = fixture.open();
    fixture
        .store
        .write("shorten the wait", |connection| {
            connection.batch("PRAGMA busy_timeout = 20").map_err(failed("shorten the wait"))
        })
        .await
        .unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();

    let locked = fixture.store.probe().await;
    other.execute_batch("ROLLBACK").unwrap();

    assert_eq!(locked.unwrap_err().code(), ErrorCode::StoreUnavailable);
    fixture.store.probe().await.unwrap();
}

#[tokio::test]
async fn unused_pages_go_back_to_the_disk_in_small_steps() {
    let fixture = Fixture::new().await;
    let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) \
                INSERT INTO stream_tokens SELECT 'one', printf('%d-%.4000c', i, 'x'), 1 FROM n";
    fixture.open().execute_batch(fill).unwrap();
    let before = fixture.number("PRAGMA page_count");
    fixture.open().execute_batch("DELETE FROM stream_tokens").unwrap();

    let mut rounds = 0;
    while fixture.store.shrink(50).await.unwrap() {
        rounds += 1;
    }

    let after = fixture.number("PRAGMA page_count");
    assert!(rounds >= 2 && after + 150 < before, "{rounds} rounds, {before} to {after} pages");
}

/// The same work again and again, swept each time.
#[tokio::test]
async fn the_file_does_not_grow_for_ever() {
    let fixture = Fixture::new().await;
    let mut pages = Vec::new();
    for round in 0..6_u8 {
        for number in 0..20 {
            let mut large = job(round * 20 + number);
            large.payload = large.payload.replace('?', &"?".repeat(20_000));
            let reference = JobRef { site: site(), job_id: large.spec.id.clone() };
            fixture.store.submit(vec![large], at(10)).await.unwrap();
            fixture.store.cancel(reference, at(11)).await.unwrap();
        }
        let filter = DueFilter { limit: 100, limit_per_site: 100, skip_sites: Vec::new() };
        for delivery in fixture.store.due(at(12), filter).await.unwrap() {
            fixture.store.succeeded(delivery.id, at(12), 200).await.unwrap();
        }
        assert_eq!(fixture.store.sweep(at(20), at(20)).await.unwrap().jobs, 20);
        while fixture.store.shrink(64).await.unwrap() {}
        pages.push(fixture.number("PRAGMA page_count"));
    }

    assert!(pages.iter().all(|count| *count <= pages[0] + 4), "{pages:?}");
}

/// Counted in steps, not in time: a submit waits for the step that is under way when it asks, and for none after it.
/// Two more may be counted meanwhile: one that ended just before, and one that ended before the submit asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::disallowed_methods, reason = "there is no supervisor, and it is awaited")]
async fn submits_go_on_while_space_is_given_back() {
    let fixture = Fixture::new().await;
    let fill = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) \
                INSERT INTO stream_tokens SELECT 'one', printf('%d-%.4000c', i, 'x'), 1 FROM n";
    fixture.open().execute_batch(fill).unwrap();
    fixture.open().execute_batch("DELETE FROM stream_tokens").unwrap();
    let steps = Arc::new(AtomicUsize::new(0));
    let (store, counted) = (fixture.store.clone(), Arc::clone(&steps));
    let shrinking = tokio::spawn(async move {
        while store.shrink(8).await.unwrap() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let mut waited = Vec::new();
    for number in 1..=50 {
        let before = steps.load(Ordering::SeqCst);
        fixture.submit(number).await;
        waited.push(steps.load(Ordering::SeqCst) - before);
    }
    let seen = steps.load(Ordering::SeqCst);
    shrinking.await.unwrap();

    assert!(seen >= 10, "space was given back meanwhile: {seen}");
    assert!(waited.iter().all(|steps| *steps <= 3), "{waited:?}");
}

/// The queries that run for every job, and those that run when the daemon starts, must not look at every row.
#[tokio::test]
async fn no_query_of_the_queue_scans_a_table() {
    let fixture = Fixture::new().await;
    fixture.submit(1).await;
    let connection = fixture.open();
    for query in QUEUE_STATEMENTS {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let mut rows = statement.raw_query();
        let mut plan: Vec<String> = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            plan.push(row.get(3).unwrap());
        }
        for line in &plan {
            let is_scan = line.contains("SCAN steps") || line.contains("SCAN jobs");
            assert!(!is_scan || line.contains("INDEX steps_running"), "{query}:\n{}", plan.join("\n"));
        }
    }
}

/// Without this, each submit would look at all jobs of its site.
#[tokio::test]
async fn the_same_input_is_found_by_its_key() {
    let fixture = Fixture::new().await;
    let connection = fixture.open();
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {SAME_INPUT}")).unwrap();

    let plan: String = statement.raw_query().next().unwrap().unwrap().get(3).unwrap();

    assert!(plan.contains("INDEX jobs_by_input (input_key=?)"), "{plan}");
}

fn migrated() -> Handle {
    let handle = Handle(rusqlite::Connection::open_in_memory().unwrap());
    migrate(&handle, 1).unwrap();
    handle
}

fn migrate(handle: &Handle, second: i64) -> Result<(), MigrateError> {
    migrate::migrate(handle, MIGRATIONS, "BEGIN IMMEDIATE", at(second))
}

#[test]
fn a_second_run_changes_nothing() {
    let handle = migrated();

    migrate(&handle, 2).unwrap();

    let query = "SELECT COUNT(*), MAX(applied_at) FROM schema_migrations";
    let (count, last): (i64, i64) =
        handle.0.query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!((usize::try_from(count).unwrap(), last), (MIGRATIONS.len(), 1_000_000));
}

#[test]
fn numbers_run_without_gaps_and_match_the_names() {
    for (place, migration) in (1..).zip(MIGRATIONS) {
        assert_eq!(migration.number, place);
        assert!(migration.name.starts_with(&format!("{place:04}_")), "{}", migration.name);
    }
}

#[test]
fn an_edited_step_is_noticed() {
    let handle = migrated();
    handle.0.execute("UPDATE schema_migrations SET checksum = 'x' WHERE number = 2", []).unwrap();

    let error = migrate(&handle, 2).unwrap_err();

    assert!(matches!(error, MigrateError::Changed("0002_create_jobs")), "{error}");
}

#[test]
fn a_newer_database_is_refused() {
    let handle = migrated();
    handle.0.execute("INSERT INTO schema_migrations VALUES (999, '0999_x', 'x', 0)", []).unwrap();

    let error = migrate(&handle, 2).unwrap_err();

    assert!(matches!(error, MigrateError::TooNew { found: 999, .. }), "{error}");
}

/// Whether the file of the database, with all of its log in it, holds this anywhere.
fn file_holds(fixture: &Fixture, planted: &str) -> bool {
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    assert_eq!(fixture.number(checkpoint), 0, "nobody is in its way");
    let file = std::fs::read(fixture.dir.path().join(FILE_NAME)).unwrap();
    file.windows(planted.len()).any(|bytes| bytes == planted.as_bytes())
}

#[tokio::test]
async fn what_is_erased_is_overwritten_in_the_file() {
    let fixture = Fixture::new().await;
    let planted = "user:planted";
    for number in 1..40 {
        let mut job = job(number);
        job.spec.subject = Some(planted.to_owned());
        job.spec.request_id = format!("{planted}-{number}");
        fixture.store.submit(vec![job], at(10)).await.unwrap();
    }
    assert!(file_holds(&fixture, planted));

    let erased = fixture.store.erase(site(), planted.to_owned(), 1_000).await.unwrap();

    assert_eq!(erased.jobs.len(), 39);
    assert!(!file_holds(&fixture, planted));
}

//! Random lives against a simple model of the queue. Whatever is found is shrunk and printed by proptest.

use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::{Clock, Timestamp};
use platen_core::job::{JobId, JobSpec, JobStatus, Priority};
use platen_core::wire::JobRef;
use platen_sidecar::jobs::store::{AfterFailure, Changed, Fenced, Lease, LeaseRequest, Orphans, Submitted};
use platen_testkit::MockClock;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use tokio::runtime::Handle;

use super::Fixture;
use super::fixture::{OWNER, chat, completed, failed_with, new_job, site, spec};

/// Crashes after which a job is poison.
const POISON_AFTER: u32 = 3;

/// How long a lease holds.
const LEASE: Duration = Duration::from_secs(30);

/// What may happen. Numbers that name a job or a lease are taken modulo how many there are.
#[derive(Clone, Debug)]
enum Step {
    Submit { user: u8, priority: Priority, delay_s: u64, life_s: u64 },
    SubmitAgain { job: usize },
    Lease { slots: usize },
    Complete { lease: usize },
    Retry { lease: usize, wait_s: u64 },
    GiveUp { lease: usize },
    GiveBack { lease: usize },
    Renew { lease: usize },
    Crash,
    Expire,
    Wait { seconds: u64 },
    Cancel { job: usize },
    Replay { job: usize },
}

fn any_step() -> impl Strategy<Value = Step> {
    let priority = prop_oneof![Just(Priority::High), Just(Priority::Standard), Just(Priority::Batch)];
    let delay = prop_oneof![4 => Just(0_u64), 1 => 1_u64..60];
    let life = prop_oneof![4 => Just(3_600_u64), 1 => 1_u64..60];
    prop_oneof![
        6 => (0_u8..3, priority, delay, life)
            .prop_map(|(user, priority, delay_s, life_s)| Step::Submit { user, priority, delay_s, life_s }),
        1 => any::<usize>().prop_map(|job| Step::SubmitAgain { job }),
        6 => (1_usize..4).prop_map(|slots| Step::Lease { slots }),
        4 => any::<usize>().prop_map(|lease| Step::Complete { lease }),
        3 => (any::<usize>(), 0_u64..60).prop_map(|(lease, wait_s)| Step::Retry { lease, wait_s }),
        2 => any::<usize>().prop_map(|lease| Step::GiveUp { lease }),
        1 => any::<usize>().prop_map(|lease| Step::GiveBack { lease }),
        1 => any::<usize>().prop_map(|lease| Step::Renew { lease }),
        1 => Just(Step::Crash),
        2 => Just(Step::Expire),
        3 => (0_u64..50).prop_map(|seconds| Step::Wait { seconds }),
        2 => any::<usize>().prop_map(|job| Step::Cancel { job }),
        2 => any::<usize>().prop_map(|job| Step::Replay { job }),
    ]
}

/// A job as it has to be.
#[derive(Debug)]
struct Expected {
    reference: JobRef,
    spec: JobSpec,
    status: JobStatus,
    attempt: u32,
    crashes: u32,
    ends: usize,
    run_at: Timestamp,
    began_at: Timestamp,
    deadline: Timestamp,
    lease_until: Option<Timestamp>,
}

impl Expected {
    fn end(&mut self, status: JobStatus) {
        self.status = status;
        self.lease_until = None;
        self.ends += 1;
    }

    fn put_back(&mut self, run_at: Timestamp) {
        self.status = JobStatus::Queued;
        self.lease_until = None;
        self.run_at = run_at;
    }

    fn crash(&mut self, now: Timestamp) {
        self.crashes += 1;
        if self.crashes >= POISON_AFTER { self.end(JobStatus::Dead) } else { self.put_back(now) }
    }
}

/// One random life, and everything that the model knows.
struct Run<'a> {
    fixture: &'a Fixture,
    clock: &'a MockClock,
    jobs: Vec<Expected>,
    leases: Vec<Lease>,
}

type Checked = Result<(), TestCaseError>;

impl Run<'_> {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn step(&mut self, number: &mut u64, step: &Step) -> Checked {
        match step {
            Step::Submit { user, priority, delay_s, life_s } => {
                *number += 1;
                self.submit(*number, *user, *priority, *delay_s, *life_s).await
            }
            Step::SubmitAgain { job } => self.submit_again(*job).await,
            Step::Lease { slots } => self.lease(*slots).await,
            Step::Complete { lease } => self.end_attempt(*lease, End::Complete).await,
            Step::Retry { lease, wait_s } => {
                let at = self.now().after(Duration::from_secs(*wait_s));
                self.end_attempt(*lease, End::Retry(at)).await
            }
            Step::GiveUp { lease } => self.end_attempt(*lease, End::GiveUp).await,
            Step::GiveBack { lease } => self.end_attempt(*lease, End::GiveBack).await,
            Step::Renew { lease } => self.end_attempt(*lease, End::Renew).await,
            Step::Crash => self.recover(true).await,
            Step::Expire => self.recover(false).await,
            Step::Wait { seconds } => {
                self.clock.advance(Duration::from_secs(*seconds));
                Ok(())
            }
            Step::Cancel { job } => self.cancel(*job).await,
            Step::Replay { job } => self.replay(*job).await,
        }
    }

    async fn submit(
        &mut self,
        number: u64,
        user: u8,
        priority: Priority,
        delay_s: u64,
        life_s: u64,
    ) -> Checked {
        let now = self.now();
        let mut spec = spec(0);
        let [.., a, b, c, d] = number.to_be_bytes();
        spec.id = JobId::generate(now, [0, 0, 0, 0, 0, 0, a, b, c, d]);
        spec.idempotency_key = format!("model-{number}");
        spec.work = chat(&format!("question {number}"));
        spec.subject = Some(format!("user:{user}"));
        spec.priority = priority;
        spec.run_at = (delay_s > 0).then(|| now.after(Duration::from_secs(delay_s)));
        spec.deadline_ms = Some(life_s * 1_000);
        let reference = JobRef { site: site("one"), job_id: spec.id.clone() };
        let kept = self.fixture.store.submit(vec![new_job("one", spec.clone())], now).await.unwrap();
        prop_assert!(matches!(&kept[..], [Submitted::Kept(receipt)] if !receipt.is_duplicate));
        let run_at = spec.run_at.unwrap_or(now);
        self.jobs.push(Expected {
            reference,
            spec,
            status: JobStatus::Queued,
            attempt: 0,
            crashes: 0,
            ends: 0,
            run_at,
            began_at: run_at,
            deadline: run_at.after(Duration::from_secs(life_s)),
            lease_until: None,
        });
        Ok(())
    }

    async fn submit_again(&mut self, job: usize) -> Checked {
        let Some(place) = job.checked_rem(self.jobs.len()) else { return Ok(()) };
        let job = &self.jobs[place];
        let kept =
            self.fixture.store.submit(vec![new_job("one", job.spec.clone())], self.now()).await.unwrap();
        let [Submitted::Kept(receipt)] = &kept[..] else { panic!("{kept:?}") };
        prop_assert!(receipt.is_duplicate);
        prop_assert_eq!((&receipt.job_id, receipt.status), (&job.reference.job_id, job.status));
        Ok(())
    }

    /// Everything due is taken while there is room, and nothing else; jobs of one user in their order.
    async fn lease(&mut self, slots: usize) -> Checked {
        let now = self.now();
        let request = LeaseRequest { now, until: now.after(LEASE), slots, owner: OWNER.to_owned() };
        let leased = self.fixture.store.lease(request, self.fixture.policy()).await.unwrap();
        let mut expired = Vec::new();
        for job in &mut self.jobs {
            if job.status == JobStatus::Queued && job.deadline <= now {
                job.end(JobStatus::Dead);
                expired.push(job.reference.job_id.clone());
            }
        }
        let mut seen: Vec<JobId> = leased.expired.into_iter().map(|(_, id)| id).collect();
        expired.sort();
        seen.sort();
        prop_assert_eq!(seen, expired);
        let due = self.jobs.iter().filter(|job| job.status == JobStatus::Queued && job.run_at <= now).count();
        prop_assert_eq!(leased.jobs.len(), due.min(slots));
        for taken in leased.jobs {
            let place = self.jobs.iter().position(|job| job.reference.job_id == taken.lease.job_id).unwrap();
            self.check_first_of_user(place, now)?;
            let job = &mut self.jobs[place];
            prop_assert!(job.status == JobStatus::Queued && job.run_at <= now, "{job:?}");
            job.status = JobStatus::Running;
            job.attempt += 1;
            job.lease_until = Some(now.after(LEASE));
            prop_assert_eq!((taken.lease.attempt, taken.deadline), (job.attempt, job.deadline));
            self.leases.push(taken.lease);
        }
        Ok(())
    }

    /// Of jobs that were due at once and never begun, the one that came first is taken first.
    fn check_first_of_user(&self, place: usize, now: Timestamp) -> Checked {
        let is_fresh = |job: &Expected| {
            job.status == JobStatus::Queued
                && job.attempt == 0
                && job.ends == 0
                && job.spec.run_at.is_none()
                && job.run_at <= now
        };
        let taken = &self.jobs[place];
        if !is_fresh(taken) {
            return Ok(());
        }
        let overtaken = self.jobs[..place].iter().find(|job| {
            is_fresh(job)
                && job.spec.subject == taken.spec.subject
                && job.spec.priority == taken.spec.priority
        });
        prop_assert!(overtaken.is_none(), "{taken:?} overtook {overtaken:?}");
        Ok(())
    }

    async fn end_attempt(&mut self, lease: usize, end: End) -> Checked {
        let Some(place) = lease.checked_rem(self.leases.len()) else { return Ok(()) };
        let (lease, now, store) = (self.leases[place].clone(), self.now(), &self.fixture.store);
        let fenced = match end {
            End::Complete => store.complete(lease.clone(), now, completed()).await,
            End::Retry(at) => store.fail(lease.clone(), now, failed_with(AfterFailure::RetryAt(at))).await,
            End::GiveUp => store.fail(lease.clone(), now, failed_with(AfterFailure::Dead)).await,
            End::GiveBack => store.give_back(lease.clone(), now, now).await,
            End::Renew => store.renew(lease.clone(), now.after(LEASE)).await,
        };
        let job = self.jobs.iter_mut().find(|job| job.reference.job_id == lease.job_id).unwrap();
        let is_held = job.status == JobStatus::Running && job.attempt == lease.attempt;
        prop_assert_eq!(fenced.unwrap(), if is_held { Fenced::Held } else { Fenced::Stale });
        if is_held {
            match end {
                End::Complete => job.end(JobStatus::Succeeded),
                End::Retry(at) => job.put_back(at),
                End::GiveUp => job.end(JobStatus::Dead),
                End::GiveBack => job.put_back(now),
                End::Renew => job.lease_until = Some(now.after(LEASE)),
            }
        }
        Ok(())
    }

    async fn recover(&mut self, is_crash: bool) -> Checked {
        let now = self.now();
        let orphans = if is_crash {
            Orphans::OfPreviousProcess { owner: OWNER.to_owned() }
        } else {
            Orphans::OfExpiredLease
        };
        let found = self.fixture.store.recover(now, orphans, POISON_AFTER).await.unwrap();
        let mut lost = 0;
        for job in &mut self.jobs {
            if job.lease_until.is_some_and(|until| is_crash || until <= now) {
                job.crash(now);
                lost += 1;
            }
        }
        prop_assert_eq!(found.requeued.len() + found.poisoned.len(), lost);
        Ok(())
    }

    async fn cancel(&mut self, job: usize) -> Checked {
        let Some(place) = job.checked_rem(self.jobs.len()) else { return Ok(()) };
        let now = self.now();
        let job = &mut self.jobs[place];
        let changed = self.fixture.store.cancel(job.reference.clone(), now).await.unwrap();
        prop_assert_eq!(matches!(changed, Changed::To(_)), !job.status.is_final());
        if !job.status.is_final() {
            job.end(JobStatus::Cancelled);
        }
        Ok(())
    }

    async fn replay(&mut self, job: usize) -> Checked {
        let Some(place) = job.checked_rem(self.jobs.len()) else { return Ok(()) };
        let now = self.now();
        let job = &mut self.jobs[place];
        let changed = self.fixture.store.replay(job.reference.clone(), now).await.unwrap();
        prop_assert_eq!(matches!(changed, Changed::To(_)), job.status == JobStatus::Dead);
        if job.status == JobStatus::Dead {
            job.put_back(now);
            job.crashes = 0;
            job.deadline = now.after(job.deadline.since(job.began_at));
            job.began_at = now;
        }
        Ok(())
    }

    /// The store says of every job what the model says, and each end has its event.
    async fn check(&self) -> Checked {
        let events = self.fixture.deliveries(i64::MAX / 2_000_000).await;
        for job in &self.jobs {
            let seen = self.fixture.job(&job.reference).await;
            prop_assert_eq!((seen.status, seen.attempt), (job.status, job.attempt), "{:?}", job);
            let told = events.iter().filter(|event| event.job_id == job.reference.job_id).count();
            prop_assert_eq!(told, job.ends, "{:?}", job);
        }
        Ok(())
    }

    /// Leaves the queue empty for the next life.
    async fn tidy(&self) {
        for job in &self.jobs {
            self.fixture.store.cancel(job.reference.clone(), self.now()).await.unwrap();
        }
        for event in self.fixture.deliveries(i64::MAX / 2_000_000).await {
            self.fixture.store.succeeded(event.id, self.now(), 200).await.unwrap();
        }
    }
}

#[derive(Clone, Copy)]
enum End {
    Complete,
    Retry(Timestamp),
    GiveUp,
    GiveBack,
    Renew,
}

pub(crate) async fn random_lives_follow_the_model(fixture: Fixture) {
    let handle = Handle::current();
    let run = move || {
        let (clock, fixture) = (Arc::new(MockClock::new()), fixture);
        let number = std::cell::Cell::new(0_u64);
        let mut runner =
            TestRunner::new(Config { cases: fixture.lives, failure_persistence: None, ..Config::default() });
        let outcome = runner.run(&vec(any_step(), 1..40), |steps| {
            handle.block_on(async {
                let mut run = Run { fixture: &fixture, clock: &clock, jobs: Vec::new(), leases: Vec::new() };
                let mut next = number.get();
                let mut outcome = Ok(());
                for step in &steps {
                    outcome = run.step(&mut next, step).await;
                    if outcome.is_err() {
                        break;
                    }
                }
                if outcome.is_ok() {
                    outcome = run.check().await;
                }
                number.set(next);
                run.tidy().await;
                outcome
            })
        });
        if let Err(error) = outcome {
            panic!("{error}");
        }
    };
    tokio::task::spawn_blocking(run).await.unwrap();
}

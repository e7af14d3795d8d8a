use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::time::Duration;

use platen_core::clock::{Clock, Timestamp};
use platen_core::job::{JobId, JobSpec, JobStatus, Priority};
use platen_core::wire::JobRef;
use platen_sidecar::jobs::store::{AfterFailure, Changed, Fenced, Lease, LeaseRequest, Orphans, Submitted};
use platen_testkit::MockClock;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::step::Step;
use super::{LEASE, OWNERS, POISON_AFTER};
use crate::conformance::Fixture;
use crate::conformance::fixture::{chat, completed, failed_with, new_job, site, spec};

/// Far beyond every try of every event.
const FOREVER_S: i64 = i64::MAX / 2_000_000;

/// What outlives a life: the numbers of jobs, and the jobs that the next life must not meet.
#[derive(Default)]
pub(super) struct History {
    number: Cell<u64>,
    left: RefCell<Vec<JobRef>>,
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
    told: usize,
    run_at: Timestamp,
    began_at: Timestamp,
    deadline: Timestamp,
    holder: Option<Holder>,
    is_erased: bool,
}

#[derive(Clone, Copy, Debug)]
struct Holder {
    owner: &'static str,
    until: Timestamp,
}

impl Expected {
    fn end(&mut self, status: JobStatus) {
        self.status = status;
        self.holder = None;
        self.ends += 1;
    }

    fn put_back(&mut self, run_at: Timestamp) {
        self.status = JobStatus::Queued;
        self.holder = None;
        self.run_at = run_at;
    }

    fn crash(&mut self, now: Timestamp) {
        self.crashes += 1;
        if self.crashes >= POISON_AFTER { self.end(JobStatus::Dead) } else { self.put_back(now) }
    }

    /// It was never begun, and was due from its beginning.
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.status == JobStatus::Queued
            && !self.is_erased
            && self.attempt == 0
            && self.ends == 0
            && self.spec.run_at.is_none()
            && self.run_at <= now
    }

    fn is_due(&self, now: Timestamp) -> bool {
        self.status == JobStatus::Queued && !self.is_erased && self.run_at <= now
    }
}

/// One random life, and everything that the model knows.
pub(super) struct Run<'a> {
    fixture: &'a Fixture,
    clock: &'a MockClock,
    history: &'a History,
    jobs: Vec<Expected>,
    leases: Vec<Lease>,
}

type Checked = Result<(), TestCaseError>;

#[derive(Clone, Copy)]
enum End {
    Complete,
    Retry(Timestamp),
    GiveUp,
    GiveBack(Timestamp),
    Renew,
    Append,
}

impl<'a> Run<'a> {
    /// Empties the queue of what the life before has left, however that ended.
    pub(super) async fn begin(fixture: &'a Fixture, clock: &'a MockClock, history: &'a History) -> Self {
        let left: Vec<JobRef> = history.left.borrow_mut().drain(..).collect();
        for job in left {
            fixture.store.cancel(job, clock.now()).await.unwrap();
        }
        for event in fixture.deliveries(FOREVER_S).await {
            fixture.store.succeeded(event.id, clock.now(), 200).await.unwrap();
        }
        Self { fixture, clock, history, jobs: Vec::new(), leases: Vec::new() }
    }

    pub(super) async fn step(&mut self, step: &Step) -> Checked {
        let later = |wait_s: &u64| self.now().after(Duration::from_secs(*wait_s));
        match step {
            Step::Submit { user, priority, delay_s, life_s } => {
                self.submit(*user, *priority, *delay_s, *life_s).await
            }
            Step::SubmitAgain { job } => self.submit_again(*job).await,
            Step::SubmitOther { job } => self.submit_other(*job).await,
            Step::Lease { owner, slots } => self.lease(OWNERS[owner % OWNERS.len()], *slots).await,
            Step::Complete { lease } => self.end_attempt(*lease, End::Complete).await,
            Step::Retry { lease, wait_s } => self.end_attempt(*lease, End::Retry(later(wait_s))).await,
            Step::GiveUp { lease } => self.end_attempt(*lease, End::GiveUp).await,
            Step::GiveBack { lease, wait_s } => self.end_attempt(*lease, End::GiveBack(later(wait_s))).await,
            Step::Renew { lease } => self.end_attempt(*lease, End::Renew).await,
            Step::Append { lease } => self.end_attempt(*lease, End::Append).await,
            Step::Crash { owner } => self.recover(Some(OWNERS[owner % OWNERS.len()])).await,
            Step::Expire => self.recover(None).await,
            Step::Wait { seconds } => {
                self.clock.advance(Duration::from_secs(*seconds));
                Ok(())
            }
            Step::Cancel { job } => self.cancel(*job).await,
            Step::Replay { job } => self.replay(*job).await,
            Step::Tell { event } => self.tell(*event).await,
            Step::Erase { user } => self.erase(*user).await,
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn keep(&self, spec: JobSpec) -> Submitted {
        let kept = self.fixture.store.submit(vec![new_job("one", spec)], self.now()).await.unwrap();
        kept.into_iter().next().unwrap()
    }

    async fn submit(&mut self, user: u8, priority: Priority, delay_s: u64, life_s: u64) -> Checked {
        let (now, number) = (self.now(), self.history.number.get() + 1);
        self.history.number.set(number);
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
        self.history.left.borrow_mut().push(reference.clone());
        let kept = self.keep(spec.clone()).await;
        prop_assert!(matches!(&kept, Submitted::Kept(receipt) if !receipt.is_duplicate), "{kept:?}");
        let run_at = spec.run_at.unwrap_or(now);
        self.jobs.push(Expected {
            reference,
            spec,
            status: JobStatus::Queued,
            attempt: 0,
            crashes: 0,
            ends: 0,
            told: 0,
            run_at,
            began_at: run_at,
            deadline: run_at.after(Duration::from_secs(life_s)),
            holder: None,
            is_erased: false,
        });
        Ok(())
    }

    /// The job that a number names, unless it was erased.
    fn known(&self, job: usize) -> Option<usize> {
        let place = job.checked_rem(self.jobs.len())?;
        (!self.jobs[place].is_erased).then_some(place)
    }

    async fn submit_again(&mut self, job: usize) -> Checked {
        let Some(place) = self.known(job) else { return Ok(()) };
        let job = &self.jobs[place];
        let kept = self.keep(job.spec.clone()).await;
        let Submitted::Kept(receipt) = kept else { panic!("{kept:?}") };
        prop_assert!(receipt.is_duplicate);
        prop_assert_eq!((&receipt.job_id, receipt.status), (&job.reference.job_id, job.status));
        Ok(())
    }

    async fn submit_other(&mut self, job: usize) -> Checked {
        let Some(place) = self.known(job) else { return Ok(()) };
        let job = &self.jobs[place];
        let kept = self.keep(JobSpec { work: chat("something else"), ..job.spec.clone() }).await;
        prop_assert_eq!(kept, Submitted::Conflict { job_id: job.reference.job_id.clone() });
        Ok(())
    }

    /// Everything due is taken while there is room, and nothing else; jobs of one user in their order.
    async fn lease(&mut self, owner: &'static str, slots: usize) -> Checked {
        let now = self.now();
        let request = LeaseRequest { now, until: now.after(LEASE), slots, owner: owner.to_owned() };
        let leased = self.fixture.store.lease(request, self.fixture.policy()).await.unwrap();
        let mut expired = Vec::new();
        for job in &mut self.jobs {
            if job.status == JobStatus::Queued && !job.is_erased && job.deadline <= now {
                job.end(JobStatus::Dead);
                expired.push(job.reference.job_id.clone());
            }
        }
        let mut seen: Vec<JobId> = leased.expired.into_iter().map(|(_, id)| id).collect();
        expired.sort();
        seen.sort();
        prop_assert_eq!(seen, expired);
        let due = self.jobs.iter().filter(|job| job.is_due(now)).count();
        prop_assert_eq!(leased.jobs.len(), due.min(slots));
        for taken in leased.jobs {
            let place = self.jobs.iter().position(|job| job.reference.job_id == taken.lease.job_id).unwrap();
            self.check_first_of_user(place, now)?;
            let job = &mut self.jobs[place];
            prop_assert!(job.is_due(now), "{job:?}");
            job.status = JobStatus::Running;
            job.attempt += 1;
            job.holder = Some(Holder { owner, until: now.after(LEASE) });
            prop_assert_eq!((taken.lease.attempt, taken.deadline), (job.attempt, job.deadline));
            self.leases.push(taken.lease);
        }
        Ok(())
    }

    /// Of jobs that were due at once and never begun, the one that came first is taken first.
    fn check_first_of_user(&self, place: usize, now: Timestamp) -> Checked {
        let taken = &self.jobs[place];
        if !taken.is_fresh(now) {
            return Ok(());
        }
        let overtaken = self.jobs[..place].iter().find(|job| {
            job.is_fresh(now)
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
            End::Complete => store.complete(lease.clone(), now, completed()).await.map(|end| end.fenced()),
            End::Retry(at) => {
                let failed = failed_with(AfterFailure::RetryAt(at));
                store.fail(lease.clone(), now, failed).await.map(|end| end.fenced())
            }
            End::GiveUp => {
                let failed = failed_with(AfterFailure::Dead);
                store.fail(lease.clone(), now, failed).await.map(|end| end.fenced())
            }
            End::GiveBack(at) => store.give_back(lease.clone(), now, at).await,
            End::Renew => store.renew(lease.clone(), now.after(LEASE)).await,
            End::Append => store.append(lease.clone(), "text".to_owned()).await,
        };
        let job = self.jobs.iter_mut().find(|job| job.reference.job_id == lease.job_id).unwrap();
        let is_held = job.status == JobStatus::Running && !job.is_erased && job.attempt == lease.attempt;
        prop_assert_eq!(fenced.unwrap(), if is_held { Fenced::Held } else { Fenced::Stale }, "{:?}", job);
        if is_held {
            match end {
                End::Complete => job.end(JobStatus::Succeeded),
                End::Retry(at) | End::GiveBack(at) => job.put_back(at),
                End::GiveUp => job.end(JobStatus::Dead),
                End::Renew => {
                    job.holder = job.holder.map(|holder| Holder { until: now.after(LEASE), ..holder });
                }
                End::Append => {}
            }
        }
        Ok(())
    }

    /// Takes back what a daemon that begins anew held before, or what nobody has renewed in time.
    async fn recover(&mut self, crashed: Option<&'static str>) -> Checked {
        let now = self.now();
        let orphans = match crashed {
            Some(owner) => Orphans::OfPreviousProcess { owner: owner.to_owned() },
            None => Orphans::OfExpiredLease,
        };
        let found = self.fixture.store.recover(now, orphans, POISON_AFTER).await.unwrap();
        let mut lost = 0;
        for job in &mut self.jobs {
            let is_lost = job.holder.is_some_and(|holder| match crashed {
                Some(owner) => holder.owner == owner,
                None => holder.until <= now,
            });
            if is_lost {
                job.crash(now);
                lost += 1;
            }
        }
        prop_assert_eq!(found.requeued.len() + found.poisoned.len(), lost);
        Ok(())
    }

    async fn cancel(&mut self, job: usize) -> Checked {
        let Some(place) = self.known(job) else { return Ok(()) };
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
        let Some(place) = self.known(job) else { return Ok(()) };
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

    /// A site takes one of the events that wait. It does not come again.
    async fn tell(&mut self, event: usize) -> Checked {
        let events = self.fixture.deliveries(FOREVER_S).await;
        let Some(place) = event.checked_rem(events.len()) else { return Ok(()) };
        let event = &events[place];
        self.fixture.store.succeeded(event.id.clone(), self.now(), 200).await.unwrap();
        let job = self.jobs.iter_mut().find(|job| job.reference.job_id == event.job_id).unwrap();
        job.told += 1;
        Ok(())
    }

    /// Nothing is left of a user's jobs, also of those that run.
    async fn erase(&mut self, user: u8) -> Checked {
        let subject = format!("user:{user}");
        let erased = self.fixture.store.erase(site("one"), subject.clone(), 1_000).await.unwrap();
        let erased: HashSet<JobId> = erased.jobs.into_iter().collect();
        for job in &mut self.jobs {
            if job.spec.subject.as_ref() == Some(&subject) && !job.is_erased {
                prop_assert!(erased.contains(&job.reference.job_id), "{job:?}");
                job.is_erased = true;
                job.holder = None;
            }
        }
        Ok(())
    }

    /// The store says of every job what the model says, and each end has its event.
    pub(super) async fn check(&self) -> Checked {
        let events = self.fixture.deliveries(FOREVER_S).await;
        for job in &self.jobs {
            let untold = events.iter().filter(|event| event.job_id == job.reference.job_id).count();
            let seen = self.fixture.store.snapshot(job.reference.clone()).await.unwrap();
            if job.is_erased {
                prop_assert_eq!((seen, untold), (None, 0), "{:?}", job);
                continue;
            }
            let seen = seen.unwrap();
            prop_assert_eq!((seen.status, seen.attempt), (job.status, job.attempt), "{:?}", job);
            prop_assert_eq!(untold, job.ends - job.told, "{:?}", job);
        }
        Ok(())
    }
}

//! The sites' side: hands jobs over until each has a receipt, whatever happens to the daemon meanwhile.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::bail;
use platen_core::code::ErrorCode;
use platen_core::job::{JobSpec, Priority, SiteId};
use platen_core::wire::{BatchItem, Receipt, Refusal, Reply, Request, SubmitMany};
use proofs::faults::Faults;
use proofs::jobs::{chat, delay, enlarge, reference, submission};
use proofs::socket::Client;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::watch;
use tokio::time::sleep;

use crate::ledger::{Accepted, Ledger};

/// The most jobs of a batch.
const MAX_BATCH: u64 = 32;

/// Users of each site.
const USERS: u64 = 97;

/// Jobs on their way are at most this part of all, so that jobs come until the end.
const WINDOW_PART: u64 = 20;

/// What a job carries while the disk is full: the log of the database has room that it took before, and the jobs
/// would be through before that is used up.
const LARGE_BYTES: usize = 100 * 1024;

/// How long the daemon is left alone after a refusal, and when nobody listens.
const PAUSE: Duration = Duration::from_millis(20);

/// How often somebody who waits for room looks again.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) struct Parts {
    pub(crate) seed: u64,
    pub(crate) jobs: u64,
    pub(crate) socket: PathBuf,
    pub(crate) sites: Vec<SiteId>,
    pub(crate) effects: watch::Receiver<u64>,
    pub(crate) is_full: watch::Receiver<bool>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) faults: Arc<Faults>,
}

pub(crate) struct Storm {
    parts: Parts,
    next: AtomicU64,
}

impl Storm {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts, next: AtomicU64::new(0) }
    }

    /// Jobs on their way are bounded, except while the disk is full.
    async fn room(&self) {
        let window = (self.parts.jobs / WINDOW_PART).max(MAX_BATCH);
        let accepted = self.parts.ledger.accepted();
        loop {
            let on_their_way = accepted.borrow().saturating_sub(*self.parts.effects.borrow());
            if on_their_way < window || self.is_full() {
                return;
            }
            sleep(LOOK).await;
        }
    }

    fn is_full(&self) -> bool {
        *self.parts.is_full.borrow()
    }

    /// The next jobs of this client, as many as it hands over at once; empty when there are no more.
    fn take(&self, rng: &mut StdRng) -> Vec<JobSpec> {
        let is_batch = !self.is_full() && rng.random_ratio(1, 20);
        let count = if is_batch { rng.random_range(2..=MAX_BATCH) } else { 1 };
        let first = self.next.fetch_add(count, Ordering::Relaxed);
        (first..first.saturating_add(count).min(self.parts.jobs))
            .map(|number| self.job(number, rng))
            .collect()
    }

    fn job(&self, number: u64, rng: &mut StdRng) -> JobSpec {
        let mut job = chat(number, format!("user:{}", number % USERS));
        job.priority = match rng.random_range(0..10) {
            0 => Priority::High,
            1 | 2 => Priority::Batch,
            _ => Priority::Standard,
        };
        if rng.random_ratio(1, 5) {
            job.conversation = Some(format!("talk:{}", number % (USERS * 3)));
        }
        if rng.random_ratio(1, 50) {
            delay(&mut job, Duration::from_millis(rng.random_range(100..3_000)));
        }
        if self.is_full() {
            enlarge(&mut job, LARGE_BYTES);
        }
        job
    }
}

/// Hands jobs over, one lot after the other, until all are.
pub(crate) async fn hand_over_all(storm: Arc<Storm>, client: u64) -> anyhow::Result<()> {
    let mut rng = StdRng::seed_from_u64(storm.parts.seed.wrapping_add(client).wrapping_add(1));
    let mut line = Line { storm: &storm, client: None };
    loop {
        storm.room().await;
        let jobs = storm.take(&mut rng);
        if jobs.is_empty() {
            return Ok(());
        }
        let place = rng.random_range(0..storm.parts.sites.len());
        let Some(site) = storm.parts.sites.get(place) else { bail!("there are no sites") };
        line.hand_over(site, &jobs).await?;
        if let Some(job) = jobs.first() {
            if rng.random_ratio(1, 30) {
                line.repeat(site, job).await;
            }
            if rng.random_ratio(1, 60) {
                sleep(Duration::from_millis(rng.random_range(0..50))).await;
                line.cancel(site, job).await;
            }
        }
    }
}

/// One client's connection, made anew when it broke.
struct Line<'a> {
    storm: &'a Storm,
    client: Option<Client>,
}

/// What the client knows of a lot of jobs that has no receipts yet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// The daemon has none of them: it was never asked, or it refused.
    NotThere,
    /// A connection broke before the answer came.
    Unsure,
}

impl Line<'_> {
    async fn call(&mut self, request: &Request) -> io::Result<Reply> {
        let mut client = match self.client.take() {
            Some(client) => client,
            None => Client::connect(&self.storm.parts.socket).await?,
        };
        let reply = client.call(request).await?;
        self.client = Some(client);
        Ok(reply)
    }

    /// Until each has its receipt.
    async fn hand_over(&mut self, site: &SiteId, jobs: &[JobSpec]) -> anyhow::Result<()> {
        let parts = &self.storm.parts;
        let mut known = Known::NotThere;
        let mut waiting: Vec<&JobSpec> = jobs.iter().collect();
        while !waiting.is_empty() {
            let items = match self.call(&request(site, &waiting)?).await {
                Ok(Reply::Receipt(receipt)) => vec![BatchItem::Receipt(receipt)],
                Ok(Reply::Receipts(list)) => list.receipts,
                Ok(Reply::Refusal(refusal)) => {
                    waiting.iter().map(|_| BatchItem::Refusal(refusal.clone())).collect()
                }
                Ok(other) => bail!("the daemon answered a submit with {other:?}"),
                Err(_) => {
                    parts.ledger.broke();
                    known = Known::Unsure;
                    sleep(PAUSE).await;
                    continue;
                }
            };
            let mut refused = Vec::new();
            for (job, item) in waiting.iter().zip(items) {
                match item {
                    BatchItem::Receipt(receipt) => self.accepted(site, job, &receipt, known),
                    BatchItem::Refusal(refusal) => {
                        may_pass(&refusal, &parts.ledger)?;
                        refused.push(*job);
                    }
                }
            }
            if !refused.is_empty() {
                sleep(PAUSE).await;
            }
            waiting = refused;
        }
        Ok(())
    }

    fn accepted(&self, site: &SiteId, job: &JobSpec, receipt: &Receipt, known: Known) {
        let parts = &self.storm.parts;
        if receipt.job_id != job.id {
            parts.faults.add(format!("job {} got the receipt of job {}", job.id, receipt.job_id));
        }
        if receipt.is_duplicate && known == Known::NotThere {
            parts.faults.add(format!("job {} was there although nobody had taken it", job.id));
        }
        let number = job.request_id.trim_start_matches("request-").parse().unwrap_or(u64::MAX);
        parts.ledger.accept(Accepted { number, site: site.clone(), id: job.id.clone() });
    }

    /// The same job once more gives the same receipt.
    async fn repeat(&mut self, site: &SiteId, job: &JobSpec) {
        let parts = &self.storm.parts;
        parts.ledger.repeat();
        if let Ok(Reply::Receipt(receipt)) = self.call(&submission(site, job)).await
            && (receipt.job_id != job.id || !receipt.is_duplicate)
        {
            parts.faults.add(format!("job {} was taken a second time as {receipt:?}", job.id));
        }
    }

    /// Whether that comes in time is decided by the daemon alone.
    async fn cancel(&mut self, site: &SiteId, job: &JobSpec) {
        self.storm.parts.ledger.cancel();
        let _ = self.call(&Request::Cancel(reference(site, &job.id))).await;
    }
}

fn request(site: &SiteId, jobs: &[&JobSpec]) -> anyhow::Result<Request> {
    if let [job] = jobs {
        return Ok(submission(site, job));
    }
    let jobs = jobs.iter().map(serde_json::value::to_raw_value).collect::<Result<_, _>>()?;
    Ok(Request::SubmitMany(SubmitMany { site: site.clone(), jobs }))
}

/// A refusal that passes by itself says so with its code.
fn may_pass(refusal: &Refusal, ledger: &Ledger) -> anyhow::Result<()> {
    match refusal.code {
        ErrorCode::StoreUnavailable => ledger.refuse(),
        ErrorCode::Busy | ErrorCode::Draining => {}
        code => bail!("a job was refused with {code}: {}", refusal.message),
    }
    Ok(())
}

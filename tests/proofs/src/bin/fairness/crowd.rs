//! The jobs of a scene, and the daemon that runs them.

use anyhow::{bail, ensure};
use platen_core::clock::Timestamp;
use platen_core::job::{JobId, JobSpec, Priority, SiteId};
use platen_core::limits::MAX_BATCH_JOBS;
use platen_core::wire::{BatchItem, Reply, Request, SubmitMany, Trace, WaitRequest};
use proofs::daemon::{Daemon, Home};
use proofs::jobs::{chat, reference, submission};
use proofs::provider::Provider;
use proofs::receiver::{Manners, Receiver};
use proofs::scratch::Scratch;
use proofs::socket::Client;
use serde_json::json;

use crate::Options;

/// The longest wait for the end of a single job, in milliseconds.
const WAIT_MS: u64 = 60_000;

/// Whose jobs, and how urgent.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) site: &'static str,
    pub(crate) user: &'static str,
    pub(crate) priority: Priority,
}

impl Kind {
    fn job(self, number: u64) -> JobSpec {
        JobSpec { priority: self.priority, ..chat(number, self.user.to_owned()) }
    }

    fn given(self, number: u64, id: JobId, site: &SiteId) -> Given {
        Given { number, priority: self.priority, site: site.clone(), id }
    }
}

/// A daemon with two sites. The folder goes last.
pub(crate) struct Stage {
    client: Client,
    provider: Provider,
    next: u64,
    _daemon: Daemon,
    _receiver: Receiver,
    _scratch: Scratch,
}

/// A job that was handed over.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) number: u64,
    pub(crate) priority: Priority,
    pub(crate) site: SiteId,
    pub(crate) id: JobId,
}

impl Stage {
    /// Each job takes the provider as long as the options say.
    pub(crate) async fn set(options: &Options, slots: usize) -> anyhow::Result<Self> {
        let scratch = Scratch::new("platen-fairness-")?;
        let provider = Provider::start(&options.provider, 0)?;
        provider.script(&json!({ "behaviour": { "latency_ms": options.job_ms } })).await?;
        let receiver = Receiver::start(Manners::Good, std::sync::Arc::default()).await?;
        let settings = format!("[jobs]\nconcurrency = {slots}\nsame_input_window_s = 0\n");
        let home = Home::new(scratch.path(), &options.platend, &provider.url, &settings)?;
        for site in ["one", "two"] {
            receiver.learn(site, home.add_site(site, &receiver.url(site))?);
        }
        let (daemon, _) = home.start().await?;
        let client = Client::connect(&home.socket()).await?;
        Ok(Self { client, provider, next: 0, _daemon: daemon, _receiver: receiver, _scratch: scratch })
    }

    /// Hands over a job of each of these kinds, again and again, until there are so many.
    pub(crate) async fn fill(&mut self, kinds: &[Kind], jobs: u64) -> anyhow::Result<Vec<Given>> {
        let mut given = Vec::new();
        let until = self.next.saturating_add(jobs);
        while self.next < until {
            for kind in kinds {
                let batch = (MAX_BATCH_JOBS / kinds.len()).max(1);
                given.extend(self.give(*kind, batch).await?);
            }
        }
        Ok(given)
    }

    async fn give(&mut self, kind: Kind, count: usize) -> anyhow::Result<Vec<Given>> {
        let site: SiteId = kind.site.to_owned().try_into()?;
        let first = self.next;
        self.next = first.saturating_add(u64::try_from(count)?);
        let jobs: Vec<(u64, JobSpec)> = (first..self.next).map(|number| (number, kind.job(number))).collect();
        let texts =
            jobs.iter().map(|(_, job)| serde_json::value::to_raw_value(job)).collect::<Result<_, _>>()?;
        let request = Request::SubmitMany(SubmitMany { site: site.clone(), jobs: texts });
        let Reply::Receipts(list) = self.client.call(&request).await? else { bail!("a batch was refused") };
        let is_taken =
            |item: &BatchItem| matches!(item, BatchItem::Receipt(receipt) if !receipt.is_duplicate);
        ensure!(list.receipts.iter().all(is_taken), "a job of a batch was refused");
        Ok(jobs.into_iter().map(|(number, job)| kind.given(number, job.id, &site)).collect())
    }

    /// Hands over one job and waits for its end.
    pub(crate) async fn run_one(&mut self, kind: Kind) -> anyhow::Result<Given> {
        let site: SiteId = kind.site.to_owned().try_into()?;
        let number = self.next;
        self.next = number.saturating_add(1);
        let job = kind.job(number);
        let receipt = self.client.call(&submission(&site, &job)).await?;
        ensure!(matches!(receipt, Reply::Receipt(_)), "a single job was refused: {receipt:?}");
        let wait = WaitRequest { site: site.clone(), job_id: job.id.clone(), wait_ms: WAIT_MS };
        let ended = self.client.call(&Request::Wait(wait)).await?;
        ensure!(matches!(&ended, Reply::Job(job) if job.status.is_final()), "a single job did not end");
        Ok(kind.given(number, job.id, &site))
    }

    /// The numbers of the jobs that were begun, in the order in which the provider was asked.
    pub(crate) async fn begun(&self) -> anyhow::Result<Vec<u64>> {
        let calls = self.provider.calls().await?;
        let number = |id: String| id.strip_prefix("request-").and_then(|number| number.parse().ok());
        Ok(calls.into_iter().filter_map(|call| call.request_id.and_then(number)).collect())
    }

    /// When a job was accepted, begun and ended, as far as it was.
    pub(crate) async fn life(&mut self, job: &Given) -> anyhow::Result<Life> {
        let reply = self.client.call(&Request::Trace(reference(&job.site, &job.id))).await?;
        let Reply::Hops(trace) = reply else { bail!("job {} has no trace", job.id) };
        Ok(Life {
            accepted: moment(&trace, "job.accepted"),
            begun: moment(&trace, "job.leased"),
            ended: moment(&trace, "job.succeeded"),
        })
    }
}

/// Moments by the daemon's clock.
#[derive(Clone, Copy)]
pub(crate) struct Life {
    pub(crate) accepted: Option<Timestamp>,
    pub(crate) begun: Option<Timestamp>,
    pub(crate) ended: Option<Timestamp>,
}

fn moment(trace: &Trace, name: &str) -> Option<Timestamp> {
    trace.hops.iter().find(|hop| hop.name == name).map(|hop| hop.at)
}

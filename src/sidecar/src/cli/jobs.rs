//! `platend jobs`: what happened, and what to do about it.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use platen_core::clock::Clock;
use platen_core::job::{Hop, JobId, JobSnapshot, JobStatus, SiteId};
use platen_core::wire::{JobRef, Reply, Request};
use serde::Serialize;

use super::client::{CallError, call};
use super::dead::{self, DeadCommand};
use super::output::{say, say_json, table};
use super::{Format, Listing, open_store};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::jobs::store::{Changed, JobFilter, JobStore, ListedJob};
use crate::storage::Store;

#[derive(Debug, Subcommand)]
pub(super) enum JobsCommand {
    /// Lists jobs, the newest first.
    List {
        /// Only jobs of this site.
        #[arg(long, value_parser = parse_site)]
        site: Option<SiteId>,
        /// Only jobs that stand here: queued, running, succeeded, dead or cancelled.
        #[arg(long, value_parser = parse_status)]
        status: Option<JobStatus>,
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
        #[command(flatten)]
        listing: Listing,
    },
    /// Shows a job with its answer and what happened to it.
    Show {
        /// The job's id.
        id: JobId,
        #[command(flatten)]
        listing: Listing,
    },
    /// Lists, shows, replays and drops dead jobs.
    #[command(subcommand)]
    Dead(DeadCommand),
    /// Gives a dead job a new life.
    Retry {
        /// The job's id.
        id: JobId,
    },
    /// Ends a queued or running job.
    Cancel {
        /// The job's id.
        id: JobId,
    },
}

pub(super) fn parse_site(text: &str) -> Result<SiteId, String> {
    SiteId::try_from(text.to_owned()).map_err(|error| error.to_string())
}

fn parse_status(text: &str) -> Result<JobStatus, String> {
    text.parse().map_err(|()| "not queued, running, succeeded, dead or cancelled".to_owned())
}

pub(super) fn run(config: &Config, command: JobsCommand) -> anyhow::Result<ExitCode> {
    let store = open_store(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match command {
        JobsCommand::List { site, status, limit, listing } => {
            let filter = JobFilter { site, status, limit };
            let jobs = runtime.block_on(store.list(filter)).context("the jobs cannot be read")?;
            list(&jobs, listing.format)?;
        }
        JobsCommand::Show { id, listing } => {
            let job = runtime.block_on(find(&store, &id))?;
            let reference = JobRef { site: job.site.clone(), job_id: id };
            let trace = runtime.block_on(store.trace(reference)).context("the job cannot be read")?;
            show(job, trace.map(|trace| trace.hops).unwrap_or_default(), listing.format)?;
        }
        JobsCommand::Dead(command) => return dead::run(config, &store, &runtime, command),
        JobsCommand::Retry { id } => runtime.block_on(change_one(config, &store, id, Change::Retry))?,
        JobsCommand::Cancel { id } => runtime.block_on(change_one(config, &store, id, Change::Cancel))?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn find(store: &Store, id: &JobId) -> anyhow::Result<ListedJob> {
    let found = store.find_anywhere(id.clone()).await.context("the job cannot be read")?;
    found.with_context(|| format!("there is no job {id}"))
}

#[derive(Clone, Copy)]
pub(super) enum Change {
    Retry,
    Cancel,
}

/// Through the daemon when it runs, so that a running call is dropped and a queued job starts at once; else
/// straight in the database.
pub(super) async fn change(
    config: &Config,
    store: &Store,
    job: JobRef,
    change: Change,
) -> anyhow::Result<JobSnapshot> {
    let id = job.job_id.clone();
    let request = match change {
        Change::Retry => Request::Retry(job.clone()),
        Change::Cancel => Request::Cancel(job.clone()),
    };
    let after = match call(&config.ipc.socket, &request) {
        Ok(Reply::Job(after)) => *after,
        Ok(Reply::Refusal(refusal)) => bail!("{} ({})", refusal.message, refusal.code),
        Ok(_) => bail!("the daemon sent another reply than was asked for"),
        Err(CallError::NotRunning) => {
            let now = SystemClock.now();
            let changed = match change {
                Change::Retry => store.replay(job, now).await,
                Change::Cancel => store.cancel(job, now).await,
            };
            match changed.context("the job cannot be changed")? {
                Changed::To(after) => *after,
                Changed::Not(job) => {
                    bail!("a {} job cannot be changed that way (invalid_transition)", job.status)
                }
                Changed::NotFound => bail!("there is no job {id}"),
            }
        }
        Err(error) => return Err(error).context("the daemon cannot be asked"),
    };
    Ok(after)
}

async fn change_one(config: &Config, store: &Store, id: JobId, to: Change) -> anyhow::Result<()> {
    let job = JobRef { site: find(store, &id).await?.site, job_id: id };
    let after = change(config, store, job, to).await?;
    Ok(say(&format!("job {} is {}", after.id, after.status))?)
}

#[derive(Serialize)]
struct Row<'a> {
    site: &'a SiteId,
    #[serde(flatten)]
    job: &'a JobSnapshot,
}

fn list(jobs: &[ListedJob], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        let rows: Vec<_> = jobs.iter().map(|job| Row { site: &job.site, job: &job.snapshot }).collect();
        return say_json(&rows);
    }
    let rows: Vec<_> =
        jobs.iter()
            .map(|listed| {
                let job = &listed.snapshot;
                let error = job.error.as_ref().map_or_else(String::new, |error| error.code.to_string());
                let tokens = job.usage.as_ref().map_or_else(String::new, |usage| {
                    format!("{}/{}", usage.input_tokens, usage.output_tokens)
                });
                let (id, site) = (job.id.to_string(), listed.site.to_string());
                let (attempt, created_at) = (job.attempt.to_string(), job.created_at.to_string());
                [id, site, job.status.to_string(), attempt, tokens, error, created_at]
            })
            .collect();
    Ok(say(&table(["ID", "SITE", "STATUS", "ATTEMPT", "TOKENS", "ERROR", "CREATED"], &rows))?)
}

#[derive(Serialize)]
struct Shown {
    site: SiteId,
    #[serde(flatten)]
    job: JobSnapshot,
    hops: Vec<Hop>,
}

fn show(job: ListedJob, hops: Vec<Hop>, format: Format) -> anyhow::Result<()> {
    let shown = Shown { site: job.site, job: job.snapshot, hops };
    if format == Format::Json {
        return say_json(&shown);
    }
    let job = &shown.job;
    say(&format!("job      {}", job.id))?;
    say(&format!("site     {}", shown.site))?;
    say(&format!("status   {} (attempt {})", job.status, job.attempt))?;
    say(&format!("request  {}", job.request_id))?;
    say(&format!("created  {}", job.created_at))?;
    say(&format!("updated  {}", job.updated_at))?;
    if let Some(usage) = &job.usage {
        let cost = usage.cost_microusd.map_or_else(String::new, |cost| format!(", {cost} µ$"));
        say(&format!("usage    {} in, {} out{cost}", usage.input_tokens, usage.output_tokens))?;
    }
    if let Some(error) = &job.error {
        say(&format!("error    {}: {}", error.code, error.message))?;
    }
    say("")?;
    for hop in &shown.hops {
        say(&format!("{}  {:24} {}", hop.at, hop.name, hop.detail))?;
    }
    if let Some(answer) = &job.result {
        say(&format!("\n{}", answer.text))?;
    }
    Ok(())
}

//! `platend jobs dead`: what could not be done, why, and what to do about it.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use platen_core::clock::{Clock, Timestamp};
use platen_core::job::{Cause, JobId, SiteId};
use platen_core::wire::JobRef;
use serde::Serialize;
use tokio::runtime::Runtime;

use super::jobs::{Change, change, parse_site};
use super::output::{say, say_json, table};
use super::{Format, Listing};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::jobs::store::{Content, DeadFilter, DeadLetter, DeadStore};
use crate::storage::Store;

/// Dead letters that are dropped at once.
const BATCH: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum DeadCommand {
    /// Lists dead jobs, the latest first.
    List {
        #[command(flatten)]
        which: Which,
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
        #[command(flatten)]
        listing: Listing,
    },
    /// Shows every attempt at a job with its error.
    Show {
        /// The job's id.
        id: JobId,
        #[command(flatten)]
        listing: Listing,
    },
    /// Gives dead jobs a new life.
    Replay {
        #[command(flatten)]
        which: Which,
        /// Only says how many there are.
        #[arg(long)]
        dry_run: bool,
    },
    /// Removes dead jobs whose webhooks are settled.
    Drop {
        #[command(flatten)]
        which: Which,
        /// Only says how many there are.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Which dead jobs are meant; without any of these, all.
#[derive(Args, Clone, Debug)]
pub(super) struct Which {
    /// Only this job.
    #[arg(long)]
    id: Option<JobId>,
    /// Only those that died of this: `provider_5xx`, `provider_429`, `timeout`, `poison` …
    #[arg(long, value_parser = parse_cause)]
    cause: Option<Cause>,
    /// Only jobs of this site.
    #[arg(long, value_parser = parse_site)]
    site: Option<SiteId>,
    /// Only those that died at this time or later: 2026-11-20T16:00:00Z, or 90m, 2h, 7d for so long ago.
    #[arg(long, value_parser = parse_time)]
    since: Option<Timestamp>,
    /// Only those that died before this time.
    #[arg(long, value_parser = parse_time)]
    until: Option<Timestamp>,
}

impl From<Which> for DeadFilter {
    fn from(which: Which) -> Self {
        let Which { id, cause, site, since, until } = which;
        Self { job_id: id, site, cause, since, until, content: Content::Any }
    }
}

fn parse_cause(text: &str) -> Result<Cause, String> {
    let known = || Cause::ALL.map(Cause::as_str).join(", ");
    text.parse().map_err(|()| format!("not one of {}", known()))
}

pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    let error = || "not a time such as 2026-11-20T16:00:00Z, and no 90m, 2h or 7d".to_owned();
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let unit = text.chars().last().ok_or_else(error)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(error()),
    };
    let number: u64 = text.strip_suffix(unit).unwrap_or_default().parse().map_err(|_| error())?;
    Ok(SystemClock.now().before(std::time::Duration::from_secs(number.saturating_mul(seconds))))
}

pub(super) fn run(
    config: &Config,
    store: &Store,
    runtime: &Runtime,
    command: DeadCommand,
) -> anyhow::Result<ExitCode> {
    match command {
        DeadCommand::List { which, limit, listing } => {
            let letters = runtime.block_on(store.dead(which.into(), limit));
            list(&letters.context("the dead letters cannot be read")?, listing.format)?;
        }
        DeadCommand::Show { id, listing } => runtime.block_on(show(store, id, listing.format))?,
        DeadCommand::Replay { which, dry_run } => {
            let filter = DeadFilter { content: Content::Kept, ..which.into() };
            let count = if dry_run {
                count(runtime, store, &filter)?
            } else {
                replay(config, runtime, store, &filter)?
            };
            say(&said(count, if dry_run { "would be replayed" } else { "were replayed" }))?;
        }
        DeadCommand::Drop { which, dry_run } => {
            let filter = DeadFilter::from(which);
            let count =
                if dry_run { count(runtime, store, &filter)? } else { drop_all(runtime, store, &filter)? };
            say(&said(count, if dry_run { "would be dropped" } else { "were dropped" }))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn said(count: u64, what: &str) -> String {
    format!("{count} dead {} {what}", if count == 1 { "job" } else { "jobs" })
}

fn count(runtime: &Runtime, store: &Store, filter: &DeadFilter) -> anyhow::Result<u64> {
    runtime.block_on(store.count_dead(filter.clone())).context("the dead letters cannot be counted")
}

/// One by one, through the daemon when it runs, so that it begins at once. Each that is dead now, once: one that dies
/// again at once is not replayed for ever.
fn replay(config: &Config, runtime: &Runtime, store: &Store, filter: &DeadFilter) -> anyhow::Result<u64> {
    let letters = runtime.block_on(store.dead(filter.clone(), u32::MAX));
    let mut replayed = 0_u64;
    for letter in letters.context("the dead letters cannot be read")? {
        let DeadLetter { job, cause: _, died_at: _ } = letter;
        let reference = JobRef { site: job.site, job_id: job.snapshot.id };
        runtime.block_on(change(config, store, reference, Change::Retry))?;
        replayed = replayed.saturating_add(1);
    }
    Ok(replayed)
}

fn drop_all(runtime: &Runtime, store: &Store, filter: &DeadFilter) -> anyhow::Result<u64> {
    let mut dropped = 0_u64;
    loop {
        let gone = runtime.block_on(store.drop_dead(filter.clone(), BATCH));
        let gone = gone.context("the dead letters cannot be dropped")?;
        if gone == 0 {
            return Ok(dropped);
        }
        dropped = dropped.saturating_add(gone);
    }
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a JobId,
    site: &'a SiteId,
    cause: Cause,
    code: Option<&'a str>,
    message: Option<&'a str>,
    attempt: u32,
    died_at: Timestamp,
}

fn list(letters: &[DeadLetter], format: Format) -> anyhow::Result<()> {
    let rows: Vec<Row<'_>> = letters
        .iter()
        .map(|letter| {
            let job = &letter.job.snapshot;
            Row {
                id: &job.id,
                site: &letter.job.site,
                cause: letter.cause,
                code: job.error.as_ref().map(|error| error.code.as_str()),
                message: job.error.as_ref().map(|error| error.message.as_str()),
                attempt: job.attempt,
                died_at: letter.died_at,
            }
        })
        .collect();
    if format == Format::Json {
        return say_json(&rows);
    }
    let cells: Vec<_> = rows
        .iter()
        .map(|row| {
            let (id, site, cause) = (row.id.to_string(), row.site.to_string(), row.cause.to_string());
            let message = row.message.unwrap_or_default().to_owned();
            [id, site, cause, row.attempt.to_string(), row.died_at.to_string(), message]
        })
        .collect();
    Ok(say(&table(["ID", "SITE", "CAUSE", "ATTEMPT", "DIED", "ERROR"], &cells))?)
}

async fn show(store: &Store, id: JobId, format: Format) -> anyhow::Result<()> {
    let found = store.find_anywhere(id.clone()).await.context("the job cannot be read")?;
    let job = found.with_context(|| format!("there is no job {id}"))?;
    let reference = JobRef { site: job.site, job_id: id };
    let attempts = store.attempts(reference).await.context("the job cannot be read")?.unwrap_or_default();
    if format == Format::Json {
        return say_json(&attempts);
    }
    let cells: Vec<_> = attempts
        .iter()
        .map(|attempt| {
            let step = match attempt.branch {
                Some(branch) if branch > 0 => format!("{} {branch}", attempt.step),
                Some(_) | None => attempt.step.clone(),
            };
            let error = attempt.error.as_ref();
            let error = error.map_or_else(String::new, |error| format!("{}: {}", error.code, error.message));
            let outcome = attempt.outcome.clone().unwrap_or_default();
            [step, attempt.attempt.to_string(), attempt.began_at.to_string(), outcome, error]
        })
        .collect();
    Ok(say(&table(["STEP", "ATTEMPT", "BEGAN", "OUTCOME", "ERROR"], &cells))?)
}

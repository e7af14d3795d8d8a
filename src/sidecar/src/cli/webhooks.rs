//! `platend webhooks`: what was delivered, what was not and why, and another round for it.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use platen_core::clock::{Clock, Timestamp};
use platen_core::job::{JobId, SiteId};
use tokio::runtime::Runtime;

use super::dead::parse_time;
use super::output::{say, say_json, table};
use super::site::parse_site;
use super::{Format, Listing, open_store};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::storage::Store;
use crate::webhooks::store::{
    DeliveryFilter, DeliveryLog, DeliveryRecord, DeliveryState, DeliveryTry, Replayed,
};

/// Deliveries that are changed at once.
const BATCH: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum WebhooksCommand {
    /// Lists deliveries, the newest event first.
    List {
        #[command(flatten)]
        which: Which,
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
        #[command(flatten)]
        listing: Listing,
    },
    /// Shows every try at a delivery: when, what the site answered, what was wrong.
    Show {
        /// The delivery's id, as `list` shows it: the webhook-id.
        id: String,
        #[command(flatten)]
        listing: Listing,
    },
    /// Sends deliveries once more, under the same webhook-id: a site that had the event does nothing. Without
    /// --state, --id and --job, those that were given up.
    Replay {
        #[command(flatten)]
        which: Which,
        /// Only says how many there are.
        #[arg(long)]
        dry_run: bool,
    },
}

/// Which deliveries are meant; without any of these, all.
#[derive(Args, Clone, Debug)]
pub(super) struct Which {
    /// Only this delivery.
    #[arg(long)]
    id: Option<String>,
    /// Only those of this job.
    #[arg(long)]
    job: Option<JobId>,
    /// Only those of this site.
    #[arg(long, value_parser = parse_site)]
    site: Option<SiteId>,
    /// Only those that are `waiting`, `delivered` or `given_up`.
    #[arg(long)]
    state: Option<DeliveryState>,
    /// Only events of this time or later: 2026-11-20T16:00:00Z, or 90m, 2h, 7d for so long ago.
    #[arg(long, value_parser = parse_time)]
    since: Option<Timestamp>,
    /// Only events before this time.
    #[arg(long, value_parser = parse_time)]
    until: Option<Timestamp>,
}

impl From<Which> for DeliveryFilter {
    fn from(which: Which) -> Self {
        let Which { id, job, site, state, since, until } = which;
        Self { delivery_id: id, job_id: job, site, state, since, until }
    }
}

impl Which {
    /// What a replay means by it.
    fn for_replay(self) -> DeliveryFilter {
        let is_named = self.id.is_some() || self.job.is_some();
        let state = self.state.or(if is_named { None } else { Some(DeliveryState::GivenUp) });
        DeliveryFilter { state, ..self.into() }
    }
}

pub(super) fn run(config: &Config, command: WebhooksCommand) -> anyhow::Result<ExitCode> {
    let store = open_store(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match command {
        WebhooksCommand::List { which, limit, listing } => {
            let records = runtime.block_on(store.deliveries(which.into(), limit));
            list(&records.context("the deliveries cannot be read")?, listing.format)?;
        }
        WebhooksCommand::Show { id, listing } => {
            let tries = runtime.block_on(store.tries(id.clone())).context("the delivery cannot be read")?;
            let tries = tries.with_context(|| format!("there is no delivery {id}"))?;
            show(&tries, listing.format)?;
        }
        WebhooksCommand::Replay { which, dry_run: true } => {
            let filter = which.for_replay();
            let count = runtime.block_on(store.count_deliveries(filter));
            let count = count.context("the deliveries cannot be counted")?;
            say(&format!("{} would be sent again", deliveries(count)))?;
        }
        WebhooksCommand::Replay { which, dry_run: false } => {
            let Replayed { replayed, untellable, last: _ } = replay(&store, &runtime, &which.for_replay())?;
            say(&format!("{} will be sent again", deliveries(replayed)))?;
            if untellable > 0 {
                say(&format!("{} cannot be told any more: the content is gone", deliveries(untellable)))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn deliveries(count: u64) -> String {
    format!("{count} {}", if count == 1 { "delivery" } else { "deliveries" })
}

/// The running daemon finds them by itself within a second.
fn replay(store: &Store, runtime: &Runtime, filter: &DeliveryFilter) -> anyhow::Result<Replayed> {
    let mut total = Replayed::default();
    let mut after = 0;
    loop {
        let replaying = store.replay_deliveries(filter.clone(), after, BATCH, SystemClock.now());
        let part = runtime.block_on(replaying).context("the deliveries cannot be replayed")?;
        let Some(last) = part.last else { return Ok(total) };
        total.replayed = total.replayed.saturating_add(part.replayed);
        total.untellable = total.untellable.saturating_add(part.untellable);
        after = last;
    }
}

fn list(records: &[DeliveryRecord], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        return say_json(&records);
    }
    let rows: Vec<_> = records
        .iter()
        .map(|record| {
            let next_at = record.next_at.map_or_else(String::new, |at| at.to_string());
            let (tries, created_at) = (record.tries.to_string(), record.created_at.to_string());
            let error = record.error.clone().unwrap_or_default();
            [
                record.id.clone(),
                record.site.to_string(),
                record.state.to_string(),
                tries,
                created_at,
                next_at,
                error,
            ]
        })
        .collect();
    Ok(say(&table(["ID", "SITE", "STATE", "TRIES", "ENDED", "NEXT", "ERROR"], &rows))?)
}

fn show(tries: &[DeliveryTry], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        return say_json(&tries);
    }
    let rows: Vec<_> = tries
        .iter()
        .map(|one| {
            let status = one.http_status.map_or_else(String::new, |status| status.to_string());
            let error = one.error.clone().unwrap_or_default();
            [one.attempt.to_string(), one.at.to_string(), one.outcome.clone(), status, error]
        })
        .collect();
    Ok(say(&table(["TRY", "AT", "OUTCOME", "STATUS", "ERROR"], &rows))?)
}

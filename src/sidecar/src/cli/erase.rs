//! `platend erase`: removes everything of one user, and says what it was.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use platen_core::clock::{Clock, Timestamp};
use platen_core::job::{JobId, SiteId};
use platen_core::wire::{JobRef, Request};
use serde::Serialize;

use super::client::{CallError, call};
use super::jobs::parse_site;
use super::output::{say, say_json};
use super::{Format, Listing, open_store};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::jobs::store::RetentionStore;
use crate::sites::SiteStore;

/// Jobs that are removed at once.
const BATCH: u32 = 500;

#[derive(Args, Debug)]
pub(super) struct EraseCommand {
    /// Whose user it is.
    #[arg(long, value_parser = parse_site)]
    site: SiteId,
    /// The user as the site names it: user:1, session:….
    #[arg(long)]
    subject: String,
    #[command(flatten)]
    listing: Listing,
}

/// What was removed.
#[derive(Serialize)]
struct Receipt<'a> {
    site: &'a SiteId,
    subject: &'a str,
    jobs: u64,
    webhooks_not_delivered: u64,
    budgets: u64,
    erased_at: Timestamp,
}

pub(super) fn run(config: &Config, command: &EraseCommand) -> anyhow::Result<ExitCode> {
    let EraseCommand { site, subject, listing } = command;
    let store = open_store(config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let sites = runtime.block_on(store.list_sites()).context("the sites cannot be read")?;
    // A receipt for a name that was mistyped would be a false one.
    if !sites.iter().any(|known| known.id == *site) {
        bail!("there is no site {site}; `platend site list` names those that are known");
    }
    let (mut jobs, mut webhooks, mut budgets) = (0_u64, 0_u64, 0_u64);
    loop {
        let erasing = store.erase(site.clone(), subject.clone(), BATCH);
        let erased = runtime.block_on(erasing).context("the user's jobs cannot be removed")?;
        jobs = jobs.saturating_add(u64::try_from(erased.jobs.len()).unwrap_or(u64::MAX));
        webhooks = webhooks.saturating_add(erased.deliveries);
        budgets = budgets.saturating_add(erased.budgets);
        stop(config, site, erased.jobs)?;
        if !erased.has_more {
            break;
        }
    }
    let erased_at = SystemClock.now();
    let receipt = Receipt { site, subject, jobs, webhooks_not_delivered: webhooks, budgets, erased_at };
    if listing.format == Format::Json {
        say_json(&receipt)?;
    } else {
        say(&format!("{subject} of {site}: {jobs} jobs erased at {erased_at}"))?;
        say(&format!("webhooks that were not delivered yet: {webhooks}"))?;
        say(&format!("budgets: {budgets}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells the daemon, when it runs, so that a call for a job that is gone is dropped now and not when its lease is
/// looked at next.
fn stop(config: &Config, site: &SiteId, jobs: Vec<JobId>) -> anyhow::Result<()> {
    for job_id in jobs {
        match call(&config.ipc.socket, &Request::Cancel(JobRef { site: site.clone(), job_id })) {
            // It does not know the job any more, which is what was wanted.
            Ok(_) => {}
            Err(CallError::NotRunning) => return Ok(()),
            Err(error) => return Err(error).context("the jobs are removed, but the daemon cannot be told"),
        }
    }
    Ok(())
}

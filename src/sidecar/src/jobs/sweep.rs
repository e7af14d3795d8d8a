//! What has to be done from time to time: find jobs without a worker, and take old rows away.

use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::Jobs;
use super::store::{Orphans, PurgeRule, Recovery};
use crate::config::RetentionConfig;
use crate::storage::StoreError;
use crate::telemetry::names;

/// How often old rows are taken away.
const CLEAN_INTERVAL: Duration = Duration::from_mins(10);

/// Queues the jobs again that a previous process left running. Call it once, before [`work`](super::work).
///
/// # Errors
/// [`StoreError`] when the database cannot be written: the daemon should not start then.
pub async fn recover(jobs: &Jobs) -> Result<(), StoreError> {
    let orphans = Orphans::OfPreviousProcess { owner: jobs.settings.owner.clone() };
    let poison_after = jobs.settings.poison_after;
    let found = jobs.work.recover(jobs.now(), orphans, poison_after).await?;
    report(jobs, &found).await;
    Ok(())
}

/// Pages of the file that are given back in one transaction.
const SHRINK_PAGES: u32 = 64;

/// Jobs whose content is taken away in one transaction.
const PURGE_ROWS: u32 = 200;

/// Sweeps until the daemon drains.
pub async fn sweep(jobs: Arc<Jobs>, draining: CancellationToken) {
    let mut leases = every((jobs.settings.lease / 2).max(Duration::from_secs(1)));
    let mut rows = every(CLEAN_INTERVAL);
    loop {
        let outcome = tokio::select! {
            () = draining.cancelled() => return,
            _ = leases.tick() => recover_expired(&jobs).await,
            _ = rows.tick() => clean(&jobs).await,
        };
        if let Err(error) = outcome {
            tracing::error!({ names::ERROR } = error.report(), "a sweep failed and will be repeated");
        }
    }
}

/// Ticks at once and then with this period.
fn every(period: Duration) -> Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

async fn recover_expired(jobs: &Jobs) -> Result<(), StoreError> {
    let poison_after = jobs.settings.poison_after;
    let found = jobs.work.recover(jobs.now(), Orphans::OfExpiredLease, poison_after).await?;
    for (_, job_id) in found.requeued.iter().chain(&found.poisoned) {
        jobs.running.cancel(job_id);
    }
    report(jobs, &found).await;
    Ok(())
}

async fn report(jobs: &Jobs, found: &Recovery) {
    for (site, job_id) in &found.requeued {
        tracing::warn!({ names::JOB_ID } = %job_id, { names::SITE_ID } = %site,
            "a job was found without its worker and queued again");
    }
    for (site, job_id) in &found.poisoned {
        tracing::error!({ names::JOB_ID } = %job_id, { names::SITE_ID } = %site,
            "a job took the daemon down too often and is dead");
        jobs.announce_ended(site, job_id).await;
    }
    if !found.requeued.is_empty() {
        jobs.wake.notify_one();
    }
}

async fn clean(jobs: &Jobs) -> Result<(), StoreError> {
    let now = jobs.now();
    let ended_before = now.before(jobs.settings.keep_ended());
    loop {
        let swept = jobs.retention.sweep(now, ended_before).await?;
        if swept.jobs > 0 || swept.leftovers > 0 {
            tracing::info!(jobs = swept.jobs, leftovers = swept.leftovers, "old rows were taken away");
        }
        if !swept.has_more {
            break;
        }
    }
    for rule in purge_rules(&jobs.keep, now) {
        purge(jobs, &rule, now).await?;
    }
    // Each step is a short transaction of its own, so submits go on between them.
    while jobs.retention.shrink(SHRINK_PAGES).await? {}
    Ok(())
}

/// One rule for each site with its own number of days, and one for all the others.
fn purge_rules(keep: &RetentionConfig, now: Timestamp) -> Vec<PurgeRule> {
    let before = |days: u32| now.before(Duration::from_secs(u64::from(days) * 86_400));
    let own: Vec<(SiteId, u32)> = keep
        .sites
        .iter()
        .filter_map(|(site, days)| Some((SiteId::try_from(site.clone()).ok()?, *days)))
        .collect();
    let except = own.iter().map(|(site, _)| site.clone()).collect();
    let rest = PurgeRule { site: None, except, ended_before: before(keep.content_days) };
    own.into_iter()
        .map(|(site, days)| PurgeRule { site: Some(site), except: Vec::new(), ended_before: before(days) })
        .chain([rest])
        .collect()
}

async fn purge(jobs: &Jobs, rule: &PurgeRule, now: Timestamp) -> Result<(), StoreError> {
    loop {
        let purged = jobs.retention.purge(rule.clone(), PURGE_ROWS, now).await?;
        if purged > 0 {
            tracing::info!(jobs = purged, "the content of old jobs was taken away");
        }
        if purged < u64::from(PURGE_ROWS) {
            return Ok(());
        }
    }
}

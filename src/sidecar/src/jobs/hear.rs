//! What other processes do to jobs that somebody waits for or watches here.

use std::collections::HashSet;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::Jobs;
use crate::storage::JobNews;
use crate::streaming::store::StreamStore;
use crate::streaming::{StreamKey, mirror};
use crate::telemetry::names;

/// Streams that are read from the store at the same time.
const READS: usize = 4;

/// Passes news on to those who wait, until the daemon drains. What came together is looked at once.
pub async fn hear(
    jobs: Arc<Jobs>,
    store: Arc<dyn StreamStore>,
    mut news: broadcast::Receiver<JobNews>,
    draining: CancellationToken,
) {
    loop {
        let first = tokio::select! {
            () = draining.cancelled() => return,
            first = news.recv() => first,
        };
        let mut look = HashSet::new();
        match first {
            Ok(first) => pass_on(&jobs, first, &mut look),
            Err(RecvError::Lagged(_)) => pass_on(&jobs, JobNews::Missed, &mut look),
            // No other process can say anything.
            Err(RecvError::Closed) => return draining.cancelled().await,
        }
        // One that was missed is found by the next `recv`.
        while let Ok(next) = news.try_recv() {
            pass_on(&jobs, next, &mut look);
        }
        let looks = stream::iter(look).for_each_concurrent(READS, |key| show(&jobs, &*store, key));
        tokio::select! {
            () = draining.cancelled() => return,
            () = looks => {}
        }
    }
}

/// Wakes those who wait for an end, and notes the streams that are to be looked at.
fn pass_on(jobs: &Jobs, news: JobNews, look: &mut HashSet<StreamKey>) {
    let job = match news {
        JobNews::Missed => {
            jobs.ends.announce_all();
            jobs.arrivals.announce_all();
            look.extend(jobs.relay.watched());
            return;
        }
        JobNews::Ended(job) => {
            jobs.ends.announce(&job.job_id);
            jobs.arrivals.announce(&job.site);
            job
        }
        JobNews::Moved(job) => job,
    };
    let key = StreamKey { site: job.site, job: job.job_id };
    if jobs.relay.is_watched(&key) {
        look.insert(key);
    }
}

async fn show(jobs: &Jobs, store: &dyn StreamStore, key: StreamKey) {
    if let Err(error) = mirror(store, &jobs.relay, &key).await {
        // The stream looks by itself at its next heartbeat.
        tracing::warn!(
            { names::JOB_ID } = %key.job,
            { names::ERROR } = error.report(),
            "a stream could not be brought to where its job is"
        );
    }
}

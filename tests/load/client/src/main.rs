//! Hands jobs to a daemon through its socket, and says how fast they were taken.
//!
//! - `load-client submit SOCKET SITE CONNECTIONS JOBS`: each job alone and durable, over so many connections; prints one
//!   line of JSON with the submits per second and the latency of a submit in microseconds.
//! - `load-client fill SOCKET SITE JOBS`: as many as fit a batch at once, over four connections; prints the jobs per
//!   second.
//!
//! Every job is another piece of work of one of 1 000 users. The frames are made before the clock runs.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

mod connection;
mod frames;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use platen_core::limits::MAX_BATCH_JOBS;
use platen_core::wire::{BatchItem, Reply};
use tokio::task::JoinSet;

use self::connection::Connection;
use self::frames::Frames;

/// Batches on their way at the same time while a daemon is filled: it commits one while the next is read.
const FILLING: usize = 4;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // One thread: the daemon is what is measured, and it has the rest of the machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match words[..] {
        [_, "submit", socket, site, connections, jobs] => {
            let frames = Frames::single(site, jobs.parse()?)?;
            runtime.block_on(submit(socket, connections.parse()?, frames))
        }
        [_, "fill", socket, site, jobs] => runtime.block_on(fill(socket, site, jobs.parse()?)),
        _ => bail!("load-client submit SOCKET SITE CONNECTIONS JOBS | fill SOCKET SITE JOBS"),
    }
}

async fn submit(socket: &str, connections: usize, frames: Frames) -> anyhow::Result<()> {
    let jobs = frames.len();
    let (frames, next) = (Arc::new(frames), Arc::new(AtomicUsize::new(0)));
    let mut clients = JoinSet::new();
    let began = Instant::now();
    for _ in 0..connections {
        let (frames, next) = (Arc::clone(&frames), Arc::clone(&next));
        let mut connection = Connection::open(socket).await?;
        clients.spawn(async move {
            let mut latencies = Vec::new();
            while let Some(frame) = frames.get(next.fetch_add(1, Ordering::Relaxed)) {
                let asked = Instant::now();
                let reply = connection.call(frame).await?;
                latencies.push(asked.elapsed());
                ensure!(matches!(reply, Reply::Receipt(_)), "the daemon answered {reply:?}");
            }
            Ok(latencies)
        });
    }
    let mut latencies = Vec::with_capacity(jobs);
    while let Some(client) = clients.join_next().await {
        latencies.extend(client??);
    }
    let per_second = rate(jobs, began.elapsed());
    latencies.sort_unstable();
    println!(
        "{{\"connections\":{connections},\"jobs\":{jobs},\"per_second\":{per_second},\"p50_us\":{},\"p99_us\":{}}}",
        percentile(&latencies, 50),
        percentile(&latencies, 99),
    );
    Ok(())
}

async fn fill(socket: &str, site: &str, jobs: usize) -> anyhow::Result<()> {
    let began = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    let maker = Arc::new(frames::Maker::new(site)?);
    for _ in 0..FILLING {
        let (maker, next) = (Arc::clone(&maker), Arc::clone(&next));
        let mut connection = Connection::open(socket).await?;
        clients.spawn(async move {
            loop {
                let first = next.fetch_add(MAX_BATCH_JOBS, Ordering::Relaxed);
                if first >= jobs {
                    return Ok(());
                }
                let numbers = first..jobs.min(first + MAX_BATCH_JOBS);
                let reply = connection.call(&maker.batch(numbers)?).await?;
                let Reply::Receipts(receipts) = &reply else { bail!("the daemon answered {reply:?}") };
                let refused = receipts.receipts.iter().find(|item| matches!(item, BatchItem::Refusal(_)));
                ensure!(refused.is_none(), "the daemon refused a job: {refused:?}");
            }
        });
    }
    while let Some(client) = clients.join_next().await {
        client??;
    }
    println!("{{\"jobs\":{jobs},\"per_second\":{}}}", rate(jobs, began.elapsed()));
    Ok(())
}

fn rate(jobs: usize, took: Duration) -> u128 {
    u128::try_from(jobs).unwrap_or(u128::MAX) * 1_000_000 / took.as_micros().max(1)
}

fn percentile(sorted: &[Duration], percent: usize) -> u128 {
    let place = sorted.len().saturating_mul(percent) / 100;
    sorted.get(place.min(sorted.len().saturating_sub(1))).map_or(0, Duration::as_micros)
}

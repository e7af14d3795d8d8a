//! 20 000 jobs while `platend` is killed 30 times, its disk is made full, a fifth of its provider's calls fail and
//! its sites misbehave: every accepted job ends once and is told once.
//!
//! The last line is `accepted N finished N effects N lost 0 doubled 0`. The seed is printed first; the same seed
//! gives the same blows, failures and manners, though not the same interleaving. After a failure the jobs that went
//! wrong are shown with their traces, and the folder of the run stays.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its output is its purpose")]

mod blows;
mod ledger;
mod plan;
mod storm;
mod verdict;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Parser;
use platen_core::job::SiteId;
use proofs::daemon::Home;
use proofs::disk::Disk;
use proofs::faults::Faults;
use proofs::provider::Provider;
use proofs::receiver::{Manners, Receiver};
use proofs::scratch::Scratch;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::blows::{Arena, Struck};
use crate::ledger::Ledger;
use crate::plan::Plan;
use crate::storm::Storm;
use crate::verdict::Verdict;

/// Jobs come from so many sites, over so many connections each time.
const SITES: u64 = 4;
const CLIENTS: u64 = 8;

/// What a job with all that belongs to it takes on the disk, and what the log and the large jobs take besides.
const JOB_BYTES: u64 = 16 * 1024;
const SPARE_BYTES: u64 = 256 * 1024 * 1024;

/// Everything that a machine of two cores may be late with, without waiting for minutes. The daemon's own limits
/// are left as they come where they are promises: tries, poison, leases.
const SETTINGS: &str = "[jobs]\nbackoff_base_ms = 50\nbackoff_cap_ms = 1000\n\
     retry_percent = 100\nretries_per_second = 100\n\
     [webhooks]\nconcurrency = 32\ntimeout_ms = 2000\nbackoff_base_ms = 50\nbackoff_cap_s = 1\n";

#[derive(Parser)]
struct Options {
    /// Jobs to hand over.
    #[arg(long, default_value_t = 20_000)]
    jobs: u64,
    /// How often platend is killed.
    #[arg(long, default_value_t = 30)]
    kills: u32,
    /// What everything random is drawn by; another one each time when left out.
    #[arg(long)]
    seed: Option<u64>,
    /// Puts the database on a small disk and fills that once. Needs a mount namespace, see tests/run-crash.
    #[arg(long)]
    small_disk: bool,
    /// The address of an empty PostgreSQL database; without one it is SQLite.
    #[arg(long, conflicts_with = "small_disk")]
    database_url: Option<String>,
    /// Gives up after so many seconds.
    #[arg(long, default_value_t = 900)]
    time_limit_s: u64,
    #[arg(long, default_value = "target/release/platend")]
    platend: PathBuf,
    #[arg(long, default_value = "target/release/fake-provider")]
    provider: PathBuf,
}

fn main() -> ExitCode {
    match prove(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("crash: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn prove(options: &Options) -> anyhow::Result<bool> {
    // In 32 bits, so that it is easily typed.
    let seed = options.seed.unwrap_or_else(|| u64::from(rand::random::<u32>()));
    println!("seed {seed}");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let scratch = Scratch::new("platen-crash-")?;
    let state = scratch.path().join("state");
    fs::create_dir(&state)?;
    let bytes = SPARE_BYTES.saturating_add(options.jobs.saturating_mul(JOB_BYTES));
    let disk = options.small_disk.then(|| Disk::mount(&state, bytes)).transpose()?.map(Arc::new);
    let outcome = runtime.block_on(interruptible(options, run(options, seed, &scratch, disk.clone())));
    let is_proved = outcome.as_ref().is_ok_and(Verdict::is_proved);
    if !is_proved {
        if let Some(disk) = &disk {
            disk.copy_to(&scratch.path().join("state-as-it-was"))?;
        }
        println!("the folder of the run stays: {}", scratch.keep().display());
    }
    let verdict = outcome?;
    println!("{verdict}");
    Ok(is_proved)
}

/// Ends the run at its time limit, or when somebody asks for it.
async fn interruptible(
    options: &Options,
    run: impl Future<Output = anyhow::Result<Verdict>>,
) -> anyhow::Result<Verdict> {
    let limit = Duration::from_secs(options.time_limit_s);
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = timeout(limit, run) => {
            outcome.with_context(|| format!("the run did not end within {limit:?}"))?
        }
        _ = interrupt.recv() => bail!("interrupted"),
        _ = terminate.recv() => bail!("told to end"),
    }
}

async fn run(
    options: &Options,
    seed: u64,
    scratch: &Scratch,
    disk: Option<Arc<Disk>>,
) -> anyhow::Result<Verdict> {
    let began = Instant::now();
    let faults = Arc::new(Faults::default());
    let ledger = Arc::new(Ledger::default());
    let provider = failing_provider(options, seed).await?;
    let receiver = Receiver::start(Manners::Bad { seed }, Arc::clone(&faults)).await?;
    let home = Home::new(scratch.path(), &options.platend, &provider.url, SETTINGS)?;
    let home = home.over(options.database_url.as_deref());
    let sites = add_sites(&home, &receiver)?;
    let (daemon, _) = home.start().await?;

    let plan = Plan::draw(seed, options.jobs, options.kills, disk.is_some());
    let arena = Arena::new(home.clone(), disk, receiver.effects(), Arc::clone(&ledger));
    let storm = Arc::new(Storm::new(storm::Parts {
        seed,
        jobs: options.jobs,
        socket: home.socket(),
        sites,
        effects: receiver.effects(),
        is_full: arena.is_full(),
        ledger: Arc::clone(&ledger),
        faults: Arc::clone(&faults),
    }));
    let handing_over = async {
        let mut clients = JoinSet::new();
        for client in 0..CLIENTS {
            clients.spawn(storm::hand_over_all(Arc::clone(&storm), client));
        }
        while let Some(ended) = clients.join_next().await {
            ended??;
        }
        anyhow::Ok(())
    };
    let (struck, ()) = tokio::try_join!(arena.strike(daemon, plan), handing_over)?;
    let Struck { mut daemon, figures } = struck;
    let traces = verdict::settle(&home, &mut daemon, &ledger).await?;
    let took = began.elapsed();
    let status = daemon.terminate().await?;
    if !status.success() {
        faults.add(format!("platend ended with {status} when it was told to"));
    }
    if home.log().contains("panicked") {
        faults.add("a panic stands in the log of platend".to_owned());
    }
    let uses = provider.uses().await?;
    let failed = uses.iter().map(|script| script.used).sum();
    let calls = provider.calls().await?.len();
    let report = verdict::Report { took, figures, calls, failed, jobs: options.jobs };
    Ok(Verdict::of(&report, &ledger, &traces, &receiver.events(), &faults))
}

/// A fifth of the calls fail, each in a way that may pass.
async fn failing_provider(options: &Options, seed: u64) -> anyhow::Result<Provider> {
    let provider = Provider::start(&options.provider, seed)?;
    for (percent, behaviour) in [
        (8, json!({ "status": 500 })),
        (3, json!({ "status": 503, "retry_after": 1 })),
        (3, json!({ "status": 429 })),
        (4, json!({ "cut_after_chunks": 2 })),
        (2, json!({ "bad_json": true })),
    ] {
        provider.script(&json!({ "percent": percent, "behaviour": behaviour })).await?;
    }
    Ok(provider)
}

fn add_sites(home: &Home, receiver: &Receiver) -> anyhow::Result<Vec<SiteId>> {
    (0..SITES)
        .map(|number| {
            let id = format!("site-{number}");
            receiver.learn(&id, home.add_site(&id, &receiver.url(&id))?);
            Ok(id.try_into()?)
        })
        .collect()
}

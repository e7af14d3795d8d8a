//! Who gets a turn when one site, one user or one priority has 10 000 jobs: prints a table, and fails when a single
//! job of another had to let more jobs go first than begin at once.
//!
//! What decides is counted in jobs, by the daemon's own traces; times are only shown.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "its output is its purpose")]

mod crowd;
mod scene;
mod shares;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use platen_core::job::Priority;

use crate::crowd::Kind;
use crate::scene::Scene;

#[derive(Parser)]
struct Options {
    /// Jobs that wait before the single ones come.
    #[arg(long, default_value_t = 10_000)]
    jobs: u64,
    /// How long the provider takes for a job, in milliseconds.
    #[arg(long, default_value_t = 20)]
    job_ms: u64,
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
            eprintln!("fairness: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn prove(options: &Options) -> anyhow::Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    println!(
        "| {} jobs wait | single jobs of | slots | went first: median, most | waited: median, most | a job takes |",
        options.jobs
    );
    println!("|---|---|---|---|---|---|");
    let mut is_fair = true;
    for scene in scenes() {
        let outcome = runtime.block_on(scene.play(options))?;
        println!("{outcome}");
        is_fair &= outcome.is_fair();
    }
    let shares = runtime.block_on(shares::measure(options))?;
    println!("\n{shares}");
    Ok(is_fair && shares.are_kept())
}

fn scenes() -> Vec<Scene> {
    let of = |site, user| Kind { site, user, priority: Priority::Standard };
    let with = |priority| Kind { site: "one", user: "many", priority };
    vec![
        Scene { crowd: of("one", "many"), single: of("two", "single"), what: "another site", slots: 1 },
        Scene { crowd: of("one", "many"), single: of("two", "single"), what: "another site", slots: 8 },
        Scene { crowd: of("one", "many"), single: of("one", "single"), what: "another user", slots: 1 },
        Scene { crowd: of("one", "many"), single: of("one", "single"), what: "another user", slots: 8 },
        Scene {
            crowd: with(Priority::Batch),
            single: with(Priority::High),
            what: "the same user, high before batch",
            slots: 8,
        },
    ]
}

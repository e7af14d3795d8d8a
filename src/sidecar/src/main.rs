//! `platend`: parse, load the configuration, do what was asked.

use std::process::ExitCode;

use clap::Parser;
use platen_sidecar::cli::{self, Cli};

fn main() -> ExitCode {
    cli::run(Cli::parse())
}

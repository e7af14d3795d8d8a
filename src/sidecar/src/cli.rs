//! The command line. Every command but `serve` is a short visit: to the database, to the socket, or to both.
//!
//! Exit codes: 0 done, 1 failed or not found, 2 wrong usage (clap's own).

mod check;
mod client;
mod dead;
mod doctor;
mod erase;
mod jobs;
mod output;
mod secret;
mod serve;
mod site;
mod webhooks;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Parser, Subcommand, ValueEnum};
use platen_core::clock::Clock;

use crate::clock::SystemClock;
use crate::config::{Config, ConfigError, Environment};
use crate::storage::Store;

/// The daemon of Platen: takes jobs from WordPress, runs them against AI models, and delivers the answers.
#[derive(Debug, Parser)]
#[command(name = "platend", version)]
pub struct Cli {
    /// The configuration file [default: /etc/platen/platend.toml, if it is there].
    #[arg(long, global = true, env = "PLATEN_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the daemon until SIGTERM or Ctrl-C.
    Serve,
    /// Checks the configuration and says what it comes to.
    CheckConfig,
    /// Looks for what keeps the daemon from working: database, socket, sites, providers.
    Doctor,
    /// Lists, shows and changes jobs.
    #[command(subcommand)]
    Jobs(jobs::JobsCommand),
    /// Removes every job of one user, with all that belongs to it.
    Erase(erase::EraseCommand),
    /// Adds and lists the WordPress sites that the daemon serves, and changes their secrets.
    #[command(subcommand)]
    Site(site::SiteCommand),
    /// Lists, shows and replays deliveries of webhooks.
    #[command(subcommand)]
    Webhooks(webhooks::WebhooksCommand),
}

/// How a list is printed.
#[derive(Args, Clone, Copy, Debug)]
struct Listing {
    /// The form of the output.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person.
    Table,
    /// For a program.
    Json,
}

/// Does what the command line asks.
pub fn run(cli: Cli) -> ExitCode {
    match execute(cli) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn execute(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = load(cli.config.as_deref())?;
    match cli.command {
        Command::Serve => serve::serve(config),
        Command::CheckConfig => check::check_config(&config),
        Command::Doctor => doctor::doctor(&config),
        Command::Jobs(command) => jobs::run(&config, command),
        Command::Erase(command) => erase::run(&config, &command),
        Command::Site(command) => site::run(&config, command),
        Command::Webhooks(command) => webhooks::run(&config, command),
    }
}

fn load(path: Option<&Path>) -> Result<Config, ConfigError> {
    Config::load(path, &Environment::of_process())
}

/// Opens the database for a visit. A directory without its file is a mistake in the path, and must not be filled.
fn open_store(config: &Config) -> anyhow::Result<Store> {
    let state_dir = &config.daemon.state_dir;
    if !Store::may_exist(&config.database, state_dir) {
        bail!("there is no database in {}; start the daemon or add a site first", state_dir.display());
    }
    Ok(Store::open(&config.database, state_dir, SystemClock.now())?)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_manual_explains_every_command() {
        let manual = include_str!("../../../deploy/package/daemon/platend.8");

        let missing: Vec<_> = Cli::command()
            .get_subcommands()
            .map(|command| command.get_name().replace('-', "\\-"))
            .filter(|name| ![".B ", ".BR "].iter().any(|mark| manual.contains(&format!("\n{mark}{name}"))))
            .collect();

        assert_eq!(missing, [""; 0]);
    }
}

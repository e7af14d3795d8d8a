//! `platend site`: the WordPress sites and their secrets. Works while the daemon runs.

use std::collections::HashMap;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use platen_core::clock::Clock;
use platen_core::job::SiteId;
use platen_core::wire::{EndpointReport, EndpointStatus};
use serde_json::json;

use super::output::{say, say_json, table};
use super::secret::{self, SecretCommand};
use super::{Format, Listing};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::sites::{AddedSite, ListedSite, NewSite, SiteSecrets, SiteStore};
use crate::storage::Store;
use crate::webhooks::store::EndpointStore;

#[derive(Debug, Subcommand)]
pub(super) enum SiteCommand {
    /// Adds a site and prints its lines for wp-config.php. The secrets are not shown again.
    Add {
        /// The site's name: 1 to 64 of a-z, 0-9, '-', '_' and '.'.
        #[arg(value_parser = parse_site)]
        id: SiteId,
        /// Where the site lives, as `https://example.com` or `https://example.com/blog`.
        #[arg(long, value_parser = parse_url)]
        url: String,
        /// Replaces the address and the secrets of a site that is there already.
        #[arg(long)]
        rotate: bool,
        #[command(flatten)]
        listing: Listing,
    },
    /// Changes the webhook secrets of a site without a moment in which a webhook is refused.
    #[command(subcommand)]
    Secret(SecretCommand),
    /// Turns the webhooks of a site on or off. While they are off, or after the site answered 410, what ends waits
    /// for the site to ask, or for the webhooks to be turned on.
    Webhooks {
        /// The site's name.
        #[arg(value_parser = parse_site)]
        id: SiteId,
        /// Whether they are sent.
        status: Switch,
    },
    /// Lists the sites, without their secrets.
    List {
        #[command(flatten)]
        listing: Listing,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

pub(super) fn parse_site(text: &str) -> Result<SiteId, String> {
    SiteId::try_from(text.to_owned()).map_err(|error| error.to_string())
}

fn parse_url(text: &str) -> Result<String, String> {
    let url = reqwest::Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("an address begins with http:// or https:// and a host".to_owned());
    }
    if !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some()
    {
        return Err("an address holds no credentials, query or fragment".to_owned());
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

pub(super) fn run(config: &Config, command: SiteCommand) -> anyhow::Result<ExitCode> {
    let store = Store::open(&config.database, &config.daemon.state_dir, SystemClock.now())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match command {
        SiteCommand::Add { id, url, rotate, listing } => {
            let secrets = SiteSecrets::from_random(rand::random(), rand::random());
            let site = NewSite { id, url, secrets };
            runtime.block_on(add(&store, site.clone(), rotate))?;
            print_constants(&site, listing.format)?;
        }
        SiteCommand::Secret(command) => return secret::run(&store, &runtime, command),
        SiteCommand::Webhooks { id, status } => {
            let status = match status {
                Switch::On => EndpointStatus::On,
                Switch::Off => EndpointStatus::Off,
            };
            let changing = store.set_endpoint(id.clone(), status, SystemClock.now());
            if !runtime.block_on(changing).context("the site cannot be changed")? {
                bail!("there is no site {id}");
            }
        }
        SiteCommand::List { listing } => {
            let sites = runtime.block_on(store.list_sites()).context("the sites cannot be read")?;
            let endpoints = runtime.block_on(store.endpoints()).context("the sites cannot be read")?;
            list(&sites, &endpoints.into_iter().collect(), listing.format)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(store: &Store, site: NewSite, rotate: bool) -> anyhow::Result<()> {
    let now = SystemClock.now();
    if rotate {
        return store.rotate_site(site, now).await.context("the site cannot be kept");
    }
    let id = site.id.clone();
    match store.add_site(site, now).await.context("the site cannot be kept")? {
        AddedSite::Added => Ok(()),
        AddedSite::Exists => bail!("the site {id} is there already; --rotate replaces its secrets"),
    }
}

/// The only place that shows secrets: this is what the command is for.
fn print_constants(site: &NewSite, format: Format) -> anyhow::Result<()> {
    let constants = [
        ("PLATEN_SITE_ID", site.id.as_str()),
        ("PLATEN_SITE_SECRET", site.secrets.site.expose().as_str()),
        ("PLATEN_WEBHOOK_SECRET", site.secrets.webhook.expose().as_str()),
    ];
    if format == Format::Json {
        return say_json(&json!(constants.into_iter().collect::<std::collections::BTreeMap<_, _>>()));
    }
    for (name, value) in constants {
        // None of the three forms holds a quote or a backslash.
        say(&format!("define( '{name}', '{value}' );"))?;
    }
    Ok(())
}

fn list(
    sites: &[ListedSite],
    endpoints: &HashMap<SiteId, EndpointReport>,
    format: Format,
) -> anyhow::Result<()> {
    if format == Format::Json {
        let rows: Vec<_> = sites
            .iter()
            .map(|site| {
                json!({
                    "id": site.id, "url": site.url,
                    "created_at": site.created_at, "rotated_at": site.rotated_at,
                    "webhooks": endpoints.get(&site.id),
                })
            })
            .collect();
        return say_json(&rows);
    }
    let rows: Vec<_> = sites
        .iter()
        .map(|site| {
            let rotated_at = site.rotated_at.map_or_else(String::new, |at| at.to_string());
            let (webhooks, waiting) = endpoints.get(&site.id).map(describe).unwrap_or_default();
            [
                site.id.to_string(),
                site.url.clone(),
                site.created_at.to_string(),
                rotated_at,
                webhooks,
                waiting,
            ]
        })
        .collect();
    Ok(say(&table(["ID", "URL", "CREATED", "ROTATED", "WEBHOOKS", "WAITING"], &rows))?)
}

/// Whether webhooks are sent, and how many wait.
fn describe(report: &EndpointReport) -> (String, String) {
    let word = report.status.as_str();
    let webhooks = match (report.status, report.since) {
        (EndpointStatus::Off | EndpointStatus::Gone, Some(since)) => format!("{word} since {since}"),
        (EndpointStatus::On | EndpointStatus::Off | EndpointStatus::Gone, _) => word.to_owned(),
    };
    (webhooks, report.waiting.to_string())
}

//! `platend site`: the WordPress sites and their secrets. Works while the daemon runs.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use platen_core::clock::Clock;
use platen_core::job::SiteId;
use serde_json::json;

use super::output::{say, say_json, table};
use super::{Format, Listing};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::sites::{AddedSite, ListedSite, NewSite, SiteSecrets, SiteStore};
use crate::storage::Store;

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
    /// Lists the sites, without their secrets.
    List {
        #[command(flatten)]
        listing: Listing,
    },
}

fn parse_site(text: &str) -> Result<SiteId, String> {
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
    let store = Store::open(&config.daemon.state_dir, SystemClock.now())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match command {
        SiteCommand::Add { id, url, rotate, listing } => {
            let secrets = SiteSecrets::from_random(rand::random(), rand::random());
            let site = NewSite { id, url, secrets };
            runtime.block_on(add(&store, site.clone(), rotate))?;
            print_constants(&site, listing.format)?;
        }
        SiteCommand::List { listing } => {
            let sites = runtime.block_on(store.list_sites()).context("the sites cannot be read")?;
            list(&sites, listing.format)?;
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

fn list(sites: &[ListedSite], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        let rows: Vec<_> = sites
            .iter()
            .map(|site| {
                json!({
                    "id": site.id, "url": site.url,
                    "created_at": site.created_at, "rotated_at": site.rotated_at,
                })
            })
            .collect();
        return say_json(&rows);
    }
    let rows: Vec<_> = sites
        .iter()
        .map(|site| {
            let rotated_at = site.rotated_at.map_or_else(String::new, |at| at.to_string());
            [site.id.to_string(), site.url.clone(), site.created_at.to_string(), rotated_at]
        })
        .collect();
    Ok(say(&table(["ID", "URL", "CREATED", "ROTATED"], &rows))?)
}

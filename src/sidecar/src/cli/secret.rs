//! `platend site secret`: several webhook secrets at the same time, so that one can take another's place.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use platen_core::clock::Clock;
use platen_core::job::SiteId;
use platen_core::limits::MAX_WEBHOOK_SECRETS;
use serde_json::json;
use tokio::runtime::Runtime;

use super::output::{say, say_json, table};
use super::site::parse_site;
use super::{Format, Listing};
use crate::clock::SystemClock;
use crate::sites::{ListedSecret, SecretChange, SiteStore, secret_id, webhook_secret};
use crate::storage::Store;

#[derive(Debug, Subcommand)]
pub(super) enum SecretCommand {
    /// Puts one more secret in force and prints its line for wp-config.php. It is not shown again.
    Add {
        /// The site's name.
        #[arg(value_parser = parse_site)]
        id: SiteId,
        #[command(flatten)]
        listing: Listing,
    },
    /// Lists the secrets that are in force, by their names.
    List {
        /// The site's name.
        #[arg(value_parser = parse_site)]
        id: SiteId,
        #[command(flatten)]
        listing: Listing,
    },
    /// Puts a secret out of force.
    Retire {
        /// The site's name.
        #[arg(value_parser = parse_site)]
        id: SiteId,
        /// The secret's name, as `list` shows it.
        secret: String,
    },
}

pub(super) fn run(store: &Store, runtime: &Runtime, command: SecretCommand) -> anyhow::Result<ExitCode> {
    match command {
        SecretCommand::Add { id, listing } => add(store, runtime, &id, listing.format)?,
        SecretCommand::List { id, listing } => {
            let secrets = runtime.block_on(store.webhook_secrets(id.clone()));
            let secrets = secrets.context("the secrets cannot be read")?;
            if secrets.is_empty() {
                bail!("there is no site {id}");
            }
            list(&secrets, listing.format)?;
        }
        SecretCommand::Retire { id, secret } => {
            let retired = runtime.block_on(store.retire_webhook_secret(id.clone(), secret.clone()));
            done(retired.context("the secret cannot be changed")?, &id, &secret)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn add(store: &Store, runtime: &Runtime, id: &SiteId, format: Format) -> anyhow::Result<()> {
    let secret = webhook_secret(rand::random());
    let name = secret_id(&secret);
    let added = runtime.block_on(store.add_webhook_secret(id.clone(), secret.clone(), SystemClock.now()));
    done(added.context("the secret cannot be kept")?, id, &name)?;
    if format == Format::Json {
        return say_json(&json!({ "id": name, "PLATEN_WEBHOOK_SECRET": secret.expose() }));
    }
    // The form holds no quote and no backslash.
    Ok(say(&format!("define( 'PLATEN_WEBHOOK_SECRET', '{}' );", secret.expose()))?)
}

fn done(change: SecretChange, site: &SiteId, secret: &str) -> anyhow::Result<()> {
    match change {
        SecretChange::Done => Ok(()),
        SecretChange::NoSite => bail!("there is no site {site}"),
        SecretChange::NoSecret => bail!("the site {site} has no webhook secret {secret}"),
        SecretChange::TooMany => {
            bail!("the site {site} has {MAX_WEBHOOK_SECRETS} webhook secrets; retire one first")
        }
        SecretChange::Last => bail!("{secret} is the only webhook secret of {site}; add another first"),
    }
}

fn list(secrets: &[ListedSecret], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        let rows: Vec<_> = secrets
            .iter()
            .map(|secret| json!({ "id": secret.id, "created_at": secret.created_at }))
            .collect();
        return say_json(&rows);
    }
    let rows: Vec<_> =
        secrets.iter().map(|secret| [secret.id.clone(), secret.created_at.to_string()]).collect();
    Ok(say(&table(["ID", "CREATED"], &rows))?)
}

//! `platend doctor`: what keeps the daemon from working.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use platen_cache::CacheFile;
use platen_core::clock::Clock;
use platen_core::wire::{Reply, Request};
use reqwest::blocking::Client;

use super::client::call;
use super::open_store;
use super::output::say;
use crate::clock::SystemClock;
use crate::config::{Config, ProviderConfig, ProviderKind};
use crate::jobs::store::JobStore;
use crate::providers::http_client;
use crate::sites::SiteStore;
use crate::storage::Store;

/// How long a provider or the daemon may take to say anything.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What a check found.
enum Finding {
    Good(String),
    /// Worth knowing; nothing is broken.
    Odd(String),
    Bad(String),
}

/// Makes every check, also after one has failed. The exit code is 1 when something is broken.
pub(super) fn doctor(config: &Config) -> anyhow::Result<ExitCode> {
    let mut findings = vec![("socket", socket(config)), ("http", http(config))];
    findings.extend(database(config)?);
    findings.extend(cache(config).map(|finding| ("cache", finding)));
    for provider in &config.providers {
        findings.push(("provider", reach(provider)));
    }
    let mut is_healthy = true;
    for (what, finding) in findings {
        let (mark, text) = match finding {
            Finding::Good(text) => ("ok  ", text),
            Finding::Odd(text) => ("note", text),
            Finding::Bad(text) => {
                is_healthy = false;
                ("FAIL", text)
            }
        };
        say(&format!("{mark}  {what:9} {text}"))?;
    }
    Ok(if is_healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn socket(config: &Config) -> Finding {
    let path = config.ipc.socket.display();
    match call(&config.ipc.socket, &Request::Ping) {
        Ok(Reply::Pong(pong)) => {
            Finding::Good(format!("{path}: platend {} answers, pid {}", pong.version, pong.pid))
        }
        Ok(Reply::Refusal(refusal)) => Finding::Bad(format!("{path}: {}", refusal.message)),
        Ok(_) => Finding::Bad(format!("{path}: another reply than was asked for")),
        Err(error) => Finding::Bad(format!("{path}: {:#}", anyhow::Error::from(error))),
    }
}

fn http(config: &Config) -> Finding {
    let url = format!("http://{}/readyz", config.http.listen);
    match client(TIMEOUT).and_then(|client| Ok(client.get(&url).send()?)) {
        Ok(answer) if answer.status().is_success() => Finding::Good(format!("{url}: ready")),
        Ok(answer) => Finding::Bad(format!("{url}: status {}", answer.status().as_u16())),
        Err(error) => Finding::Bad(format!("{url}: {error:#}")),
    }
}

fn database(config: &Config) -> anyhow::Result<Vec<(&'static str, Finding)>> {
    let store = match open_store(config) {
        Ok(store) => store,
        Err(error) => {
            return Ok(vec![("database", Finding::Bad(format!("{error:#}")))]);
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let place = Store::place(&config.database, &config.daemon.state_dir)?;
    let database = match runtime.block_on(store.probe()) {
        Ok(()) => Finding::Good(format!("{place}: can be written")),
        Err(error) => Finding::Bad(format!("{place}: {:#}", anyhow::Error::from(error))),
    };
    let sites = runtime.block_on(store.list_sites()).context("the sites cannot be read")?;
    let sites = match sites.len() {
        0 => Finding::Odd("none yet; `platend site add ID --url URL` adds one".to_owned()),
        count => Finding::Good(format!("{count} known")),
    };
    Ok(vec![("database", database), ("sites", sites)])
}

/// `None` when answers are not cached. A daemon without its cache works, so nothing here is bad.
fn cache(config: &Config) -> Option<Finding> {
    let path = config.cache.path()?;
    let (shown, max_bytes) = (path.display(), config.cache.max_bytes);
    let opened = CacheFile::open(path, max_bytes).and_then(|mut file| file.stats(SystemClock.now()));
    Some(match opened {
        Ok(stats) if stats.max_bytes > max_bytes || stats.max_bytes < max_bytes / 2 => Finding::Odd(format!(
            "{shown} has {} bytes and not {max_bytes}; it keeps its size until it is removed",
            stats.max_bytes
        )),
        Ok(stats) => {
            Finding::Good(format!("{shown}: {} answers in {} bytes", stats.entries, stats.used_bytes))
        }
        Err(error) => Finding::Odd(format!("{shown}: {:#}", anyhow::Error::from(error))),
    })
}

/// Asks for the list of models, which costs nothing and needs a valid key.
fn reach(provider: &ProviderConfig) -> Finding {
    let name = &provider.name;
    let path = match provider.kind {
        ProviderKind::Offline => return Finding::Odd(format!("{name}: the offline demonstration answers")),
        ProviderKind::Openai => "/models",
        ProviderKind::Anthropic => "/v1/models",
    };
    let url = format!("{}{path}", provider.base_url);
    let send = |client: Client| {
        let request = client.get(&url);
        let request = match (&provider.api_key, provider.kind) {
            (None, _) | (_, ProviderKind::Offline) => request,
            (Some(key), ProviderKind::Openai) => request.bearer_auth(key.expose()),
            (Some(key), ProviderKind::Anthropic) => {
                request.header("x-api-key", key.expose()).header("anthropic-version", "2023-06-01")
            }
        };
        Ok(request.send()?)
    };
    match client(provider.timeouts.connect).and_then(send) {
        Ok(answer) => match answer.status().as_u16() {
            200..=299 => Finding::Good(format!("{name}: {url} answers")),
            401 | 403 => Finding::Bad(format!("{name}: {url} refuses the key")),
            status @ 500.. => Finding::Bad(format!("{name}: {url} fails with status {status}")),
            status => Finding::Odd(format!("{name}: {url} answers with status {status}")),
        },
        Err(error) => Finding::Bad(format!("{name}: {error:#}")),
    }
}

fn client(connect: Duration) -> anyhow::Result<Client> {
    http_client::install_crypto();
    let builder = Client::builder().connect_timeout(connect).timeout(TIMEOUT);
    builder.redirect(reqwest::redirect::Policy::none()).build().context("no HTTP client can be made")
}

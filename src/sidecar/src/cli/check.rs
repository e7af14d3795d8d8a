use std::process::ExitCode;

use super::output::say;
use crate::config::{Config, ProviderKind};
use crate::storage::Store;

/// Says what the configuration comes to. It was checked when it was loaded.
pub(super) fn check_config(config: &Config) -> anyhow::Result<ExitCode> {
    say("the configuration is valid")?;
    say(&format!("state directory  {}", config.daemon.state_dir.display()))?;
    say(&format!("database         {}", Store::place(&config.database, &config.daemon.state_dir)?))?;
    say(&format!("socket           {}", config.ipc.socket.display()))?;
    say(&format!("http             {}", config.http.listen))?;
    let cache = config.cache.path().map_or_else(|| "none".to_owned(), |path| path.display().to_string());
    say(&format!("cache            {cache}"))?;
    for provider in &config.providers {
        let (address, key) = match (provider.kind, &provider.api_key) {
            (ProviderKind::Offline, _) => ("no network", ""),
            (ProviderKind::Openai | ProviderKind::Anthropic, Some(_)) => {
                (provider.base_url.as_str(), ", with a key")
            }
            (ProviderKind::Openai | ProviderKind::Anthropic, None) => {
                (provider.base_url.as_str(), ", without a key")
            }
        };
        say(&format!("provider         {} ({address}{key})", provider.name))?;
    }
    for model in &config.models {
        let price = if model.price.is_some() { "" } else { ", no price" };
        say(&format!("model            {} = {} of {}{price}", model.alias, model.model, model.provider))?;
    }
    Ok(ExitCode::SUCCESS)
}

//! `[models]`: the names that sites may ask for, and what they cost.

use std::collections::BTreeMap;

use platen_core::job::Usage;
use serde::{Deserialize, Serialize};

use super::{ConfigError, Environment, ProviderConfig, ProviderKind};

/// The alias that every configuration has.
const DEFAULT_ALIAS: &str = "default";

/// One name that sites may ask for, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelConfig {
    /// The name that sites use.
    pub alias: String,
    /// The name of the provider that answers.
    pub provider: String,
    /// The model by the provider's name.
    pub model: String,
    /// What it costs; `None` when nothing is said, which is not the same as nothing.
    pub price: Option<Price>,
}

/// What a model costs, in micro-dollars per million tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Of the prompt.
    pub input: u64,
    /// Of those parts of the prompt that the provider had in its cache.
    pub cached_input: u64,
    /// Of the answer.
    pub output: u64,
}

impl Price {
    /// The price of this use, in micro-dollars, rounded up: a sum of many never falls short.
    pub fn of(&self, usage: &Usage) -> u64 {
        let fresh = usage.input_tokens.saturating_sub(usage.cached_input_tokens);
        let cached = usage.input_tokens.min(usage.cached_input_tokens);
        let parts = [(fresh, self.input), (cached, self.cached_input), (usage.output_tokens, self.output)];
        let sum: u128 = parts.iter().map(|(tokens, price)| u128::from(*tokens) * u128::from(*price)).sum();
        u64::try_from(sum.div_ceil(1_000_000)).unwrap_or(u64::MAX)
    }
}

/// A `[models.<alias>]` table as written.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelEntry {
    provider: String,
    model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input_usd_per_million: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cached_input_usd_per_million: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output_usd_per_million: Option<f64>,
}

/// The models of the file; without any, one per provider, the first of them as `default`.
pub(super) fn resolve(
    entries: BTreeMap<String, ModelEntry>,
    providers: &[ProviderConfig],
    environment: &Environment,
) -> Result<Vec<ModelConfig>, ConfigError> {
    if entries.is_empty() {
        return Ok(automatic(providers, environment));
    }
    if !entries.contains_key(DEFAULT_ALIAS) {
        return Err(ConfigError::invalid("models.default", "the alias is missing; sites ask for it first"));
    }
    entries.into_iter().map(|(alias, entry)| from_entry(alias, entry, providers)).collect()
}

fn from_entry(
    alias: String,
    entry: ModelEntry,
    providers: &[ProviderConfig],
) -> Result<ModelConfig, ConfigError> {
    let key = |field: &str| format!("models.{alias}.{field}");
    if alias.is_empty() || alias.len() > 191 || alias.chars().any(char::is_control) {
        return Err(ConfigError::invalid("models", "an alias is 1 to 191 printable characters"));
    }
    if entry.model.is_empty() {
        return Err(ConfigError::invalid(key("model"), "the name is empty"));
    }
    if !providers.iter().any(|provider| provider.name == entry.provider) {
        let problem = format!("no provider is named {:?}", entry.provider);
        return Err(ConfigError::invalid(key("provider"), problem));
    }
    let price = match (entry.input_usd_per_million, entry.output_usd_per_million) {
        (None, None) => None,
        (Some(input), Some(output)) => {
            let input = micros(&key("input_usd_per_million"), input)?;
            let cached_input = match entry.cached_input_usd_per_million {
                Some(cached) => micros(&key("cached_input_usd_per_million"), cached)?,
                None => input,
            };
            Some(Price { input, cached_input, output: micros(&key("output_usd_per_million"), output)? })
        }
        (None, Some(_)) => {
            return Err(ConfigError::invalid(key("input_usd_per_million"), "the price is missing"));
        }
        (Some(_), None) => {
            return Err(ConfigError::invalid(key("output_usd_per_million"), "the price is missing"));
        }
    };
    Ok(ModelConfig { price, provider: entry.provider, model: entry.model, alias })
}

/// Dollars as written become whole micro-dollars, so that sums are exact from here on.
fn micros(key: &str, dollars: f64) -> Result<u64, ConfigError> {
    if !(0.0..=1_000_000.0).contains(&dollars) {
        return Err(ConfigError::invalid(key, format!("{dollars} is not between 0 and 1000000")));
    }
    // Printing and parsing rounds to the nearest micro-dollar without a lossy cast.
    let text = format!("{:.0}", dollars * 1_000_000.0);
    text.parse().map_err(|_| ConfigError::invalid(key, format!("{dollars} is not a price")))
}

fn automatic(providers: &[ProviderConfig], environment: &Environment) -> Vec<ModelConfig> {
    let mut models: Vec<ModelConfig> = Vec::new();
    for provider in providers {
        let (variable, usual) = match (provider.kind, provider.name.as_str()) {
            (ProviderKind::Openai, "ollama") => ("OLLAMA_MODEL", "llama3.2"),
            (ProviderKind::Openai, _) => ("OPENAI_MODEL", "gpt-4o-mini"),
            (ProviderKind::Anthropic, _) => ("ANTHROPIC_MODEL", "claude-haiku-4-5"),
            (ProviderKind::Offline, _) => ("", "offline-demo"),
        };
        let model = environment.text(variable).unwrap_or(usual);
        let price = list_price(provider, model);
        let alias = if models.is_empty() { DEFAULT_ALIAS } else { provider.name.as_str() };
        for alias in [alias, model] {
            if !models.iter().any(|earlier| earlier.alias == alias) {
                let (alias, model) = (alias.to_owned(), model.to_owned());
                models.push(ModelConfig { alias, provider: provider.name.clone(), model, price });
            }
        }
    }
    models
}

/// The list prices of the two models that are chosen when nothing is configured, at their makers' own
/// addresses. Any other model needs its price in the file.
fn list_price(provider: &ProviderConfig, model: &str) -> Option<Price> {
    match (provider.base_url.as_str(), model) {
        ("https://api.openai.com/v1", "gpt-4o-mini") => {
            Some(Price { input: 150_000, cached_input: 75_000, output: 600_000 })
        }
        ("https://api.anthropic.com", "claude-haiku-4-5") => {
            Some(Price { input: 1_000_000, cached_input: 100_000, output: 5_000_000 })
        }
        _ if provider.kind == ProviderKind::Offline => Some(Price { input: 0, cached_input: 0, output: 0 }),
        _ => None,
    }
}

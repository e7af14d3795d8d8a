//! `[[providers]]`: who answers. With none in the file, the environment decides.

use std::time::Duration;

use platen_core::secret::Secret;
use serde::{Deserialize, Serialize};

use super::file::check_duration;
use super::{ConfigError, Environment, duration};

const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";
const ANTHROPIC_BASE_URL: &str = "https://api.anthropic.com";

/// One provider, checked. `base_url` has no trailing slash and no credentials.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    /// Its name in answers, logs and metrics.
    pub name: String,
    /// Which wire format it speaks.
    pub kind: ProviderKind,
    /// Where it lives; empty for the offline one. For `openai` the part before `/chat/completions`, for
    /// `anthropic` the part before `/v1/messages`.
    pub base_url: String,
    /// Its key; absent for a server that asks for none.
    pub api_key: Option<Secret<String>>,
    /// How long it may take.
    pub timeouts: Timeouts,
    /// Offline only: the wait between two words.
    pub pace: Duration,
}

/// Which wire format a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    /// OpenAI chat completions, also of Azure-style gateways, Ollama, vLLM and others.
    Openai,
    /// Anthropic messages.
    Anthropic,
    /// No network: a demonstration that says so.
    Offline,
}

/// How long a provider may take for each step of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// From the request to the first byte of the answer.
    pub first_byte: Duration,
    /// Between two pieces of an answer.
    pub idle: Duration,
}

/// A `[[providers]]` table as written.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderEntry {
    name: String,
    kind: ProviderKind,
    #[serde(default)]
    base_url: String,
    #[serde(default)]
    api_key_env: String,
    #[serde(default = "default_connect", rename = "connect_timeout_ms", with = "duration::millis")]
    connect_timeout: Duration,
    #[serde(default = "default_first_byte", rename = "first_byte_timeout_ms", with = "duration::millis")]
    first_byte_timeout: Duration,
    #[serde(default = "default_idle", rename = "idle_timeout_ms", with = "duration::millis")]
    idle_timeout: Duration,
    #[serde(default = "default_pace", rename = "pace_ms", with = "duration::millis")]
    pace: Duration,
}

fn default_connect() -> Duration {
    Duration::from_secs(5)
}

/// A reasoning model may think for minutes before its first token.
fn default_first_byte() -> Duration {
    Duration::from_mins(2)
}

fn default_idle() -> Duration {
    Duration::from_mins(1)
}

/// About the reading speed of a person.
fn default_pace() -> Duration {
    Duration::from_millis(40)
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: default_connect(), first_byte: default_first_byte(), idle: default_idle() }
    }
}

impl PartialEq for ProviderConfig {
    fn eq(&self, other: &Self) -> bool {
        let key = |config: &Self| config.api_key.as_ref().map(|key| key.expose().clone());
        self.name == other.name
            && self.kind == other.kind
            && self.base_url == other.base_url
            && key(self) == key(other)
            && self.timeouts == other.timeouts
            && self.pace == other.pace
    }
}

/// The providers of the file; without any, those whose variables the environment has; without those, the
/// offline one.
pub(super) fn resolve(
    entries: &[ProviderEntry],
    environment: &Environment,
) -> Result<Vec<ProviderConfig>, ConfigError> {
    let mut providers: Vec<ProviderConfig> = Vec::new();
    for entry in entries {
        let provider = from_entry(entry, environment)?;
        if providers.iter().any(|earlier| earlier.name == provider.name) {
            return Err(ConfigError::invalid(format!("providers.{}", entry.name), "the name is used twice"));
        }
        providers.push(provider);
    }
    if providers.is_empty() { from_environment(environment) } else { Ok(providers) }
}

fn from_entry(entry: &ProviderEntry, environment: &Environment) -> Result<ProviderConfig, ConfigError> {
    let key = |field: &str| format!("providers.{}.{field}", entry.name);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if entry.name.is_empty() || entry.name.len() > 64 || !entry.name.bytes().all(is_word) {
        let problem = format!("{:?} is not 1 to 64 of A-Z, a-z, 0-9, '-', '_' and '.'", entry.name);
        return Err(ConfigError::invalid("providers.name", problem));
    }
    let longest = Duration::from_hours(1);
    let shortest = Duration::from_millis(1);
    check_duration(&key("connect_timeout_ms"), entry.connect_timeout, shortest..=longest)?;
    check_duration(&key("first_byte_timeout_ms"), entry.first_byte_timeout, shortest..=longest)?;
    check_duration(&key("idle_timeout_ms"), entry.idle_timeout, shortest..=longest)?;
    let timeouts = Timeouts {
        connect: entry.connect_timeout,
        first_byte: entry.first_byte_timeout,
        idle: entry.idle_timeout,
    };
    let (base_url, api_key) = match entry.kind {
        ProviderKind::Offline => (String::new(), None),
        ProviderKind::Openai | ProviderKind::Anthropic => {
            let default = match entry.kind {
                ProviderKind::Anthropic => ANTHROPIC_BASE_URL,
                ProviderKind::Openai | ProviderKind::Offline => OPENAI_BASE_URL,
            };
            let url = if entry.base_url.is_empty() { default } else { &entry.base_url };
            (check_url(&key("base_url"), url)?, named_key(entry, environment, &key("api_key_env"))?)
        }
    };
    Ok(ProviderConfig {
        name: entry.name.clone(),
        kind: entry.kind,
        base_url,
        api_key,
        timeouts,
        pace: entry.pace,
    })
}

/// The key is named, never written: a name without a value is a mistake, not a server without keys.
fn named_key(
    entry: &ProviderEntry,
    environment: &Environment,
    key: &str,
) -> Result<Option<Secret<String>>, ConfigError> {
    if entry.api_key_env.is_empty() {
        return Ok(None);
    }
    if let Some(secret) = environment.secret(&entry.api_key_env) {
        return Ok(Some(secret));
    }
    let problem = format!("the environment variable {} is not set", entry.api_key_env);
    Err(ConfigError::invalid(key, problem))
}

fn from_environment(environment: &Environment) -> Result<Vec<ProviderConfig>, ConfigError> {
    let mut found = Vec::new();
    let openai_url = environment.text("OPENAI_BASE_URL");
    let openai_key = environment.secret("OPENAI_API_KEY");
    if openai_key.is_some() || openai_url.is_some() {
        let url = check_url("OPENAI_BASE_URL", openai_url.unwrap_or(OPENAI_BASE_URL))?;
        found.push(remote("openai", ProviderKind::Openai, url, openai_key));
    }
    if let Some(api_key) = environment.secret("ANTHROPIC_API_KEY") {
        let url = environment.text("ANTHROPIC_BASE_URL").unwrap_or(ANTHROPIC_BASE_URL);
        let url = check_url("ANTHROPIC_BASE_URL", url)?;
        found.push(remote("anthropic", ProviderKind::Anthropic, url, Some(api_key)));
    }
    if let Some(host) = environment.text("OLLAMA_HOST") {
        found.push(remote("ollama", ProviderKind::Openai, ollama_url(host)?, None));
    }
    if found.is_empty() {
        found.push(remote("offline", ProviderKind::Offline, String::new(), None));
    }
    Ok(found)
}

fn remote(
    name: &str,
    kind: ProviderKind,
    base_url: String,
    api_key: Option<Secret<String>>,
) -> ProviderConfig {
    let timeouts = Timeouts::default();
    ProviderConfig { name: name.to_owned(), kind, base_url, api_key, timeouts, pace: default_pace() }
}

/// Ollama's own variable may lack the scheme and the port.
fn ollama_url(host: &str) -> Result<String, ConfigError> {
    let with_scheme = if host.contains("://") { host.to_owned() } else { format!("http://{host}") };
    let checked = check_url("OLLAMA_HOST", &with_scheme)?;
    let authority = checked.rsplit_once("://").map_or(checked.as_str(), |(_, rest)| rest);
    let after_bracket = authority.rsplit_once(']').map_or(authority, |(_, rest)| rest);
    let has_port = after_bracket.contains(':') || checked.starts_with("https://");
    Ok(if has_port { format!("{checked}/v1") } else { format!("{checked}:11434/v1") })
}

/// Keys belong into the environment: an address with credentials would end up in logs.
fn check_url(key: &str, url: &str) -> Result<String, ConfigError> {
    let parsed = reqwest::Url::parse(url)
        .map_err(|error| ConfigError::invalid(key, format!("the address is not valid: {error}")))?;
    if !matches!(parsed.scheme(), "http" | "https") || !parsed.has_host() {
        return Err(ConfigError::invalid(
            key,
            "the address does not begin with http:// or https:// and a host",
        ));
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(ConfigError::invalid(key, "the address holds credentials; name them with api_key_env"));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(ConfigError::invalid(key, "the address holds a query or a fragment"));
    }
    Ok(parsed.as_str().trim_end_matches('/').to_owned())
}

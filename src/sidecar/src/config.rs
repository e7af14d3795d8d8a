//! The daemon's settings: a TOML file, a few environment variables, and what the two say about providers.
//!
//! This is the only module that reads the environment or a configuration file. What comes out is typed and
//! checked: the rest of the daemon never meets a setting that is out of its range. `default.toml` documents
//! every setting, and a test holds it equal to the defaults here.

mod cache;
mod daemon;
mod database;
mod duration;
mod environment;
mod fetch;
mod file;
mod group;
mod http;
mod ipc;
mod jobs;
mod limits;
mod log;
mod models;
mod networks;
mod providers;
mod retention;
mod schedules;
mod service;
mod webhooks;
mod workflows;

use std::path::Path;
use std::path::PathBuf;

use thiserror::Error;

pub use cache::CacheConfig;
pub use daemon::DaemonConfig;
pub use database::DatabaseConfig;
pub use environment::Environment;
pub use fetch::FetchConfig;
pub use http::HttpConfig;
pub use ipc::IpcConfig;
pub use jobs::JobsSettings;
pub use limits::LimitsConfig;
pub use log::{LogConfig, LogFormat, LogLevel};
pub use models::{ModelConfig, Price};
pub use providers::{ProviderConfig, ProviderKind, Timeouts};
pub use retention::RetentionConfig;
pub use schedules::Schedule;
pub use service::ServiceConfig;
pub use webhooks::WebhooksConfig;
pub use workflows::WorkflowsConfig;

/// Where the settings are read from when no `--config` is given, if the file is there.
pub const DEFAULT_PATH: &str = "/etc/platen/platend.toml";

/// All settings, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `[daemon]`
    pub daemon: DaemonConfig,
    /// `[database]`, or what the environment says.
    pub database: DatabaseConfig,
    /// `[ipc]`
    pub ipc: IpcConfig,
    /// `[http]`
    pub http: HttpConfig,
    /// `[jobs]`
    pub jobs: JobsSettings,
    /// `[retention]`
    pub retention: RetentionConfig,
    /// `[limits]`
    pub limits: LimitsConfig,
    /// `[[schedules]]`
    pub schedules: Vec<Schedule>,
    /// `[workflows]`
    pub workflows: WorkflowsConfig,
    /// `[fetch]`
    pub fetch: FetchConfig,
    /// `[webhooks]`
    pub webhooks: WebhooksConfig,
    /// `[cache]`
    pub cache: CacheConfig,
    /// `[[providers]]`, or what the environment offers; never empty.
    pub providers: Vec<ProviderConfig>,
    /// `[models]` by alias, or one `default`; never empty.
    pub models: Vec<ModelConfig>,
    /// `[log]`
    pub log: LogConfig,
    /// What the service manager asks; from the environment only.
    pub service: ServiceConfig,
}

/// The settings cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the file {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML, or holds a key or a type that no setting has. The source names it.
    #[error("the file {} is not a valid configuration", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and what.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// A value is outside its documented range.
    #[error("{key}: {problem}")]
    Invalid {
        /// The setting, as `section.key`, or the environment variable.
        key: String,
        /// What is wrong and what would be right.
        problem: String,
    },
}

impl ConfigError {
    fn invalid(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid { key: key.into(), problem: problem.into() }
    }
}

impl Config {
    /// Reads the file, lets the environment override it, and checks the whole.
    ///
    /// Without a path it reads [`DEFAULT_PATH`] when that exists, else it takes the defaults.
    ///
    /// # Errors
    /// [`ConfigError`] names the file or the setting.
    pub fn load(path: Option<&Path>, environment: &Environment) -> Result<Self, ConfigError> {
        let file = match path {
            Some(path) => file::read(path)?,
            None if Path::new(DEFAULT_PATH).exists() => file::read(Path::new(DEFAULT_PATH))?,
            None => file::File::default(),
        };
        Self::from_file(file, environment)
    }

    fn from_file(file: file::File, environment: &Environment) -> Result<Self, ConfigError> {
        let file = environment::override_file(file, environment)?;
        file.check()?;
        let providers = providers::resolve(&file.providers, environment)?;
        let models = models::resolve(file.models, &providers, environment)?;
        file.limits.check(&providers, &models)?;
        Ok(Self {
            daemon: file.daemon,
            database: database::resolve(&file.database, environment)?,
            ipc: file.ipc,
            http: file.http,
            jobs: file.jobs,
            retention: file.retention,
            limits: file.limits,
            schedules: schedules::resolve(file.schedules)?,
            workflows: file.workflows,
            fetch: file.fetch,
            webhooks: file.webhooks,
            cache: file.cache,
            providers,
            models,
            log: file.log,
            service: service::resolve(environment, std::process::id())?,
        })
    }
}

#[cfg(test)]
mod tests;

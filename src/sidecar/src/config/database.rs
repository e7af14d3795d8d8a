//! `[database]`: where jobs are kept.

use std::path::PathBuf;

use platen_core::secret::Secret;
use serde::{Deserialize, Serialize};

use super::{ConfigError, Environment};

/// Where jobs are kept.
#[derive(Clone, Debug, Default)]
pub enum DatabaseConfig {
    /// In a file in the state directory.
    #[default]
    Sqlite,
    /// In a database that several daemons may share.
    Postgres {
        /// Its address, with the password.
        url: Secret<String>,
        /// The authorities that its certificate is checked against; `None` for those of the system.
        ca_file: Option<PathBuf>,
    },
}

impl PartialEq for DatabaseConfig {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Sqlite, Self::Sqlite) => true,
            (Self::Postgres { url, ca_file }, Self::Postgres { url: other_url, ca_file: other_file }) => {
                url.expose() == other_url.expose() && ca_file == other_file
            }
            (Self::Sqlite, Self::Postgres { .. }) | (Self::Postgres { .. }, Self::Sqlite) => false,
        }
    }
}

/// The section as written.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct DatabaseEntry {
    url_file: String,
    ca_file: String,
}

/// What the section comes to; `PLATEN_DATABASE_URL` wins over its file.
pub(super) fn resolve(
    entry: &DatabaseEntry,
    environment: &Environment,
) -> Result<DatabaseConfig, ConfigError> {
    let url = match environment.secret("PLATEN_DATABASE_URL") {
        Some(url) => Some(url),
        None if entry.url_file.is_empty() => None,
        None => Some(read(&entry.url_file)?),
    };
    let Some(url) = url else { return Ok(DatabaseConfig::Sqlite) };
    let ca_file = Some(&entry.ca_file).filter(|path| !path.is_empty()).map(PathBuf::from);
    Ok(DatabaseConfig::Postgres { url, ca_file })
}

fn read(path: &str) -> Result<Secret<String>, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable { path: PathBuf::from(path), source };
    let text = Secret::new(std::fs::read_to_string(path).map_err(unreadable)?);
    let url = Secret::new(text.expose().trim().to_owned());
    if url.expose().is_empty() {
        return Err(ConfigError::invalid("database.url_file", "the file is empty"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(url_file: &str) -> DatabaseEntry {
        DatabaseEntry { url_file: url_file.to_owned(), ca_file: String::new() }
    }

    fn url(config: &DatabaseConfig) -> Option<&str> {
        match config {
            DatabaseConfig::Sqlite => None,
            DatabaseConfig::Postgres { url, .. } => Some(url.expose()),
        }
    }

    #[test]
    fn without_an_address_it_is_sqlite() {
        let config = resolve(&entry(""), &Environment::of(&[])).unwrap();

        assert_eq!(config, DatabaseConfig::Sqlite);
    }

    #[test]
    fn the_environment_wins_over_the_file_and_nothing_shows_the_address() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("url");
        std::fs::write(&file, " host=/run user=file\n").unwrap();
        let entry = entry(file.to_str().unwrap());
        let variables = [("PLATEN_DATABASE_URL", "postgres://platen:planted@db/platen")];

        let of_file = resolve(&entry, &Environment::of(&[])).unwrap();
        let of_environment = resolve(&entry, &Environment::of(&variables)).unwrap();

        assert_eq!(url(&of_file), Some("host=/run user=file"));
        assert_eq!(url(&of_environment), Some("postgres://platen:planted@db/platen"));
        assert!(!format!("{of_environment:?}").contains("planted"));
    }

    #[test]
    fn a_file_that_is_missing_or_empty_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("url");

        assert!(matches!(
            resolve(&entry(file.to_str().unwrap()), &Environment::of(&[])),
            Err(ConfigError::Unreadable { .. })
        ));
        std::fs::write(&file, "\n").unwrap();
        let error = resolve(&entry(file.to_str().unwrap()), &Environment::of(&[])).unwrap_err();
        assert_eq!(error.to_string(), "database.url_file: the file is empty");
    }
}

//! Where the database is, and how to log in.

use std::fmt;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use platen_core::secret::Secret;
use thiserror::Error;
use tokio_postgres::config::{Host, SslMode};

use super::PostgresError;
use super::tls::Tls;
use crate::storage::sql::connection::SqlError;

/// How long the server may take to take a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a server that has gone without a word is waited for.
const SILENCE: Duration = Duration::from_secs(30);

/// The address of a PostgreSQL database. Its texts never show the password.
#[derive(Clone)]
pub(in crate::storage) struct Address(Arc<Parts>);

struct Parts {
    config: tokio_postgres::Config,
    tls: Tls,
}

/// The address cannot be used.
#[derive(Debug, Error)]
pub enum AddressError {
    /// It has no form that is known. The text is not shown: it may hold a password.
    #[error(
        "the address is not of the form postgres://user:password@host/database or host=… user=… dbname=…"
    )]
    Malformed,
    /// The certificate authorities cannot be read.
    #[error("the certificate authorities cannot be read")]
    Tls(#[source] std::io::Error),
}

impl Address {
    /// Reads an address. Connections that leave this machine are private (TLS), unless the address says
    /// `sslmode=disable`; the server's certificate is checked against this file, or the system's authorities, and
    /// its name is the host's: all that `verify-full` means to PostgreSQL's own clients.
    pub(in crate::storage) fn parse(
        text: &Secret<String>,
        ca_file: Option<&Path>,
    ) -> Result<Self, AddressError> {
        let mut config: tokio_postgres::Config =
            checked(text.expose()).parse().map_err(|_| AddressError::Malformed)?;
        if config.get_hosts().is_empty() {
            return Err(AddressError::Malformed);
        }
        let is_here = config.get_hosts().iter().all(is_local);
        match config.get_ssl_mode() {
            SslMode::Prefer if is_here => config.ssl_mode(SslMode::Disable),
            SslMode::Prefer => config.ssl_mode(SslMode::Require),
            _ => &mut config,
        };
        config
            .application_name("platend")
            .connect_timeout(CONNECT_TIMEOUT)
            .tcp_user_timeout(SILENCE)
            .keepalives_idle(SILENCE);
        let is_private = config.get_ssl_mode() != SslMode::Disable;
        let tls = if is_private { Tls::new(ca_file).map_err(AddressError::Tls)? } else { Tls::default() };
        Ok(Self(Arc::new(Parts { config, tls })))
    }

    /// Connects.
    pub(super) async fn connect(&self) -> Result<(tokio_postgres::Client, Connection), SqlError> {
        Ok(self.0.config.connect(self.0.tls.clone()).await.map_err(PostgresError::from)?)
    }
}

/// The address in the words of the client, which does not know those for how a certificate is checked: it always is.
fn checked(text: &str) -> String {
    let mut address = format!(" {text}");
    for before in ["?", "&", " "] {
        for mode in ["verify-full", "verify-ca"] {
            address =
                address.replace(&format!("{before}sslmode={mode}"), &format!("{before}sslmode=require"));
        }
    }
    address.trim_start().to_owned()
}

/// Has to be polled for its client to get answers.
pub(super) type Connection =
    tokio_postgres::Connection<tokio_postgres::Socket, super::tls::Private<tokio_postgres::Socket>>;

fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.0.config.get_dbname().or(self.0.config.get_user()).unwrap_or("postgres");
        write!(f, "{name} on ")?;
        for (place, host) in self.0.config.get_hosts().iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            match host {
                Host::Unix(path) => write!(f, "{comma}{}", path.display())?,
                Host::Tcp(name) => write!(f, "{comma}{name}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, AddressError> {
        Address::parse(&Secret::new(text.to_owned()), None)
    }

    #[test]
    fn no_text_of_an_address_shows_the_password() {
        let address = parse("postgres://platen:planted@localhost/platen").unwrap();

        assert_eq!(address.to_string(), "platen on localhost");
        let error = parse("postgres://platen:planted@localhost/platen?no_such=1").err().unwrap();
        assert!(!format!("{error:?} {error}").contains("planted"), "{error:?}");
    }

    #[test]
    fn what_leaves_the_machine_is_private() {
        for (text, mode) in [
            ("host=/run/postgresql user=platen", SslMode::Disable),
            ("postgres://platen@127.0.0.1/platen", SslMode::Disable),
            ("postgres://platen@[::1]/platen", SslMode::Disable),
            ("postgres://platen@db.example/platen?sslmode=disable", SslMode::Disable),
        ] {
            assert_eq!(parse(text).unwrap().0.config.get_ssl_mode(), mode, "{text}");
        }
        for text in [
            "postgres://platen@db.example/platen",
            "postgres://platen@localhost/platen?connect_timeout=3&sslmode=verify-full",
            "sslmode=verify-ca host=localhost user=platen",
        ] {
            // A machine without authorities cannot connect at all.
            match parse(text) {
                Ok(address) => assert_eq!(address.0.config.get_ssl_mode(), SslMode::Require, "{text}"),
                Err(error) => assert!(matches!(error, AddressError::Tls(_)), "{error:?}"),
            }
        }
    }
}

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::file::check_range;

/// `[http]`: streams, health and metrics on loopback.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct HttpConfig {
    /// Address and port.
    pub listen: SocketAddr,
    /// Whether `listen` may be an address that other machines can reach. Health and metrics ask for no
    /// credentials, so this needs a firewall.
    pub allow_non_loopback: bool,
    /// Streams at the same time; one more is refused with 503.
    pub max_streams: u32,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)),
            allow_non_loopback: false,
            max_streams: 1024,
        }
    }
}

impl HttpConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if !self.listen.ip().is_loopback() && !self.allow_non_loopback {
            let problem = format!(
                "{} is not a loopback address; set http.allow_non_loopback = true to allow it",
                self.listen.ip()
            );
            return Err(ConfigError::invalid("http.listen", problem));
        }
        check_range("http.max_streams", self.max_streams, 1..=1_000_000)
    }
}

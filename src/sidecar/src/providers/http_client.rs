//! The one place that builds HTTP clients and sends requests to providers, with a deadline for every step.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::Clock;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Request, Response, Url};
use tokio::time::{Instant, timeout, timeout_at};

use super::ProviderError;
use super::error::Refusal;
use super::refusal;
use crate::config::Timeouts;

/// How long an idle connection is kept. Shorter than the 60 s after which load balancers drop theirs without
/// a word, which would cost the next request its first try.
const POOL_IDLE: Duration = Duration::from_secs(45);

/// The most of an error's body that is read, in bytes.
const MAX_ERROR_BODY_BYTES: usize = 64 * 1024;

/// Whether a client can speak TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    /// With the certificate authorities of the system; a machine may have none.
    System,
    /// For addresses without TLS. Needs no certificate authorities, and trusts none.
    Unused,
}

impl Tls {
    /// What an address needs.
    pub(crate) fn for_url(url: &str) -> Self {
        if url.starts_with("https:") { Self::System } else { Self::Unused }
    }
}

/// A client with the settings that every outgoing request shares: no redirects, because they would carry a
/// key or a signed body to another host; no delayed small packets; rustls on ring.
pub(crate) fn builder(connect: Duration, tls: Tls) -> ClientBuilder {
    install_crypto();
    let builder = Client::builder()
        .user_agent(concat!("platend/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect)
        .redirect(Policy::none())
        .referer(false)
        .tcp_nodelay(true)
        .pool_idle_timeout(POOL_IDLE);
    match tls {
        Tls::System => builder,
        Tls::Unused => builder.tls_certs_only([]),
    }
}

/// Whether the address is this machine, which no proxy may be asked for.
pub(crate) fn is_loopback(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

pub(crate) fn install_crypto() {
    // An error means that a provider is installed already, by an earlier client: the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
}

/// Sends requests to one provider.
pub(super) struct HttpClient {
    client: Client,
    timeouts: Timeouts,
    clock: Arc<dyn Clock>,
}

/// An answer that has begun with 200.
pub(super) struct Body {
    response: Response,
    idle: Duration,
    first_byte: Duration,
    /// Set until the first byte of the body has come.
    first_byte_by: Option<Instant>,
}

impl HttpClient {
    /// # Errors
    /// The TLS roots of the system cannot be read.
    pub(super) fn new(
        base_url: &str,
        timeouts: Timeouts,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let builder = builder(timeouts.connect, Tls::for_url(base_url));
        let builder = if is_loopback(base_url) { builder.no_proxy() } else { builder };
        Ok(Self { client: builder.build()?, timeouts, clock })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Sends a request and waits for a stream of events to begin.
    ///
    /// # Errors
    /// What the provider or the network refused; see [`ProviderError`].
    pub(super) async fn open_stream(&self, request: Request) -> Result<Body, ProviderError> {
        let Timeouts { connect, first_byte, idle } = self.timeouts;
        let deadline = Instant::now() + first_byte;
        let response = match timeout_at(deadline, self.client.execute(request)).await {
            Err(_) => return Err(ProviderError::FirstByteTimeout(first_byte)),
            Ok(Err(error)) if error.is_connect() && error.is_timeout() => {
                return Err(ProviderError::ConnectTimeout(connect));
            }
            Ok(Err(error)) => return Err(ProviderError::Unreachable(error.into())),
            Ok(Ok(response)) => response,
        };
        if !response.status().is_success() {
            return Err(self.refused(response).await);
        }
        if !is_event_stream(response.headers()) {
            return Err(ProviderError::NotAStream);
        }
        Ok(Body { response, idle, first_byte, first_byte_by: Some(deadline) })
    }

    /// Reads the provider's own words about a failure.
    async fn refused(&self, response: Response) -> ProviderError {
        let status = response.status().as_u16();
        let hints = refusal::Hints::of(response.headers(), self.clock.now());
        // Without its body a refusal is still classified by its status.
        let body = timeout(self.timeouts.idle, error_body(response)).await.unwrap_or_default();
        refusal::classify(Refusal {
            status: Some(status),
            reason: refusal::reason_in(&body),
            retry_after: hints.retry_after,
            should_retry: hints.should_retry,
        })
    }
}

impl Body {
    /// The next bytes, `None` at the end of the body.
    ///
    /// # Errors
    /// A timeout or a broken connection.
    pub(super) async fn chunk(&mut self) -> Result<Option<bytes::Bytes>, ProviderError> {
        let deadline = self.first_byte_by.unwrap_or_else(|| Instant::now() + self.idle);
        match timeout_at(deadline, self.response.chunk()).await {
            Err(_) if self.first_byte_by.is_some() => Err(ProviderError::FirstByteTimeout(self.first_byte)),
            Err(_) => Err(ProviderError::IdleTimeout(self.idle)),
            Ok(Err(error)) => Err(ProviderError::Disconnected(error.into())),
            Ok(Ok(chunk)) => {
                self.first_byte_by = None;
                Ok(chunk)
            }
        }
    }
}

/// Some servers leave the type out; only another type is a reason to refuse.
fn is_event_stream(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE) else { return true };
    let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(b"text/event-stream")
}

async fn error_body(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = MAX_ERROR_BODY_BYTES.saturating_sub(body.len());
        body.extend(chunk.iter().take(room));
        if room <= chunk.len() {
            break;
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for local in ["http://127.0.0.1:8080/v1", "http://[::1]/", "http://localhost:11434/v1"] {
            assert!(is_loopback(local), "{local}");
        }
        for remote in ["https://api.openai.com/v1", "http://10.0.0.1/", "http://localhost.example.com/", "x"]
        {
            assert!(!is_loopback(remote), "{remote}");
        }
    }
}

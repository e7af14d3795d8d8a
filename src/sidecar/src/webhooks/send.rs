//! One try: an HTTP request signed after Standard Webhooks, and what its answer means.

use std::sync::Arc;
use std::time::Duration;

use platen_core::breaker::CallEnd;
use platen_core::clock::{Clock, Timestamp};
use platen_core::retry::parse_retry_after;
use platen_core::webhook::{ID_HEADER, Request, SIGNATURE_HEADER, Scheme, TIMESTAMP_HEADER, sign_as};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use tokio::time::timeout;

use super::message::Message;
use super::store::Delivery;
use crate::config::WebhooksConfig;
use crate::destination::{AddressGuard, ForbiddenAddress, is_forbidden};
use crate::providers::http_client::{self, Tls};
use crate::sites::Site;

/// Where a WordPress site takes webhooks, below its address.
const PATH: &str = "/wp-json/ai/v1/webhook";

/// The same where permalinks are plain, which is how WordPress comes: there `/wp-json` is a 404.
const PLAIN_PATH: &str = "/?rest_route=/ai/v1/webhook";

/// How many events the site takes in one webhook.
const BATCH_HEADER: &str = "platen-accepts-batch";

/// What became of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The site took the message.
    Taken { http_status: u16 },
    /// The site wants no more webhooks (410).
    Gone { http_status: u16 },
    /// It may work later.
    Failed { http_status: Option<u16>, error: String, retry_after: Option<Duration> },
}

/// What a site answered to one try.
pub(super) struct Answer {
    pub(super) outcome: Outcome,
    /// How many events it takes in one webhook, if it says so.
    pub(super) accepts_batch: Option<usize>,
    /// What it said, cut off where it is too long to mean anything.
    pub(super) body: Vec<u8>,
}

impl Outcome {
    pub(super) fn failed(error: impl Into<String>) -> Self {
        Self::Failed { http_status: None, error: error.into(), retry_after: None }
    }

    /// Whether the site does its work. One that refuses an event for what is in it does.
    pub(super) fn call_end(&self) -> CallEnd {
        match self {
            Self::Taken { .. }
            | Self::Gone { .. }
            | Self::Failed { http_status: Some(400 | 409 | 413 | 415 | 422), .. } => CallEnd::Succeeded,
            Self::Failed { .. } => CallEnd::Failed,
        }
    }

    pub(super) fn is_taken(&self) -> bool {
        matches!(self, Self::Taken { .. })
    }

    /// Whether the site asks to be called less (Standard Webhooks: 429, 502 and 504).
    pub(super) fn is_overload(&self) -> bool {
        matches!(self, Self::Failed { http_status: Some(429 | 502 | 504), .. })
    }
}

impl From<Outcome> for Answer {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, accepts_batch: None, body: Vec::new() }
    }
}

/// Sends messages to sites.
pub(super) struct Sender {
    client: Client,
    guard: AddressGuard,
    deadline: Duration,
    tls: Tls,
}

impl Sender {
    /// On a machine without certificate authorities it still reaches sites without TLS, such as those on the same
    /// machine.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub(super) fn new(settings: &WebhooksConfig) -> Result<Self, reqwest::Error> {
        let guard = AddressGuard::new(settings.allow_addresses.clone()).with_this_machine();
        // Sites are the operator's own, often on this machine: a proxy for providers is not for them, and would
        // resolve their names in our place.
        let build = |tls| {
            let resolver = Arc::new(guard.clone());
            http_client::builder(settings.timeout, tls).no_proxy().dns_resolver(resolver).build()
        };
        let (client, tls) = match build(Tls::System) {
            Ok(client) => (client, Tls::System),
            Err(_) => (build(Tls::Unused)?, Tls::Unused),
        };
        Ok(Self { client, guard, deadline: settings.timeout, tls })
    }

    /// Whether sites with TLS can be reached.
    pub(super) fn tls(&self) -> Tls {
        self.tls
    }

    /// Tries once. The headers of the trace are those of the first event.
    pub(super) async fn send(
        &self,
        message: &Message,
        first: &Delivery,
        site: &Site,
        clock: &dyn Clock,
    ) -> Answer {
        match Url::parse(&site.url).map(|url| self.guard.check(&url)) {
            Ok(Ok(())) => {}
            Ok(Err(ForbiddenAddress)) => return Outcome::failed(not_listed()).into(),
            Err(_) => return Outcome::failed("the site's address is not one").into(),
        }
        let exchange = async {
            let mut response = self.post(message, first, site, PATH, clock.now()).await?;
            if response.status() == StatusCode::NOT_FOUND {
                drop(short_body(response).await);
                response = self.post(message, first, site, PLAIN_PATH, clock.now()).await?;
            }
            Ok(read(response, clock.now()).await)
        };
        match timeout(self.deadline, exchange).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(TryError::Request(error))) => Outcome::failed(describe(&error)).into(),
            Ok(Err(TryError::Unsigned)) => Outcome::failed("the message cannot be signed").into(),
            Err(_) => Outcome::failed(format!("the site did not answer within {:?}", self.deadline)).into(),
        }
    }

    async fn post(
        &self,
        message: &Message,
        first: &Delivery,
        site: &Site,
        path: &str,
        now: Timestamp,
    ) -> Result<Response, TryError> {
        let seconds = now.as_seconds();
        let keys: Vec<_> = site.webhook_secrets.iter().collect();
        let request = Request::of(&message.body);
        let signatures = sign_as(Scheme::Standard, &message.id, seconds, &request, &keys)
            .map_err(|_| TryError::Unsigned)?;
        let response = self
            .client
            .post(format!("{}{path}", site.url))
            .header(CONTENT_TYPE, "application/json")
            .header(ID_HEADER, &message.id)
            .header(TIMESTAMP_HEADER, seconds)
            .header(SIGNATURE_HEADER, signatures)
            .header("x-request-id", &first.request_id)
            .header("traceparent", &first.traceparent)
            .body(message.body.clone())
            .send()
            .await?;
        Ok(response)
    }
}

/// Why a try was not answered.
enum TryError {
    Request(reqwest::Error),
    Unsigned,
}

impl From<reqwest::Error> for TryError {
    fn from(error: reqwest::Error) -> Self {
        Self::Request(error)
    }
}

/// Names what went wrong, without the address.
fn describe(error: &reqwest::Error) -> String {
    let text = if is_forbidden(error) {
        return not_listed();
    } else if error.is_connect() {
        "the site could not be reached"
    } else if error.is_builder() {
        "the site's address or a header cannot be sent"
    } else {
        "the connection to the site broke"
    };
    text.to_owned()
}

fn not_listed() -> String {
    format!("{ForbiddenAddress}, and webhooks.allow_addresses does not list it")
}

async fn read(response: Response, now: Timestamp) -> Answer {
    let status = response.status();
    let http_status = status.as_u16();
    let retry_after =
        header(response.headers(), RETRY_AFTER.as_str()).and_then(|value| parse_retry_after(value, now));
    let accepts_batch = header(response.headers(), BATCH_HEADER).and_then(|value| value.parse().ok());
    let body = short_body(response).await;
    let outcome = if status.is_success() {
        Outcome::Taken { http_status }
    } else if status == StatusCode::GONE {
        Outcome::Gone { http_status }
    } else {
        let error = format!("the site answered {http_status}");
        Outcome::Failed { http_status: Some(http_status), error, retry_after }
    };
    Answer { outcome, accepts_batch, body }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Reads a short body to its end, so that the connection can be used again; a long one is dropped.
async fn short_body(mut response: Response) -> Vec<u8> {
    const MAX_BYTES: usize = 64 * 1024;

    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        if body.len().saturating_add(chunk.len()) > MAX_BYTES {
            break;
        }
        body.extend_from_slice(&chunk);
    }
    body
}

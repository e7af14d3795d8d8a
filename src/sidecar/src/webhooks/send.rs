//! One try: an HTTP request signed after Standard Webhooks, and what its answer means.

use std::time::Duration;

use platen_core::clock::{Clock, Timestamp};
use platen_core::retry::parse_retry_after;
use platen_core::webhook::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use tokio::time::timeout;

use super::store::Delivery;
use crate::providers::http_client::{self, Tls};
use crate::sites::Site;

/// Where a WordPress site takes webhooks, below its address.
const PATH: &str = "/wp-json/ai/v1/webhook";

/// The same where permalinks are plain, which is how WordPress comes: there `/wp-json` is a 404.
const PLAIN_PATH: &str = "/?rest_route=/ai/v1/webhook";

/// What became of one try.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The site took the event.
    Taken { http_status: u16 },
    /// The site wants no more of this event (410).
    Gone { http_status: u16 },
    /// It may work later.
    Failed { http_status: Option<u16>, error: String, retry_after: Option<Duration> },
}

impl Outcome {
    pub(super) fn failed(error: impl Into<String>) -> Self {
        Self::Failed { http_status: None, error: error.into(), retry_after: None }
    }
}

/// Sends deliveries to sites.
pub(super) struct Sender {
    client: Client,
    deadline: Duration,
    tls: Tls,
}

impl Sender {
    /// A try may take `deadline` in all. On a machine without certificate authorities it still reaches sites
    /// without TLS, such as those on the same machine.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub(super) fn new(deadline: Duration) -> Result<Self, reqwest::Error> {
        // Sites are the operator's own, often on this machine: a proxy for providers is not for them.
        let build = |tls| http_client::builder(deadline, tls).no_proxy().build();
        match build(Tls::System) {
            Ok(client) => Ok(Self { client, deadline, tls: Tls::System }),
            Err(_) => Ok(Self { client: build(Tls::Unused)?, deadline, tls: Tls::Unused }),
        }
    }

    /// Whether sites with TLS can be reached.
    pub(super) fn tls(&self) -> Tls {
        self.tls
    }

    /// Tries once.
    pub(super) async fn send(&self, delivery: &Delivery, site: &Site, clock: &dyn Clock) -> Outcome {
        let exchange = async {
            let mut response = self.post(delivery, site, PATH, clock.now()).await?;
            if response.status() == StatusCode::NOT_FOUND {
                drain(response).await;
                response = self.post(delivery, site, PLAIN_PATH, clock.now()).await?;
            }
            Ok(read(response, clock.now()).await)
        };
        match timeout(self.deadline, exchange).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => Outcome::failed(describe(&error)),
            Err(_) => Outcome::failed(format!("the site did not answer within {:?}", self.deadline)),
        }
    }

    async fn post(
        &self,
        delivery: &Delivery,
        site: &Site,
        path: &str,
        now: Timestamp,
    ) -> Result<Response, reqwest::Error> {
        let seconds = now.as_seconds();
        let signature = sign(&delivery.id.0, seconds, &delivery.body, &site.webhook_secret);
        self.client
            .post(format!("{}{path}", site.url))
            .header(CONTENT_TYPE, "application/json")
            .header(ID_HEADER, &delivery.id.0)
            .header(TIMESTAMP_HEADER, seconds)
            .header(SIGNATURE_HEADER, signature)
            .header("x-request-id", &delivery.request_id)
            .header("traceparent", &delivery.traceparent)
            .body(delivery.body.clone())
            .send()
            .await
    }
}

/// Names what went wrong, without the address.
fn describe(error: &reqwest::Error) -> &'static str {
    if error.is_connect() {
        "the site could not be reached"
    } else if error.is_builder() {
        "the site's address or a header cannot be sent"
    } else {
        "the connection to the site broke"
    }
}

async fn read(response: Response, now: Timestamp) -> Outcome {
    let status = response.status();
    let http_status = status.as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| parse_retry_after(value, now));
    drain(response).await;
    if status.is_success() {
        Outcome::Taken { http_status }
    } else if status == StatusCode::GONE {
        Outcome::Gone { http_status }
    } else {
        let error = format!("the site answered {http_status}");
        Outcome::Failed { http_status: Some(http_status), error, retry_after }
    }
}

/// Reads a short body to its end, so that the connection can be used again; a long one is dropped.
async fn drain(mut response: Response) {
    const MAX_BYTES: usize = 64 * 1024;

    let mut total = 0_usize;
    while let Ok(Some(chunk)) = response.chunk().await {
        total = total.saturating_add(chunk.len());
        if total > MAX_BYTES {
            return;
        }
    }
}

//! The delivery loop: takes what is due, sends it, and writes down what became of it.
//!
//! Several deliveries run at the same time, but only a few of one site, and only one of a site whose last
//! try failed: a site in trouble delays nobody but itself.

use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::{Clock, Timestamp};
use platen_core::retry::{Backoff, InvalidBackoff};
use rand::Rng;
use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::flights::{Flights, SiteHealth};
use super::send::{Outcome, Sender};
use super::store::{Delivery, DeliveryFailure, DeliveryStore, DueFilter};
use crate::config::WebhooksConfig;
use crate::providers::http_client::Tls;
use crate::sites::Sites;
use crate::storage::StoreError;
use crate::telemetry::{Metrics, names};

/// How often the store is asked when nothing wakes the loop.
const POLL: Duration = Duration::from_secs(1);

/// Each wait is at most three times the one before: 1, 3, 9, 27 s …
const BACKOFF_FACTOR: u32 = 3;

/// Waits are drawn between half of their ceiling and all of it: spread, but never so early that a site
/// which is starting up again is met at once by all of its deliveries.
const BACKOFF_FLOOR_PERCENT: u32 = 50;

/// The pause after the store failed: the delivery is tried again, so it must not spin.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Delivers webhooks for all sites.
pub struct Outbound {
    store: Arc<dyn DeliveryStore>,
    sites: Arc<Sites>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    /// Wakes the loop: there may be a delivery that is due.
    wake: Arc<Notify>,
    sender: Sender,
    backoff: Backoff,
    give_up_after: Duration,
    concurrency: usize,
}

/// The parts of [`Outbound`].
pub struct OutboundParts {
    /// Keeps the deliveries.
    pub store: Arc<dyn DeliveryStore>,
    /// Tells where a site is and what it is signed for with.
    pub sites: Arc<Sites>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Counts the tries.
    pub metrics: Arc<Metrics>,
    /// Is notified when a delivery was queued.
    pub wake: Arc<Notify>,
    /// `[webhooks]`
    pub settings: WebhooksConfig,
}

/// Webhooks cannot be delivered with these settings on this machine.
#[derive(Debug, Error)]
pub enum OutboundError {
    /// No HTTP client, with TLS or without.
    #[error("the HTTP client for webhooks cannot be made")]
    Client(#[from] reqwest::Error),
    /// The waits of the settings make no backoff.
    #[error("the waits between deliveries are not valid")]
    Backoff(#[from] InvalidBackoff),
}

impl Outbound {
    /// Puts the deliverer together. It does nothing until [`run`].
    ///
    /// # Errors
    /// See [`OutboundError`].
    pub fn new(parts: OutboundParts) -> Result<Self, OutboundError> {
        let OutboundParts { store, sites, clock, metrics, wake, settings } = parts;
        let WebhooksConfig { concurrency, timeout, backoff_base, backoff_cap, give_up_after } = settings;
        Ok(Self {
            store,
            sites,
            clock,
            metrics,
            wake,
            sender: Sender::new(timeout)?,
            backoff: Backoff::new(backoff_base, BACKOFF_FACTOR, backoff_cap, BACKOFF_FLOOR_PERCENT)?,
            give_up_after,
            concurrency: usize::try_from(concurrency).unwrap_or(usize::MAX),
        })
    }

    /// How many deliveries of one site run at the same time.
    fn per_site(&self) -> usize {
        self.concurrency.div_ceil(2)
    }
}

/// Delivers until `draining` fires, then finishes the tries that have begun. What is left stays in the store.
pub async fn run(outbound: Arc<Outbound>, draining: CancellationToken) {
    if outbound.sender.tls() == Tls::Unused {
        tracing::warn!("this machine has no certificate authorities: sites with https cannot be reached");
    }
    let mut flights = Flights::default();
    while !draining.is_cancelled() {
        if let Err(error) = begin_due(&outbound, &mut flights).await {
            tracing::error!(
                { names::ERROR } = &error as &dyn std::error::Error,
                "due webhooks could not be read; the deliverer asks again"
            );
        }
        let pause = pause(&outbound).await;
        tokio::select! {
            () = draining.cancelled() => break,
            () = outbound.wake.notified() => {}
            () = flights.landed() => {}
            () = sleep(pause) => {}
        }
    }
    while !flights.is_empty() {
        flights.landed().await;
    }
}

/// Starts as many due deliveries as there is room for.
async fn begin_due(outbound: &Arc<Outbound>, flights: &mut Flights) -> Result<(), StoreError> {
    let per_site = outbound.per_site();
    let room = outbound.concurrency.saturating_sub(flights.len());
    if room == 0 {
        return Ok(());
    }
    let filter = DueFilter {
        // Those under way are still due in the store's eyes.
        limit: outbound.concurrency.saturating_add(flights.len()),
        limit_per_site: per_site,
        skip_sites: flights.full_sites(per_site),
    };
    for delivery in outbound.store.due(outbound.clock.now(), filter).await? {
        if flights.len() < outbound.concurrency
            && flights.has_room_for(&delivery.id, &delivery.site, per_site)
        {
            let outbound = Arc::clone(outbound);
            let (id, site) = (delivery.id.clone(), delivery.site.clone());
            flights.begin(id, site, async move { deliver(&outbound, &delivery).await });
        }
    }
    Ok(())
}

/// How long the loop may sleep: until the next delivery is due, but not longer than [`POLL`].
async fn pause(outbound: &Outbound) -> Duration {
    let next = timeout(POLL, outbound.store.next_due()).await;
    match next {
        Ok(Ok(Some(at))) => {
            let wait = at.since(outbound.clock.now());
            // A due delivery that was not begun waits for room, which wakes the loop by itself.
            if wait.is_zero() { POLL } else { wait.min(POLL) }
        }
        Ok(Ok(None) | Err(_)) | Err(_) => POLL,
    }
}

/// Tries once and writes down what became of it.
async fn deliver(outbound: &Outbound, delivery: &Delivery) -> SiteHealth {
    let outcome = match outbound.sites.find(&delivery.site).await {
        Ok(Some(site)) => outbound.sender.send(delivery, &site, &*outbound.clock).await,
        Ok(None) => Outcome::failed("the daemon has no site of this id"),
        Err(error) => Outcome::failed(format!("the site could not be looked up: {error}")),
    };
    let health = match outcome {
        Outcome::Taken { .. } | Outcome::Gone { .. } => SiteHealth::Well,
        Outcome::Failed { .. } => SiteHealth::InTrouble,
    };
    if let Err(error) = record(outbound, delivery, outcome).await {
        tracing::error!(
            { names::JOB_ID } = delivery.job_id.as_str(),
            { names::ERROR } = &error as &dyn std::error::Error,
            "a webhook's try could not be written down; the webhook is sent again"
        );
        sleep(STORE_PAUSE).await;
    }
    health
}

async fn record(outbound: &Outbound, delivery: &Delivery, outcome: Outcome) -> Result<(), StoreError> {
    let now = outbound.clock.now();
    let failure = match outcome {
        Outcome::Taken { http_status } => {
            outbound.metrics.webhook_tried("delivered");
            tracing::info!(
                { names::JOB_ID } = delivery.job_id.as_str(),
                { names::REQUEST_ID } = delivery.request_id,
                { names::SITE_ID } = delivery.site.as_str(),
                { names::ATTEMPT } = delivery.attempt,
                { names::HTTP_STATUS } = http_status,
                "a webhook was delivered"
            );
            return outbound.store.succeeded(delivery.id.clone(), now, http_status).await;
        }
        Outcome::Gone { http_status } => DeliveryFailure {
            http_status: Some(http_status),
            error: "the site wants no more of this event (410)".to_owned(),
            next_at: None,
        },
        Outcome::Failed { http_status, error, retry_after } => {
            DeliveryFailure { http_status, error, next_at: next_try(outbound, delivery, retry_after, now) }
        }
    };
    outbound.metrics.webhook_tried(if failure.next_at.is_some() { "failed" } else { "given_up" });
    tracing::warn!(
        { names::JOB_ID } = delivery.job_id.as_str(),
        { names::REQUEST_ID } = delivery.request_id,
        { names::SITE_ID } = delivery.site.as_str(),
        { names::ATTEMPT } = delivery.attempt,
        { names::HTTP_STATUS } = failure.http_status,
        { names::ERROR } = failure.error,
        next_at = failure.next_at.map(tracing::field::display),
        "a webhook was not delivered"
    );
    outbound.store.failed(delivery.id.clone(), now, failure).await
}

/// When to try again: the backoff, or later when the site asks for it; never after the delivery's last day.
fn next_try(
    outbound: &Outbound,
    delivery: &Delivery,
    retry_after: Option<Duration>,
    now: Timestamp,
) -> Option<Timestamp> {
    let delay = outbound.backoff.delay(delivery.attempt, rand::rng().next_u64());
    let next_at = now.after(delay.max(retry_after.unwrap_or_default()));
    (next_at <= delivery.created_at.after(outbound.give_up_after)).then_some(next_at)
}

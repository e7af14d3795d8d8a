//! The delivery loop: takes what is due, sends it, and writes down what became of it.
//!
//! Several webhooks run at the same time, but only a few of one site, and fewer or none of a site in trouble (see
//! [`Circuits`]): such a site delays nobody but itself.

use std::sync::Arc;
use std::time::Duration;

use platen_core::breaker::CallEnd;
use platen_core::clock::{Clock, Timestamp};
use platen_core::retry::{Backoff, InvalidBackoff};
use rand::Rng;
use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::circuits::{Circuits, InvalidCircuit, Past, Verdict};
use super::flights::{Answered, Flights};
use super::message::{self, Message};
use super::send::{Answer, Outcome, Sender};
use super::store::{Delivery, DeliveryFailure, DeliveryStore, DueFilter};
use crate::config::WebhooksConfig;
use crate::providers::http_client::Tls;
use crate::sites::Sites;
use crate::storage::StoreError;
use crate::telemetry::{Metrics, names};

/// How often the store is asked while a delivery is due that cannot be begun: its site is left alone, or another
/// daemon delivers.
const POLL: Duration = Duration::from_secs(1);

/// The longest sleep with nothing due: bounds what a clock that was set can cost.
const MAX_SLEEP: Duration = Duration::from_secs(30);

/// Each wait is three times the one before: 1, 3, 9, 27, 81 s …
const BACKOFF_FACTOR: u32 = 3;

/// Waits are drawn between four fifths of that and all of it, so that what failed together does not come back
/// together. That a site which comes back is not met by all at once is the circuit breaker's part.
const BACKOFF_FLOOR_PERCENT: u32 = 80;

/// Webhooks for each place of a call that are being written down at the same time. When the store is slower than the
/// sites, no more are begun.
const WRITINGS: usize = 8;

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
    settings: WebhooksConfig,
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
    /// They make no circuit breaker.
    #[error("sites in trouble cannot be told from others")]
    Circuit(#[from] InvalidCircuit),
}

impl Outbound {
    /// Puts the deliverer together. It does nothing until [`run`].
    ///
    /// # Errors
    /// See [`OutboundError`].
    pub fn new(parts: OutboundParts) -> Result<Self, OutboundError> {
        let OutboundParts { store, sites, clock, metrics, wake, settings } = parts;
        let (base, cap) = (settings.backoff_base, settings.backoff_cap);
        let outbound = Self {
            store,
            sites,
            clock,
            metrics,
            wake,
            sender: Sender::new(&settings)?,
            backoff: Backoff::new(base, BACKOFF_FACTOR, cap, BACKOFF_FLOOR_PERCENT)?,
            give_up_after: settings.give_up_after,
            concurrency: usize::try_from(settings.concurrency).unwrap_or(usize::MAX),
            settings,
        };
        outbound.circuits()?;
        Ok(outbound)
    }

    fn circuits(&self) -> Result<Circuits, InvalidCircuit> {
        Circuits::new(&self.settings, self.per_site())
    }

    /// How many webhooks of one site run at the same time.
    fn per_site(&self) -> usize {
        self.concurrency.div_ceil(2)
    }
}

/// Delivers until `draining` fires, then finishes the tries that have begun. What is left stays in the store, for
/// another daemon or the next one.
pub async fn run(outbound: Arc<Outbound>, draining: CancellationToken) {
    if outbound.sender.tls() == Tls::Unused {
        tracing::warn!("this machine has no certificate authorities: sites with https cannot be reached");
    }
    // `new` has made one of the same settings.
    let Ok(circuits) = outbound.circuits() else { return };
    let mut flights = Flights::new(circuits);
    while !draining.is_cancelled() {
        let begun = begin_due(&outbound, &mut flights).await.unwrap_or_else(|error| {
            tracing::error!(
                { names::ERROR } = &error as &dyn std::error::Error,
                "due webhooks could not be read; the deliverer asks again"
            );
            0
        });
        let now = outbound.clock.now();
        outbound.metrics.set_circuits(&flights.circuits.counts(now));
        let longest = if flights.circuits.closed_sites(now).is_empty() { MAX_SLEEP } else { POLL };
        // The end of what was begun is the next look.
        let pause = if begun > 0 { POLL } else { pause(&outbound, longest).await };
        tokio::select! {
            () = draining.cancelled() => break,
            () = outbound.wake.notified() => {}
            () = flights.landed(&*outbound.clock) => {}
            () = sleep(pause) => {}
        }
    }
    while !flights.is_empty() {
        flights.landed(&*outbound.clock).await;
    }
    // Only now: until then another daemon could send what is under way.
    if let Err(error) = outbound.store.rest().await {
        tracing::warn!({ names::ERROR } = error.report(), "another daemon delivers webhooks a little later");
    }
}

/// Starts as many webhooks as there is room for; tells how many.
async fn begin_due(outbound: &Arc<Outbound>, flights: &mut Flights) -> Result<usize, StoreError> {
    let before = flights.calls();
    let has_room = flights.writings() < outbound.concurrency.saturating_mul(WRITINGS);
    if before >= outbound.concurrency || !has_room {
        return Ok(0);
    }
    let (now, under_way) = (outbound.clock.now(), flights.events());
    let batch = flights.circuits.largest_batch();
    let filter = DueFilter {
        limit: outbound.concurrency.saturating_mul(batch).saturating_add(under_way.len()),
        limit_per_site: outbound.per_site().saturating_mul(batch).saturating_add(under_way.len()),
        skip_sites: flights.circuits.closed_sites(now),
    };
    let mut due = outbound.store.due(now, filter).await?;
    due.retain(|delivery| !under_way.contains(&delivery.id));
    meet(outbound, flights, &due).await?;
    for events in message::group(due, &flights.circuits) {
        let Some(site) = events.first().map(|first| first.site.clone()) else { continue };
        if flights.calls() >= outbound.concurrency {
            break;
        }
        let ids = events.iter().map(|event| event.id.clone()).collect();
        flights.begin(ids, site, now, deliver(Arc::clone(outbound), events));
    }
    Ok(flights.calls().saturating_sub(before))
}

/// Asks the store how the sites were that this process has not called yet.
async fn meet(outbound: &Outbound, flights: &mut Flights, due: &[Delivery]) -> Result<(), StoreError> {
    for Delivery { site, .. } in due {
        if !flights.circuits.is_known(site) {
            let is_failing = outbound.store.has_failing(site.clone()).await?;
            flights.circuits.meet(site, if is_failing { Past::Failing } else { Past::Well });
        }
    }
    Ok(())
}

/// How long the loop may sleep: until the next delivery is due, but not longer than `longest`.
async fn pause(outbound: &Outbound, longest: Duration) -> Duration {
    let next = timeout(POLL, outbound.store.next_due()).await;
    match next {
        Ok(Ok(Some(at))) => {
            let wait = at.since(outbound.clock.now());
            // A due delivery that was not begun waits for room, which wakes the loop by itself.
            if wait.is_zero() { POLL } else { wait.min(longest) }
        }
        Ok(Ok(None)) => longest,
        Ok(Err(_)) | Err(_) => POLL,
    }
}

/// Tries once.
async fn deliver(outbound: Arc<Outbound>, events: Vec<Delivery>) -> Answered {
    let (verdict, outcomes) = call(&outbound, &events).await;
    let writing = async move {
        for (event, outcome) in events.iter().zip(outcomes) {
            if let Err(error) = record(&outbound, event, outcome).await {
                tracing::error!(
                    { names::JOB_ID } = event.job_id.as_str(),
                    { names::ERROR } = &error as &dyn std::error::Error,
                    "a webhook's try could not be written down; the webhook is sent again"
                );
                sleep(STORE_PAUSE).await;
            }
        }
    };
    Answered { verdict, writing: Box::pin(writing) }
}

/// Calls the site: what that says about it, and what became of each event.
async fn call(outbound: &Outbound, events: &[Delivery]) -> (Verdict, Vec<Outcome>) {
    let Some(first) = events.first() else { return (Verdict::NONE, Vec::new()) };
    let answer = match outbound.sites.find(&first.site).await {
        Ok(Some(site)) => match Message::of(events, outbound.clock.now()) {
            Ok(message) => outbound.sender.send(&message, first, &site, &*outbound.clock).await,
            Err(_) => Outcome::failed("the events cannot be put into one body").into(),
        },
        Ok(None) => Outcome::failed("the daemon has no site of this id").into(),
        Err(error) => Outcome::failed(format!("the site could not be looked up: {error}")).into(),
    };
    (verdict(outbound, first, events.len(), &answer), outcomes(events, answer))
}

/// What the answer says about the site.
fn verdict(outbound: &Outbound, first: &Delivery, events: usize, answer: &Answer) -> Verdict {
    let end = answer.outcome.call_end();
    let pause = match &answer.outcome {
        Outcome::Failed { retry_after: Some(wait), .. } => Some((*wait).min(outbound.give_up_after)),
        outcome if outcome.is_overload() => Some(outbound.backoff.ceiling(first.round_attempt)),
        Outcome::Taken { .. } | Outcome::Gone { .. } | Outcome::Failed { .. } => None,
    };
    // A site that refuses a batch as such may have gone back to a plugin that takes none.
    let is_refused_batch = events > 1 && end == CallEnd::Succeeded && !answer.outcome.is_taken();
    let batch = if is_refused_batch { Some(1) } else { answer.accepts_batch };
    Verdict { end, pause, batch }
}

/// What became of each event: of one alone what became of the webhook, of several what the site says of each.
fn outcomes(events: &[Delivery], answer: Answer) -> Vec<Outcome> {
    let Answer { outcome, accepts_batch: _, body } = answer;
    let said = match (&outcome, events) {
        (Outcome::Taken { .. }, [_, _, ..]) => message::read_answer(&body),
        _ => return events.iter().map(|_| outcome.clone()).collect(),
    };
    let of = |event: &Delivery| match said.get(&event.id.0) {
        Some(&http_status) if (200..300).contains(&http_status) => Outcome::Taken { http_status },
        Some(&http_status) => Outcome::Failed {
            http_status: Some(http_status),
            error: format!("the site answered {http_status} to this event of a batch"),
            retry_after: None,
        },
        None => Outcome::failed("the site did not say what became of this event of a batch"),
    };
    events.iter().map(of).collect()
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
        Outcome::Gone { http_status } => {
            outbound.metrics.webhook_tried("gone");
            tracing::error!(
                { names::SITE_ID } = delivery.site.as_str(),
                { names::HTTP_STATUS } = http_status,
                "the site wants no more webhooks; `platend site webhooks` turns them on again"
            );
            return outbound.store.endpoint_gone(delivery.id.clone(), now, http_status).await;
        }
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

/// When to try again: the backoff, or later when the site asks for it; never after the round's last day.
fn next_try(
    outbound: &Outbound,
    delivery: &Delivery,
    retry_after: Option<Duration>,
    now: Timestamp,
) -> Option<Timestamp> {
    let delay = outbound.backoff.delay(delivery.round_attempt, rand::rng().next_u64());
    let next_at = now.after(delay.max(retry_after.unwrap_or_default()));
    (next_at <= delivery.round_began_at.after(outbound.give_up_after)).then_some(next_at)
}

//! The queue of deliveries. A row is written in the transaction that ends its job, so no end goes untold.

mod log;

use bytes::Bytes;
use platen_core::clock::Timestamp;
use platen_core::job::{JobId, SiteId};
use platen_core::wire::{EndpointReport, EndpointStatus};

use crate::storage::StoreFuture;

pub use log::{
    DeliveryFilter, DeliveryLog, DeliveryRecord, DeliveryState, DeliveryTry, Replayed, UnknownDeliveryState,
};

/// Keeps what has to be delivered.
pub trait DeliveryStore: Send + Sync {
    /// Deliveries that are due, of each site the oldest first; none of a site whose webhooks are not sent, and
    /// none before an earlier one of the same conversation that still waits. It reserves nothing: there is one
    /// deliverer per daemon, which leaves out what it has not reported yet.
    fn due(&self, now: Timestamp, filter: DueFilter) -> StoreFuture<'_, Vec<Delivery>>;

    /// Whether a delivery to this site was tried in vain and is to be tried again.
    fn has_failing(&self, site: SiteId) -> StoreFuture<'_, bool>;

    /// This daemon delivers no more: another one may at once.
    fn rest(&self) -> StoreFuture<'_, ()>;

    /// When the next delivery is due, `None` without one.
    fn next_due(&self) -> StoreFuture<'_, Option<Timestamp>>;

    /// Ends a delivery that the site took. In one transaction: delivery and hop.
    fn succeeded(&self, id: DeliveryId, now: Timestamp, http_status: u16) -> StoreFuture<'_, ()>;

    /// Records a failed try. Without a next time the delivery is given up: its day has passed.
    /// In one transaction: delivery and hop.
    fn failed(&self, id: DeliveryId, now: Timestamp, failure: DeliveryFailure) -> StoreFuture<'_, ()>;

    /// Records a try that the site answered with 410: its webhooks end, and the delivery waits for the day when
    /// they are turned on again. In one transaction: delivery, hop and site.
    fn endpoint_gone(&self, id: DeliveryId, now: Timestamp, http_status: u16) -> StoreFuture<'_, ()>;
}

/// Whether webhooks are sent to a site.
pub trait EndpointStore: Send + Sync {
    /// How the webhooks of each site stand, by the sites' ids.
    fn endpoints(&self) -> StoreFuture<'_, Vec<(SiteId, EndpointReport)>>;

    /// The same of one site; `None` when there is no such site.
    fn endpoint(&self, site: SiteId) -> StoreFuture<'_, Option<EndpointReport>>;

    /// Turns the webhooks of a site on or off; says whether there is such a site. What waits stays.
    fn set_endpoint(&self, site: SiteId, status: EndpointStatus, now: Timestamp) -> StoreFuture<'_, bool>;
}

/// Which due deliveries to give. The limit per site keeps the backlog of one site in trouble from hiding the
/// deliveries of the others.
#[derive(Clone, Debug)]
pub struct DueFilter {
    /// At most so many in all.
    pub limit: usize,
    /// At most so many of one site.
    pub limit_per_site: usize,
    /// None of these sites.
    pub skip_sites: Vec<SiteId>,
}

/// The `webhook-id` of an event: `evt_{job}_{n}` for the `n`th end of a job, the same over all tries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeliveryId(pub String);

/// One event that has to reach its site.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its `webhook-id`.
    pub id: DeliveryId,
    /// Where it goes.
    pub site: SiteId,
    /// The body, exactly as it must be sent.
    pub body: Bytes,
    /// The job that ended.
    pub job_id: JobId,
    /// For the `X-Request-Id` header.
    pub request_id: String,
    /// For the `traceparent` header.
    pub traceparent: String,
    /// Which try this is, from 1.
    pub attempt: u32,
    /// Which try of its round it is, from 1: the waits grow with it.
    pub round_attempt: u32,
    /// When the round began: the day of tries counts from here.
    pub round_began_at: Timestamp,
}

/// Why a try did not deliver.
#[derive(Clone, Debug)]
pub struct DeliveryFailure {
    /// What the site answered, if it did.
    pub http_status: Option<u16>,
    /// A sentence for an operator; holds no body and no secret.
    pub error: String,
    /// When to try again; `None` gives up.
    pub next_at: Option<Timestamp>,
}

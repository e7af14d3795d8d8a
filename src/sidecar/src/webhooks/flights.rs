//! The webhooks under way.

use std::collections::{HashMap, HashSet};

use platen_core::breaker::Permit;
use platen_core::clock::{Clock, Timestamp};
use platen_core::job::SiteId;
use tokio::task::{Id, JoinSet};

use super::circuits::{Circuits, Verdict};
use super::store::DeliveryId;
use crate::telemetry::names;

/// Runs webhooks at the same time, each with the events that are in it.
pub(super) struct Flights {
    tasks: JoinSet<Verdict>,
    under_way: HashMap<Id, Flight>,
    pub(super) circuits: Circuits,
}

struct Flight {
    events: Vec<DeliveryId>,
    site: SiteId,
    permit: Permit,
}

impl Flights {
    pub(super) fn new(circuits: Circuits) -> Self {
        Self { tasks: JoinSet::new(), under_way: HashMap::new(), circuits }
    }

    pub(super) fn len(&self) -> usize {
        self.under_way.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    /// The events under way. In the store's eyes they are still due.
    pub(super) fn events(&self) -> HashSet<DeliveryId> {
        self.under_way.values().flat_map(|flight| flight.events.iter().cloned()).collect()
    }

    /// Begins a webhook, if its site may be called now.
    pub(super) fn begin(
        &mut self,
        events: Vec<DeliveryId>,
        site: SiteId,
        now: Timestamp,
        webhook: impl Future<Output = Verdict> + Send + 'static,
    ) {
        let Some(permit) = self.circuits.admit(&site, now) else { return };
        let task = self.tasks.spawn(webhook);
        self.under_way.insert(task.id(), Flight { events, site, permit });
    }

    /// Waits until a webhook under way has ended; for ever when there is none. Nothing is lost when the future is
    /// dropped.
    pub(super) async fn landed(&mut self, clock: &dyn Clock) {
        let (task, verdict) = match self.tasks.join_next_with_id().await {
            None => std::future::pending().await,
            Some(Ok((task, verdict))) => (task, verdict),
            Some(Err(error)) => {
                tracing::error!(
                    { names::ERROR } = &error as &dyn std::error::Error,
                    "a delivery's task failed"
                );
                (error.id(), Verdict::NONE)
            }
        };
        if let Some(Flight { events: _, site, permit }) = self.under_way.remove(&task) {
            self.circuits.landed(&site, permit, verdict, clock.now());
        }
    }
}

#[cfg(test)]
mod tests {
    use platen_testkit::MockClock;

    use super::*;
    use crate::config::WebhooksConfig;

    fn site(id: &str) -> SiteId {
        SiteId::try_from(id.to_owned()).unwrap()
    }

    fn id(text: &str) -> DeliveryId {
        DeliveryId(text.to_owned())
    }

    fn flights() -> Flights {
        Flights::new(Circuits::new(&WebhooksConfig::default(), 1).unwrap())
    }

    #[tokio::test]
    async fn a_site_without_room_is_not_called() {
        let (mut flights, clock) = (flights(), MockClock::new());
        let mut begin = |event: &str, owner: &str| {
            flights.begin(vec![id(event)], site(owner), clock.now(), std::future::pending());
        };

        begin("1", "a");
        begin("2", "a");
        begin("3", "b");

        assert_eq!(flights.events(), HashSet::from([id("1"), id("3")]));
    }

    #[tokio::test]
    async fn a_delivery_that_panics_gives_its_room_back() {
        let (mut flights, clock) = (flights(), MockClock::new());
        flights.begin(vec![id("1")], site("a"), clock.now(), async { panic!("planted") });

        flights.landed(&clock).await;

        assert!(flights.is_empty());
        assert_eq!(flights.circuits.closed_sites(clock.now()), []);
    }
}

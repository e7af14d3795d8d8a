//! The webhooks under way. A call takes a place of its site; once the site has answered, the place is free for the next,
//! while what became of the webhook is still being written down.

use std::collections::{HashMap, HashSet};

use futures_util::future::BoxFuture;
use platen_core::breaker::Permit;
use platen_core::clock::{Clock, Timestamp};
use platen_core::job::SiteId;
use tokio::task::{Id, JoinError, JoinSet};

use super::circuits::{Circuits, Verdict};
use super::store::DeliveryId;
use crate::telemetry::names;

/// Runs webhooks at the same time, each with the events that are in it.
pub(super) struct Flights {
    calls: JoinSet<Answered>,
    under_way: HashMap<Id, Flight>,
    writings: JoinSet<()>,
    written: HashMap<Id, Vec<DeliveryId>>,
    pub(super) circuits: Circuits,
}

/// A site's answer.
pub(super) struct Answered {
    pub(super) verdict: Verdict,
    /// Writes down what became of the events.
    pub(super) writing: BoxFuture<'static, ()>,
}

struct Flight {
    events: Vec<DeliveryId>,
    site: SiteId,
    permit: Permit,
}

impl Flights {
    pub(super) fn new(circuits: Circuits) -> Self {
        Self {
            calls: JoinSet::new(),
            under_way: HashMap::new(),
            writings: JoinSet::new(),
            written: HashMap::new(),
            circuits,
        }
    }

    /// How many sites are being called.
    pub(super) fn calls(&self) -> usize {
        self.under_way.len()
    }

    /// Of how many webhooks it is being written down what became of them.
    pub(super) fn writings(&self) -> usize {
        self.written.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_empty() && self.written.is_empty()
    }

    /// The events under way. In the store's eyes they are still due.
    pub(super) fn events(&self) -> HashSet<DeliveryId> {
        let called = self.under_way.values().flat_map(|flight| &flight.events);
        called.chain(self.written.values().flatten()).cloned().collect()
    }

    /// Begins a webhook, if its site may be called now.
    pub(super) fn begin(
        &mut self,
        events: Vec<DeliveryId>,
        site: SiteId,
        now: Timestamp,
        webhook: impl Future<Output = Answered> + Send + 'static,
    ) {
        let Some(permit) = self.circuits.admit(&site, now) else { return };
        let task = self.calls.spawn(webhook);
        self.under_way.insert(task.id(), Flight { events, site, permit });
    }

    /// Waits until a call was answered or a webhook written down, and takes what else is ready; for ever when nothing is
    /// under way. Nothing is lost when the future is dropped.
    pub(super) async fn landed(&mut self, clock: &dyn Clock) {
        tokio::select! {
            Some(called) = self.calls.join_next_with_id() => self.answered(called, clock),
            Some(written) = self.writings.join_next_with_id() => self.is_written(written),
            else => std::future::pending().await,
        }
        while let Some(called) = self.calls.try_join_next_with_id() {
            self.answered(called, clock);
        }
        while let Some(written) = self.writings.try_join_next_with_id() {
            self.is_written(written);
        }
    }

    fn answered(&mut self, called: Result<(Id, Answered), JoinError>, clock: &dyn Clock) {
        let (task, answered) = match called {
            Ok((task, answered)) => (task, Some(answered)),
            Err(error) => (failed(&error), None),
        };
        let Some(Flight { events, site, permit }) = self.under_way.remove(&task) else { return };
        let verdict = answered.as_ref().map_or(Verdict::NONE, |answered| answered.verdict);
        self.circuits.landed(&site, permit, verdict, clock.now());
        if let Some(Answered { verdict: _, writing }) = answered {
            let task = self.writings.spawn(writing);
            self.written.insert(task.id(), events);
        }
    }

    fn is_written(&mut self, written: Result<(Id, ()), JoinError>) {
        let task = written.map_or_else(|error| failed(&error), |(task, ())| task);
        self.written.remove(&task);
    }
}

fn failed(error: &JoinError) -> Id {
    tracing::error!({ names::ERROR } = error as &dyn std::error::Error, "a delivery's task failed");
    error.id()
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

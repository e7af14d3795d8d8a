//! The deliveries under way, and how many of them each site may have.

use std::collections::{HashMap, HashSet};

use platen_core::job::SiteId;
use tokio::task::{Id, JoinSet};

use super::store::DeliveryId;
use crate::telemetry::names;

/// How a site met its last try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SiteHealth {
    /// It answered as a site that works.
    Well,
    /// It did not; until it does, it gets one try at a time.
    InTrouble,
}

/// Runs deliveries at the same time and knows whose they are.
#[derive(Default)]
pub(super) struct Flights {
    tasks: JoinSet<SiteHealth>,
    under_way: HashMap<Id, (DeliveryId, SiteId)>,
    in_trouble: HashSet<SiteId>,
}

impl Flights {
    pub(super) fn len(&self) -> usize {
        self.under_way.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    pub(super) fn begin(
        &mut self,
        id: DeliveryId,
        site: SiteId,
        delivery: impl Future<Output = SiteHealth> + Send + 'static,
    ) {
        let task = self.tasks.spawn(delivery);
        self.under_way.insert(task.id(), (id, site));
    }

    /// Whether this delivery may begin: it is not under way, and its site has room.
    pub(super) fn has_room_for(&self, id: &DeliveryId, site: &SiteId, per_site: usize) -> bool {
        let is_under_way = self.under_way.values().any(|(other, _)| other == id);
        !is_under_way && !self.is_full(site, per_site)
    }

    /// The sites that have no room.
    pub(super) fn full_sites(&self, per_site: usize) -> Vec<SiteId> {
        let sites: HashSet<&SiteId> = self.under_way.values().map(|(_, site)| site).collect();
        sites.into_iter().filter(|site| self.is_full(site, per_site)).cloned().collect()
    }

    fn is_full(&self, site: &SiteId, per_site: usize) -> bool {
        let limit = if self.in_trouble.contains(site) { 1 } else { per_site };
        self.under_way.values().filter(|(_, other)| other == site).count() >= limit
    }

    /// Waits until a delivery under way has ended; for ever when there is none. Nothing is lost when the
    /// future is dropped.
    pub(super) async fn landed(&mut self) {
        match self.tasks.join_next_with_id().await {
            None => std::future::pending().await,
            Some(Ok((task, health))) => {
                let Some((_, site)) = self.under_way.remove(&task) else { return };
                match health {
                    SiteHealth::Well => self.in_trouble.remove(&site),
                    SiteHealth::InTrouble => self.in_trouble.insert(site),
                };
            }
            Some(Err(error)) => {
                self.under_way.remove(&error.id());
                tracing::error!(
                    { names::ERROR } = &error as &dyn std::error::Error,
                    "a delivery's task failed"
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(id: &str) -> SiteId {
        SiteId::try_from(id.to_owned()).unwrap()
    }

    fn id(text: &str) -> DeliveryId {
        DeliveryId(text.to_owned())
    }

    #[tokio::test]
    async fn a_site_gets_its_share_and_no_delivery_flies_twice() {
        let mut flights = Flights::default();
        flights.begin(id("1"), site("a"), std::future::pending());

        assert!(!flights.has_room_for(&id("1"), &site("a"), 2), "it is under way");
        assert!(flights.has_room_for(&id("2"), &site("a"), 2));

        flights.begin(id("2"), site("a"), std::future::pending());

        assert!(!flights.has_room_for(&id("3"), &site("a"), 2));
        assert!(flights.has_room_for(&id("4"), &site("b"), 2));
        assert_eq!(flights.full_sites(2), [site("a")]);
    }

    #[tokio::test]
    async fn a_site_in_trouble_gets_one_try_at_a_time_until_it_is_well() {
        let mut flights = Flights::default();
        flights.begin(id("1"), site("a"), async { SiteHealth::InTrouble });
        flights.landed().await;

        assert!(flights.has_room_for(&id("1"), &site("a"), 4));
        flights.begin(id("1"), site("a"), async { SiteHealth::Well });
        assert!(!flights.has_room_for(&id("2"), &site("a"), 4));

        flights.landed().await;
        flights.begin(id("2"), site("a"), std::future::pending());
        assert!(flights.has_room_for(&id("3"), &site("a"), 4));
    }

    #[tokio::test]
    async fn a_delivery_that_panics_gives_its_room_back() {
        let mut flights = Flights::default();
        flights.begin(id("1"), site("a"), async { panic!("planted") });

        flights.landed().await;

        assert!(flights.is_empty());
        assert!(flights.has_room_for(&id("1"), &site("a"), 1));
    }
}

//! How each site is: whether it may be called now, how many calls it may have at the same time, and how many events
//! it takes in one.
//!
//! A [`Breaker`] per site leaves a site in trouble alone and comes back to it gently. Beside that, a site that says
//! that it is overloaded (429, 502, 504, `Retry-After`) is not called before the time it names, and gets half as
//! many calls at the same time; each success gives one back. All of it is this process's own and starts afresh with
//! it: what the site was promised to be spared is kept by each delivery's next time. A site of which the store says
//! that it was failing begins with one call at a time, so that a restart does not meet it with all that waits.

use std::collections::HashMap;
use std::time::Duration;

use platen_core::breaker::{Breaker, BreakerSettings, BreakerStatus, CallEnd, InvalidBreaker, Permit};
use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use platen_core::retry::{Backoff, InvalidBackoff};
use thiserror::Error;

use crate::config::WebhooksConfig;

/// A site is left alone for so many times the first wait of a delivery, at first.
const OPEN_FACTOR: u32 = 5;

/// The longest time that a site is left alone without a question.
const OPEN_CAP: Duration = Duration::from_mins(5);

/// The settings make no circuit.
#[derive(Debug, Error)]
pub enum InvalidCircuit {
    /// The waits.
    #[error("the waits of the circuit breaker are not valid")]
    Backoff(#[from] InvalidBackoff),
    /// The rest.
    #[error("the circuit breaker cannot work")]
    Breaker(#[from] InvalidBreaker),
}

/// What a call says about its site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// For the breaker.
    pub(super) end: CallEnd,
    /// The site is overloaded: for how long no further call is made.
    pub(super) pause: Option<Duration>,
    /// How many events the site takes in one webhook, as its answer says.
    pub(super) batch: Option<usize>,
}

impl Verdict {
    /// A call that says nothing about its site.
    pub(super) const NONE: Self = Self { end: CallEnd::Abandoned, pause: None, batch: None };
}

/// How a site was before this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Past {
    /// What was tried last was taken, or nothing was.
    Well,
    /// Deliveries wait that were tried in vain.
    Failing,
}

/// All sites that were called.
pub(super) struct Circuits {
    new: Circuit,
    by_site: HashMap<SiteId, Circuit>,
    max_width: usize,
    max_batch: usize,
}

#[derive(Clone)]
struct Circuit {
    breaker: Breaker,
    under_way: usize,
    width: usize,
    paused_until: Timestamp,
    batch: usize,
}

impl Circuits {
    /// # Errors
    /// [`InvalidCircuit`] when the settings cannot work.
    pub(super) fn new(settings: &WebhooksConfig, max_width: usize) -> Result<Self, InvalidCircuit> {
        let first = settings.backoff_base.saturating_mul(OPEN_FACTOR);
        let cap = settings.backoff_cap.min(OPEN_CAP).max(first);
        let breaker = Breaker::new(BreakerSettings {
            open: Backoff::new(first, 2, cap, 0)?,
            // Twice the longest call: it has always ended by then.
            probe_timeout: settings.timeout.saturating_mul(2),
            ..BreakerSettings::standard()?
        })?;
        let paused_until = Timestamp::from_micros(i64::MIN);
        Ok(Self {
            new: Circuit { breaker, under_way: 0, width: max_width, paused_until, batch: 1 },
            by_site: HashMap::new(),
            max_width,
            max_batch: usize::try_from(settings.max_batch).unwrap_or(1),
        })
    }

    /// The sites that may not be called now.
    pub(super) fn closed_sites(&self, now: Timestamp) -> Vec<SiteId> {
        let closed = self.by_site.iter().filter(|(_, circuit)| circuit.is_closed_off(now));
        closed.map(|(site, _)| site.clone()).collect()
    }

    /// Whether the site was met in this process.
    pub(super) fn is_known(&self, site: &SiteId) -> bool {
        self.by_site.contains_key(site)
    }

    /// Meets a site for the first time: one that was failing before gets one call at a time until it is well.
    pub(super) fn meet(&mut self, site: &SiteId, past: Past) {
        let width = match past {
            Past::Failing => 1,
            Past::Well => self.max_width,
        };
        self.by_site.entry(site.clone()).or_insert_with(|| Circuit { width, ..self.new.clone() });
    }

    /// Asks to call a site. The end must be told by [`Circuits::landed`].
    pub(super) fn admit(&mut self, site: &SiteId, now: Timestamp) -> Option<Permit> {
        let circuit = self.by_site.entry(site.clone()).or_insert_with(|| self.new.clone());
        if circuit.is_closed_off(now) {
            return None;
        }
        let permit = circuit.breaker.admit(now).ok()?;
        circuit.under_way = circuit.under_way.saturating_add(1);
        Some(permit)
    }

    /// Tells how a call ended.
    pub(super) fn landed(&mut self, site: &SiteId, permit: Permit, verdict: Verdict, now: Timestamp) {
        let Some(circuit) = self.by_site.get_mut(site) else { return };
        circuit.under_way = circuit.under_way.saturating_sub(1);
        circuit.breaker.end(permit, verdict.end, now);
        if let Some(pause) = verdict.pause {
            circuit.paused_until = circuit.paused_until.max(now.after(pause));
            circuit.width = (circuit.width / 2).max(1);
        } else if verdict.end == CallEnd::Succeeded {
            circuit.width = circuit.width.saturating_add(1).min(self.max_width);
        }
        if let Some(batch) = verdict.batch {
            circuit.batch = batch.clamp(1, self.max_batch);
        }
    }

    /// How many events go into one webhook to this site.
    pub(super) fn batch_of(&self, site: &SiteId) -> usize {
        self.by_site.get(site).map_or(1, |circuit| circuit.batch)
    }

    /// The largest of [`Circuits::batch_of`].
    pub(super) fn largest_batch(&self) -> usize {
        self.by_site.values().map(|circuit| circuit.batch).max().unwrap_or(1)
    }

    /// How many sites stand where.
    pub(super) fn counts(&self, now: Timestamp) -> HashMap<BreakerStatus, usize> {
        let mut counts = HashMap::new();
        for circuit in self.by_site.values() {
            let count: &mut usize = counts.entry(circuit.breaker.status(now)).or_default();
            *count = count.saturating_add(1);
        }
        counts
    }
}

impl Circuit {
    fn is_closed_off(&self, now: Timestamp) -> bool {
        let is_full = self.under_way >= self.width;
        let is_probed = self.under_way > 0 && self.breaker.status(now) == BreakerStatus::HalfOpen;
        is_full || is_probed || now < self.paused_until || self.breaker.status(now) == BreakerStatus::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: Verdict = Verdict { end: CallEnd::Succeeded, pause: None, batch: None };
    const ILL: Verdict = Verdict { end: CallEnd::Failed, pause: None, batch: None };

    fn site(id: &str) -> SiteId {
        SiteId::try_from(id.to_owned()).unwrap()
    }

    fn circuits() -> Circuits {
        Circuits::new(&WebhooksConfig::default(), 4).unwrap()
    }

    fn call(circuits: &mut Circuits, verdict: Verdict, at: Timestamp) -> bool {
        let Some(permit) = circuits.admit(&site("a"), at) else { return false };
        circuits.landed(&site("a"), permit, verdict, at);
        true
    }

    #[test]
    fn a_site_gets_its_share_and_another_has_its_own() {
        let (mut circuits, now) = (circuits(), Timestamp::from_seconds(100));
        for _ in 0..4 {
            assert!(circuits.admit(&site("a"), now).is_some());
        }

        assert!(circuits.admit(&site("a"), now).is_none());
        assert_eq!(circuits.closed_sites(now), [site("a")]);
        assert!(circuits.admit(&site("b"), now).is_some());
    }

    #[test]
    fn a_site_in_trouble_is_left_alone_probed_by_one_and_drained_gently() {
        let (mut circuits, now) = (circuits(), Timestamp::from_seconds(100));
        for _ in 0..5 {
            assert!(call(&mut circuits, ILL, now));
        }
        assert!(!call(&mut circuits, WELL, now.after(Duration::from_millis(4_999))), "it is left alone");

        let later = now.after(Duration::from_secs(5));
        let probe = circuits.admit(&site("a"), later).unwrap();
        assert!(circuits.admit(&site("a"), later).is_none(), "one asks whether it is well again");
        circuits.landed(&site("a"), probe, ILL, later);
        assert!(
            !call(&mut circuits, WELL, later.after(Duration::from_secs(9))),
            "it is left alone for longer"
        );

        let well = later.after(Duration::from_secs(10));
        assert!(call(&mut circuits, WELL, well));
        let _first = circuits.admit(&site("a"), well).unwrap();
        assert!(circuits.admit(&site("a"), well).is_none(), "at first one call at a time");
    }

    #[test]
    fn a_site_that_is_overloaded_is_paused_and_gets_half_as_many_calls() {
        let (mut circuits, now) = (circuits(), Timestamp::from_seconds(100));
        let busy = Verdict { pause: Some(Duration::from_secs(30)), ..ILL };

        assert!(call(&mut circuits, busy, now));
        assert!(!call(&mut circuits, WELL, now.after(Duration::from_secs(29))));

        let later = now.after(Duration::from_secs(30));
        let permits: Vec<_> = (0..4).filter_map(|_| circuits.admit(&site("a"), later)).collect();
        assert_eq!(permits.len(), 2);
        for permit in permits {
            circuits.landed(&site("a"), permit, WELL, later);
        }
        let permits: Vec<_> = (0..9).filter_map(|_| circuits.admit(&site("a"), later)).collect();
        assert_eq!(permits.len(), 4, "each success gave one back");
    }

    #[test]
    fn a_site_that_was_failing_begins_with_one_call() {
        let (mut circuits, now) = (circuits(), Timestamp::from_seconds(100));
        circuits.meet(&site("a"), Past::Failing);
        circuits.meet(&site("b"), Past::Well);

        let first = circuits.admit(&site("a"), now).unwrap();
        assert!(circuits.admit(&site("a"), now).is_none());
        assert!((0..4).all(|_| circuits.admit(&site("b"), now).is_some()));

        circuits.landed(&site("a"), first, WELL, now);
        assert_eq!(
            (0..4).filter_map(|_| circuits.admit(&site("a"), now)).count(),
            2,
            "each success gives one more"
        );
    }

    #[test]
    fn a_site_says_how_many_events_it_takes() {
        let (mut circuits, now) = (circuits(), Timestamp::from_seconds(100));
        assert_eq!(circuits.batch_of(&site("a")), 1);

        for (said, taken) in [(7, 7), (1_000, 20), (0, 1)] {
            assert!(call(&mut circuits, Verdict { batch: Some(said), ..WELL }, now));
            assert_eq!((circuits.batch_of(&site("a")), circuits.largest_batch()), (taken, taken));
        }
    }
}

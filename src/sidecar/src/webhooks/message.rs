//! What is sent: one event as it is, or several in one body, each with its own id.

use std::collections::HashMap;

use bytes::Bytes;
use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use platen_core::limits::MAX_WEBHOOK_BYTES;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::circuits::Circuits;
use super::store::Delivery;

/// The body of a batch around its events, in bytes.
const ENVELOPE_BYTES: usize = 128;

/// What each event costs beside its id and its own body, in bytes.
const ITEM_BYTES: usize = 32;

/// One webhook, ready to be signed.
pub(super) struct Message {
    /// Its `webhook-id`: that of its event. A batch's is made of those of its events, so that the same events have
    /// the same id.
    pub(super) id: String,
    /// The body, exactly as it is sent.
    pub(super) body: Bytes,
}

#[derive(Serialize)]
struct Batch<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: Events<'a>,
}

#[derive(Serialize)]
struct Events<'a> {
    events: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    event: &'a RawValue,
}

impl Message {
    /// # Errors
    /// The JSON error of a body that is not JSON, which none is.
    pub(super) fn of(events: &[Delivery], now: Timestamp) -> Result<Self, serde_json::Error> {
        if let [event] = events {
            return Ok(Self { id: event.id.0.clone(), body: event.body.clone() });
        }
        let mut hash = Sha256::new();
        let mut items = Vec::with_capacity(events.len());
        for event in events {
            hash.update(event.id.0.as_bytes());
            hash.update(b"\n");
            items.push(Item { id: &event.id.0, event: serde_json::from_slice(&event.body)? });
        }
        let id = Bytes::copy_from_slice(&hash.finalize()).slice(..16);
        let batch = Batch { kind: "batch", timestamp: now, data: Events { events: items } };
        Ok(Self { id: format!("bat_{id:x}"), body: Bytes::from(serde_json::to_vec(&batch)?) })
    }
}

/// Puts events together for sites that take several in one webhook. An event that has failed before goes alone: it
/// may be what its webhook failed of.
pub(super) fn group(due: Vec<Delivery>, circuits: &Circuits) -> Vec<Vec<Delivery>> {
    let mut groups: Vec<Vec<Delivery>> = Vec::new();
    let mut open: HashMap<SiteId, (usize, usize)> = HashMap::new();
    for delivery in due {
        let most = circuits.batch_of(&delivery.site);
        let bytes = delivery.body.len().saturating_add(delivery.id.0.len()).saturating_add(ITEM_BYTES);
        if delivery.round_attempt > 1 || most < 2 {
            groups.push(vec![delivery]);
            continue;
        }
        let (place, size) = open.get(&delivery.site).copied().unwrap_or((usize::MAX, 0));
        let size = size.saturating_add(bytes);
        match groups.get_mut(place) {
            Some(group) if group.len() < most && size <= MAX_WEBHOOK_BYTES => {
                open.insert(delivery.site.clone(), (place, size));
                group.push(delivery);
            }
            Some(_) | None => {
                let size = bytes.saturating_add(ENVELOPE_BYTES);
                open.insert(delivery.site.clone(), (groups.len(), size));
                groups.push(vec![delivery]);
            }
        }
    }
    groups
}

#[derive(Deserialize)]
struct BatchAnswer {
    events: Vec<ItemAnswer>,
}

#[derive(Deserialize)]
struct ItemAnswer {
    id: String,
    status: u16,
}

/// What the site says about each event of a batch, by its id: an HTTP status, as if it had come alone. Empty when
/// the answer is not of its form.
pub(super) fn read_answer(body: &[u8]) -> HashMap<String, u16> {
    let Ok(BatchAnswer { events }) = serde_json::from_slice(body) else { return HashMap::new() };
    events.into_iter().map(|item| (item.id, item.status)).collect()
}

#[cfg(test)]
mod tests {
    use platen_core::breaker::CallEnd;
    use platen_core::job::JobId;

    use super::*;
    use crate::config::WebhooksConfig;
    use crate::webhooks::circuits::Verdict;
    use crate::webhooks::store::DeliveryId;

    fn delivery(number: u8, site: &str, round_attempt: u32, bytes: usize) -> Delivery {
        let now = Timestamp::from_seconds(100);
        Delivery {
            id: DeliveryId(format!("evt_{number}")),
            site: SiteId::try_from(site.to_owned()).unwrap(),
            body: Bytes::from(format!("{{\"n\":\"{}\"}}", "x".repeat(bytes))),
            job_id: JobId::generate(now, [number; 10]),
            request_id: "r".to_owned(),
            traceparent: String::new(),
            attempt: round_attempt,
            round_attempt,
            round_began_at: now,
        }
    }

    /// Circuits in which the site `many` takes three events at once.
    fn circuits() -> Circuits {
        let mut circuits = Circuits::new(&WebhooksConfig::default(), 4).unwrap();
        let (site, now) = (SiteId::try_from("many".to_owned()).unwrap(), Timestamp::from_seconds(1));
        let permit = circuits.admit(&site, now).unwrap();
        let verdict = Verdict { end: CallEnd::Succeeded, pause: None, batch: Some(3) };
        circuits.landed(&site, permit, verdict, now);
        circuits
    }

    fn numbers(groups: &[Vec<Delivery>]) -> Vec<Vec<&str>> {
        groups.iter().map(|group| group.iter().map(|event| event.id.0.as_str()).collect()).collect()
    }

    #[test]
    fn events_go_together_to_a_site_that_takes_several() {
        let due = vec![
            delivery(1, "many", 1, 1),
            delivery(2, "one", 1, 1),
            delivery(3, "many", 2, 1),
            delivery(4, "many", 1, 1),
            delivery(5, "one", 1, 1),
            delivery(6, "many", 1, 1),
            delivery(7, "many", 1, 1),
        ];

        let groups = group(due, &circuits());

        let expected =
            [vec!["evt_1", "evt_4", "evt_6"], vec!["evt_2"], vec!["evt_3"], vec!["evt_5"], vec!["evt_7"]];
        assert_eq!(numbers(&groups), expected);
    }

    #[test]
    fn no_batch_is_larger_than_a_webhook_may_be() {
        let half = MAX_WEBHOOK_BYTES / 2 - 200;
        let due = (1..=3).map(|number| delivery(number, "many", 1, half)).collect();

        let groups = group(due, &circuits());

        assert_eq!(numbers(&groups), [vec!["evt_1", "evt_2"], vec!["evt_3"]]);
        for events in groups {
            assert!(
                Message::of(&events, Timestamp::from_seconds(1)).unwrap().body.len() <= MAX_WEBHOOK_BYTES
            );
        }
    }

    #[test]
    fn the_same_events_have_the_same_id_and_keep_their_bytes() {
        let events = [delivery(1, "many", 1, 1), delivery(2, "many", 1, 1)];

        let first = Message::of(&events, Timestamp::from_seconds(1)).unwrap();
        let again = Message::of(&events, Timestamp::from_seconds(2)).unwrap();
        let other = Message::of(&events[..1], Timestamp::from_seconds(2)).unwrap();

        assert_eq!(first.id, again.id);
        assert_eq!((other.id.as_str(), &other.body), ("evt_1", &events[0].body));
        let body = String::from_utf8(first.body.to_vec()).unwrap();
        assert!(body.starts_with(r#"{"type":"batch","timestamp":"1970-01-01T00:00:01.000000Z","#), "{body}");
        assert!(body.contains(r#"{"id":"evt_2","event":{"n":"x"}}"#), "{body}");
    }
}

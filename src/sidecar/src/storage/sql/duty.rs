//! What only one of the daemons that share a database does at a time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use platen_core::clock::Timestamp;

use super::connection::{Connection, News, params};
use super::{Store, failed};
use crate::storage::StoreError;

/// How long a daemon has the duty without a sign of life. One that is gone is replaced after that.
const HOLD: Duration = Duration::from_secs(10);

/// Sending webhooks. One daemon does, so that the events of a conversation keep their order, and that a site in
/// trouble is met by one patience and not by several.
#[derive(Clone, Default)]
pub(in crate::storage) struct Duty {
    /// The daemon that asks; unset where nobody else can be.
    owner: Arc<OnceLock<String>>,
    held_until: Arc<AtomicI64>,
}

impl Duty {
    /// From now on others may have the duty.
    pub(in crate::storage) fn share(&self, owner: &str) {
        // The second tenure of a store has the name of the first.
        let _ = self.owner.set(owner.to_owned());
    }
}

/// Whether this daemon delivers now.
pub(super) async fn delivers(store: &Store, now: Timestamp) -> Result<bool, StoreError> {
    let duty = store.duty();
    let Some(owner) = duty.owner.get().cloned() else { return Ok(true) };
    let until = now.after(HOLD);
    if duty.held_until.load(Ordering::Relaxed) > now.after(HOLD / 2).as_micros() {
        return Ok(true);
    }
    let asked = owner.clone();
    if store.read("see who delivers", move |connection| is_another_s(connection, &asked, now)).await? {
        return Ok(false);
    }
    let is_held = store.write("deliver", move |connection| take(connection, &owner, now, until)).await?;
    duty.held_until.store(if is_held { until.as_micros() } else { 0 }, Ordering::Relaxed);
    Ok(is_held)
}

/// Gives the duty to whoever asks next.
pub(super) async fn release(store: &Store) -> Result<(), StoreError> {
    let duty = store.duty();
    let Some(owner) = duty.owner.get().cloned() else { return Ok(()) };
    duty.held_until.store(0, Ordering::Relaxed);
    let what = "let others deliver";
    let give = move |connection: &Connection| {
        let free = "UPDATE duties SET until = 0 WHERE name = 'deliveries' AND owner = ?1";
        connection.execute(free, params![&owner]).map_err(failed(what))?;
        connection.announce(News::DELIVERIES);
        Ok(())
    };
    store.write(what, give).await
}

fn is_another_s(connection: &Connection, owner: &str, now: Timestamp) -> Result<bool, StoreError> {
    let query = "SELECT 1 FROM duties WHERE name = 'deliveries' AND owner <> ?1 AND until > ?2";
    let found = connection.query_opt(query, params![owner, now], |_| Ok(()));
    Ok(found.map_err(failed("see who delivers"))?.is_some())
}

fn take(connection: &Connection, owner: &str, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
    let changed = connection
        .execute(
            "INSERT INTO duties (name, owner, until) VALUES ('deliveries', ?1, ?3) \
             ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until \
             WHERE duties.owner = excluded.owner OR duties.until <= ?2",
            params![owner, now, until],
        )
        .map_err(failed("deliver"))?;
    Ok(changed == 1)
}

//! Watching one job to its end, wherever its text is: in this process or in the store.

use std::sync::Arc;

use platen_core::job::JobSnapshot;

use super::admission::Streams;
use super::{EventId, StreamEvent, StreamKey, Subscription, mirror};
use crate::storage::StoreError;

/// Watches one job for one client.
pub struct Follower {
    streams: Arc<Streams>,
    key: StreamKey,
    request_id: String,
    subscription: Subscription,
}

impl Follower {
    /// `snapshot` was read after `subscription` was made.
    pub(super) fn new(
        streams: Arc<Streams>,
        key: StreamKey,
        subscription: Subscription,
        snapshot: JobSnapshot,
        last_event_id: Option<EventId>,
    ) -> Self {
        let request_id = snapshot.request_id.clone();
        let subscription = if snapshot.status.is_final() {
            Subscription::of_ended(key.clone(), snapshot, last_event_id)
        } else {
            subscription
        };
        Self { streams, key, request_id, subscription }
    }

    /// Whose job is watched, and which.
    pub fn key(&self) -> &StreamKey {
        &self.key
    }

    /// The id of the last event given.
    pub fn position(&self) -> EventId {
        self.subscription.position()
    }

    /// The request id that follows the job through every part.
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Waits for the next event and gives it with its id; `None` after the end. Nothing is lost when the
    /// future is dropped.
    pub async fn next(&mut self) -> Option<(EventId, StreamEvent)> {
        self.subscription.next().await
    }

    /// The next event if it is there already.
    pub fn try_next(&mut self) -> Option<(EventId, StreamEvent)> {
        self.subscription.try_next()
    }

    /// Looks into the store at a job that nobody runs here. The hub hears of what other processes do, so this
    /// finds something only when word of it was lost.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be asked; the client goes on waiting.
    pub async fn recheck(&mut self) -> Result<(), StoreError> {
        if !self.subscription.is_waiting() {
            return Ok(());
        }
        mirror(&*self.streams.store, &self.streams.relay, &self.key).await
    }
}

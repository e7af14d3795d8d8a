//! Keeps the text of a running attempt on the disk, and its lease alive, while the text streams on.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use platen_core::clock::Clock;
use tokio::time::{Instant, sleep_until};

use super::store::{Fenced, Lease, WorkStore};
use crate::storage::StoreError;
use crate::telemetry::names;

/// How long text may stand in memory only. One write per attempt and interval, whatever the provider's pace.
const FLUSH_INTERVAL: Duration = Duration::from_millis(100);

/// How long to leave a database alone that refused a write.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);

/// Writes behind one attempt. All methods may be dropped at any await without losing text.
pub(super) struct Recorder {
    store: Arc<dyn WorkStore>,
    clock: Arc<dyn Clock>,
    lease: Lease,
    lease_time: Duration,
    /// Text that is not on the disk and not on its way there.
    unsaved: String,
    flush_at: Option<Instant>,
    renew_at: Instant,
    write: Option<Write>,
}

/// A write that is under way. The text is kept until it is done, to try again after a failure.
struct Write {
    text: String,
    outcome: Pin<Box<dyn Future<Output = Result<Fenced, StoreError>> + Send>>,
}

/// The lease is lost: whatever the attempt still does has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LeaseLost;

impl Recorder {
    pub(super) fn new(
        store: Arc<dyn WorkStore>,
        clock: Arc<dyn Clock>,
        lease: Lease,
        lease_time: Duration,
    ) -> Self {
        let renew_at = Instant::now() + lease_time / 3;
        Self {
            store,
            clock,
            lease,
            lease_time,
            unsaved: String::new(),
            flush_at: None,
            renew_at,
            write: None,
        }
    }

    /// Takes text to be kept.
    pub(super) fn push(&mut self, text: &str) {
        self.unsaved.push_str(text);
        self.flush_at.get_or_insert_with(|| Instant::now() + FLUSH_INTERVAL);
    }

    /// Works until the lease is lost. Meant for an arm of a `select!`.
    pub(super) async fn keep(&mut self) -> LeaseLost {
        loop {
            if self.write.is_none() {
                let next = self.flush_at.map_or(self.renew_at, |flush_at| flush_at.min(self.renew_at));
                sleep_until(next).await;
                self.begin_write();
            }
            if self.finish_write().await == Fenced::Stale {
                return LeaseLost;
            }
        }
    }

    /// Writes what is left, once: before the attempt ends without an answer.
    pub(super) async fn flush(&mut self) {
        // First what is under way, then what came since.
        for _ in 0..2 {
            if self.write.is_none() && !self.unsaved.is_empty() {
                self.begin_write();
            }
            let _ = self.finish_write().await;
        }
    }

    /// Text keeps a lease alive too, but only a renewal moves its end.
    fn begin_write(&mut self) {
        let (store, lease) = (Arc::clone(&self.store), self.lease.clone());
        let now = Instant::now();
        if now >= self.renew_at {
            self.renew_at = now + self.lease_time / 3;
            let until = self.clock.now().after(self.lease_time);
            let outcome = Box::pin(async move { store.renew(lease, until).await });
            self.write = Some(Write { text: String::new(), outcome });
            return;
        }
        self.flush_at = None;
        if !self.unsaved.is_empty() {
            let text = std::mem::take(&mut self.unsaved);
            let copy = text.clone();
            let outcome = Box::pin(async move { store.append(lease, copy).await });
            self.write = Some(Write { text, outcome });
        }
    }

    async fn finish_write(&mut self) -> Fenced {
        let Some(write) = &mut self.write else { return Fenced::Held };
        let outcome = write.outcome.as_mut().await;
        let text = self.write.take().map(|write| write.text).unwrap_or_default();
        match outcome {
            Ok(fenced) => fenced,
            Err(error) => {
                tracing::warn!(
                    { names::ERROR } = error.report(),
                    "text could not be kept and will be tried again"
                );
                self.unsaved.insert_str(0, &text);
                let later = Instant::now() + RETRY_INTERVAL;
                self.flush_at = (!self.unsaved.is_empty()).then_some(later);
                self.renew_at = self.renew_at.min(later + RETRY_INTERVAL);
                Fenced::Held
            }
        }
    }
}

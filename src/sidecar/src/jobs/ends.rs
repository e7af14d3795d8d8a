//! Who waits for the end of which job.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use platen_core::job::JobId;
use tokio::sync::Notify;

/// The jobs that somebody waits for.
#[derive(Default)]
pub(super) struct Ends(Mutex<HashMap<JobId, Arc<Notify>>>);

impl Ends {
    /// Lists a waiter until the guard is dropped.
    pub(super) fn watch(&self, job_id: &JobId) -> EndGuard<'_> {
        let ended = Arc::clone(self.0.lock().entry(job_id.clone()).or_default());
        EndGuard { ends: self, job_id: job_id.clone(), ended }
    }

    /// Wakes all who wait: some job may have ended.
    pub(super) fn announce_all(&self) {
        self.0.lock().values().for_each(|ended| ended.notify_waiters());
    }

    /// Wakes those who wait for this job. Its end is durable.
    pub(super) fn announce(&self, job_id: &JobId) {
        if let Some(ended) = self.0.lock().get(job_id) {
            ended.notify_waiters();
        }
    }
}

pub(super) struct EndGuard<'a> {
    ends: &'a Ends,
    job_id: JobId,
    pub(super) ended: Arc<Notify>,
}

impl Drop for EndGuard<'_> {
    fn drop(&mut self) {
        let mut listed = self.ends.0.lock();
        // The list's handle and this one: nobody else waits.
        if Arc::strong_count(&self.ended) == 2 {
            listed.remove(&self.job_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_end_wakes_all_who_wait_for_it_and_the_list_is_empty_after() {
        let ends = Ends::default();
        let job: JobId = "0193d2e0-0000-7000-8000-000000000000".parse().unwrap();
        let (first, second) = (ends.watch(&job), ends.watch(&job));
        let mut waits = [Box::pin(first.ended.notified()), Box::pin(second.ended.notified())];
        assert!(waits.iter_mut().all(|wait| !wait.as_mut().enable()));

        ends.announce(&job);

        for wait in waits {
            wait.await;
        }
        drop((first, second));
        assert!(ends.0.lock().is_empty());
    }
}

//! The only spawner of tasks: each has a name, each is told when to stop, none is forgotten.
//!
//! Draining has two steps. First [`Supervisor::draining`] fires: listeners close, workers take no new job,
//! what runs goes on. When everything has ended, or the deadline has passed, [`Supervisor::stopping`] fires:
//! whoever still runs gives its work back at once. A task that even then does not end is left to the end of
//! the process; nothing is lost with it, because every step was durable before it was acknowledged.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::telemetry::names;

/// How long a task may take to give its work back once it was told to stop.
const STOP_GRACE: Duration = Duration::from_secs(3);

/// Starts and ends the daemon's tasks. A clone is another handle to the same tasks.
#[derive(Clone, Debug, Default)]
pub struct Supervisor {
    tracker: TaskTracker,
    draining: CancellationToken,
    stopping: CancellationToken,
}

impl Supervisor {
    /// A supervisor without tasks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a task. Its name stands in the log lines it writes.
    #[expect(clippy::disallowed_methods, reason = "this is the one spawner")]
    pub fn spawn<F>(&self, name: &'static str, task: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let span = tracing::info_span!(names::TASK_RUN, { names::TASK_NAME } = name);
        tokio::spawn(self.tracker.track_future(task.instrument(span)))
    }

    /// Fires when no new work may be taken.
    pub fn draining(&self) -> CancellationToken {
        self.draining.clone()
    }

    /// Fires when running work must be given back.
    pub fn stopping(&self) -> CancellationToken {
        self.stopping.clone()
    }

    /// Whether the daemon is on its way out.
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    /// Ends all tasks: see the module's description. Tells whether all of them ended by themselves.
    pub async fn drain(&self, deadline: Duration) -> bool {
        self.draining.cancel();
        self.tracker.close();
        let is_finished = timeout(deadline, self.tracker.wait()).await.is_ok();
        self.stopping.cancel();
        is_finished || timeout(STOP_GRACE, self.tracker.wait()).await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_drain_waits_for_running_work_and_then_tells_it_to_stop() {
        let supervisor = Supervisor::new();
        let stopping = supervisor.stopping();
        let task = supervisor.spawn("test", async move { stopping.cancelled().await });

        let began = tokio::time::Instant::now();
        let is_finished = supervisor.drain(Duration::from_secs(20)).await;

        assert!(is_finished, "the task ended within the grace");
        assert_eq!(began.elapsed(), Duration::from_secs(20));
        task.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_drain_ends_as_soon_as_the_work_does() {
        let supervisor = Supervisor::new();
        let draining = supervisor.draining();
        supervisor.spawn("test", async move { draining.cancelled().await });

        let began = tokio::time::Instant::now();

        assert!(supervisor.drain(Duration::from_secs(20)).await);
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_never_ends_does_not_hold_the_process() {
        let supervisor = Supervisor::new();
        supervisor.spawn("test", std::future::pending::<()>());

        assert!(!supervisor.drain(Duration::from_secs(1)).await);
    }
}

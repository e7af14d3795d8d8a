//! The steps of workflows that call no model.

use platen_core::workflow::Action;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Attempt;
use super::call::CallEnd;
use crate::jobs::handlers;

impl Attempt<'_> {
    /// Does what the step says, while its lease is kept alive.
    pub(super) async fn act(&self, action: Action, cancelled: &CancellationToken) {
        let mut recorder = self.recorder();
        let interrupt = self.interrupt(cancelled);
        let deadline = Instant::now() + interrupt.deadline.since(self.jobs.now());
        let end = tokio::select! {
            biased;
            end = interrupt.wait(deadline) => end,
            _ = recorder.keep() => CallEnd::LeaseLost,
            outcome = handlers::run(&self.jobs.fetcher, action) => return match outcome {
                Ok(value) => self.give(value).await,
                Err(failure) => self.fail(failure.error, failure.advice, None, Vec::new()).await,
            },
        };
        match end {
            CallEnd::Stopping => self.give_back().await,
            CallEnd::DeadlineExceeded => {
                let (error, advice) = self.too_late();
                self.fail(error, advice, None, Vec::new()).await;
            }
            CallEnd::LeaseLost | CallEnd::Finished(_) | CallEnd::Failed(_) => {
                tracing::info!("the step was taken away; the attempt has no effect");
            }
        }
    }
}

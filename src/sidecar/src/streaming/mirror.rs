//! Showing here what a job says in another process.

use platen_core::wire::JobRef;

use super::resume::Progress;
use super::store::StreamStore;
use super::{Relay, StreamKey};
use crate::storage::StoreError;

/// Shows those who watch the job here where the store has it. A job that this process runs is known better here.
pub(crate) async fn mirror(
    store: &dyn StreamStore,
    relay: &Relay,
    key: &StreamKey,
) -> Result<(), StoreError> {
    let job = JobRef { site: key.site.clone(), job_id: key.job.clone() };
    let stored = store.progress(job).await?;
    relay.show(key, stored.map_or_else(Progress::gone, Progress::of_stored));
    Ok(())
}

//! Who may watch a job: the holder of a one-time token that the job's site signed.

use std::sync::Arc;

use platen_core::code::ErrorCode;
use platen_core::job::JobId;
use platen_core::wire::JobRef;
use thiserror::Error;

use super::follow::Follower;
use super::resume::Progress;
use super::store::StreamStore;
use super::{EventId, Relay, StreamKey};
use crate::site_tokens::{STREAM, SiteTokens, TokenError};
use crate::storage::StoreError;

/// What streams are served from.
pub struct Streams {
    /// Tells which jobs there are, how they ended, and what they say elsewhere.
    pub store: Arc<dyn StreamStore>,
    /// Tells who may watch.
    pub tokens: Arc<SiteTokens>,
    /// Where running jobs write.
    pub relay: Relay,
}

/// Somebody may not watch a job.
#[derive(Debug, Error)]
pub enum AdmitError {
    /// The token is not one for this job, or was used.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The site has no such job.
    #[error("the site has no job of this id")]
    JobNotFound,
    /// The store cannot be asked now.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AdmitError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Token(error) => error.code(),
            Self::JobNotFound => ErrorCode::JobNotFound,
            Self::Store(error) => error.code(),
        }
    }
}

/// Lets the holder of a token watch a job, once. The token is used up only when everything else holds.
///
/// # Errors
/// See [`AdmitError`].
pub async fn admit(
    streams: &Arc<Streams>,
    job: JobId,
    token: &str,
    last_event_id: Option<EventId>,
) -> Result<Follower, AdmitError> {
    let grant = streams.tokens.check(STREAM, token, Some(&job)).await?;
    let key = StreamKey { site: grant.site.id.clone(), job: job.clone() };
    // First the subscription, then the status: a job that ends in between is seen by one of the two.
    let subscription = streams.relay.subscribe(&key, last_event_id);
    let reference = JobRef { site: key.site.clone(), job_id: job };
    let stored = streams.store.progress(reference).await?.ok_or(AdmitError::JobNotFound)?;
    streams.tokens.redeem(grant).await?;
    let snapshot = stored.job.clone();
    if !snapshot.status.is_final() {
        streams.relay.show(&key, Progress::of_stored(stored));
    }
    Ok(Follower::new(Arc::clone(streams), key, subscription, snapshot, last_event_id))
}

//! Who may watch a job: the holder of a one-time token that the job's site signed.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platen_core::clock::{Clock, Timestamp};
use platen_core::code::ErrorCode;
use platen_core::job::{JobId, SiteId};
use platen_core::limits::MAX_STREAM_TOKEN_SECONDS;
use platen_core::signing::jwt::{self, Checks, Claims, JwtError, MAX_TOKEN_BYTES, TokenId};
use platen_core::wire::JobRef;
use serde::Deserialize;
use thiserror::Error;

use super::follow::Follower;
use super::tokens::TokenStore;
use super::{EventId, Relay, StreamKey};
use crate::jobs::store::JobStore;
use crate::sites::{Site, Sites};
use crate::storage::StoreError;

/// The audience of a stream token.
const AUDIENCE: &str = "platen:stream";

/// The length of a token's id: 128 random bits in hexadecimal.
const TOKEN_ID_CHARS: usize = 32;

/// What streams are served from.
pub struct Streams {
    /// Tells which jobs there are and how they ended.
    pub jobs: Arc<dyn JobStore>,
    /// Tells which key a site signs with.
    pub sites: Arc<Sites>,
    /// Remembers which tokens were used.
    pub tokens: Arc<dyn TokenStore>,
    /// Where running jobs write.
    pub relay: Relay,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Somebody may not watch a job.
#[derive(Debug, Error)]
pub enum AdmitError {
    /// The token is not one of this site's, or not for this job.
    #[error(transparent)]
    Token(#[from] JwtError),
    /// The token names no site that is known here.
    #[error("the token was not made by a site of this daemon")]
    UnknownIssuer,
    /// A claim is not as documented for stream tokens.
    #[error("the token's claim {0} is not as documented")]
    Claim(&'static str),
    /// The token has opened a stream before.
    #[error("the token was used before")]
    TokenUsed,
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
            Self::Token(JwtError::Expired) => ErrorCode::TokenExpired,
            Self::Token(_) | Self::UnknownIssuer | Self::Claim(_) => ErrorCode::InvalidToken,
            Self::TokenUsed => ErrorCode::TokenUsed,
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
    let now = streams.clock.now();
    let site = issuer(streams, token).await?;
    let grant = Grant::check(token, &site, &job, now)?;
    let key = StreamKey { site: site.id.clone(), job: job.clone() };
    // First the subscription, then the status: a job that ends in between is seen by one of the two.
    let subscription = streams.relay.subscribe(&key, last_event_id);
    let reference = JobRef { site: key.site.clone(), job_id: job };
    let snapshot = streams.jobs.snapshot(reference).await?.ok_or(AdmitError::JobNotFound)?;
    if !streams.tokens.redeem(key.site.clone(), grant.token_id, grant.expires_at, now).await? {
        return Err(AdmitError::TokenUsed);
    }
    Ok(Follower::new(Arc::clone(streams), key, subscription, snapshot, last_event_id))
}

/// The site that the token says it is from. Nothing else of it is believed before its signature holds.
async fn issuer(streams: &Streams, token: &str) -> Result<Arc<Site>, AdmitError> {
    let id = unverified_issuer(token).ok_or(JwtError::Malformed("payload"))?;
    let id = SiteId::try_from(id).map_err(|_| AdmitError::UnknownIssuer)?;
    streams.sites.find(&id).await?.ok_or(AdmitError::UnknownIssuer)
}

fn unverified_issuer(token: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Payload {
        iss: String,
    }

    if token.len() > MAX_TOKEN_BYTES {
        return None;
    }
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<Payload>(&payload).ok().map(|payload| payload.iss)
}

/// What a valid token allows.
struct Grant {
    token_id: String,
    expires_at: Timestamp,
}

impl Grant {
    fn check(token: &str, site: &Site, job: &JobId, now: Timestamp) -> Result<Self, AdmitError> {
        let checks = Checks {
            iss: Some(site.id.as_str()),
            aud: &[AUDIENCE],
            sub: Some(job.as_str()),
            jti: TokenId::Required,
            ..Checks::at(now)
        };
        let claims = jwt::decode(token, &site.site_secret, &checks)?;
        Self::of(&claims)
    }

    /// Holds the site to the documented form, so that the memory of used tokens stays small.
    fn of(claims: &Claims) -> Result<Self, AdmitError> {
        let expires_at = claims.seconds("exp").ok_or(AdmitError::Claim("exp"))?;
        let issued_at = claims.seconds("iat").ok_or(AdmitError::Claim("iat"))?;
        let life = expires_at.checked_sub(issued_at).and_then(|life| u64::try_from(life).ok());
        if life.is_none_or(|life| life > MAX_STREAM_TOKEN_SECONDS) {
            return Err(AdmitError::Claim("exp"));
        }
        let is_id = |id: &&str| id.len() == TOKEN_ID_CHARS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let token_id = claims.text("jti").filter(is_id).ok_or(AdmitError::Claim("jti"))?;
        Ok(Self { token_id: token_id.to_owned(), expires_at: Timestamp::from_seconds(expires_at) })
    }
}

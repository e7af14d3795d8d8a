//! Tokens that a site signs with its secret to be let in over HTTP: short-lived, for one purpose, and used up by what
//! they open or change.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use platen_core::clock::{Clock, Timestamp};
use platen_core::code::ErrorCode;
use platen_core::job::{JobId, SiteId};
use platen_core::limits::{MAX_JOBS_TOKEN_SECONDS, MAX_RESULTS_TOKEN_SECONDS, MAX_STREAM_TOKEN_SECONDS};
use platen_core::signing::TokenKey;
use platen_core::signing::jwt::{self, Checks, Claims, JwtError, MAX_TOKEN_BYTES, TokenId};
use serde::Deserialize;
use thiserror::Error;

use crate::sites::{Site, Sites};
use crate::storage::{StoreError, StoreFuture};

/// The length of a token's id: 128 random bits in hexadecimal.
const TOKEN_ID_CHARS: usize = 32;

/// What a kind of token is for, and what the site has to keep to.
#[derive(Clone, Copy, Debug)]
pub struct Purpose {
    audience: &'static str,
    max_life: Duration,
    /// How far the clock of the site may be ahead of ours or behind it.
    leeway: Duration,
    /// Whether the token has to name its key, which is the site's id.
    is_key_named: bool,
}

/// Watches one job. Made on this host.
pub const STREAM: Purpose = Purpose {
    audience: "platen:stream",
    max_life: Duration::from_secs(MAX_STREAM_TOKEN_SECONDS),
    leeway: Duration::ZERO,
    is_key_named: false,
};

/// Hands jobs over, shows and cancels them. May be made on another host.
pub const JOBS: Purpose = Purpose {
    audience: "platen:jobs",
    max_life: Duration::from_secs(MAX_JOBS_TOKEN_SECONDS),
    leeway: Duration::from_secs(5),
    is_key_named: true,
};

/// Asks for results and acknowledges them. May be made on another host.
pub const RESULTS: Purpose = Purpose {
    audience: "platen:results",
    max_life: Duration::from_secs(MAX_RESULTS_TOKEN_SECONDS),
    leeway: Duration::from_secs(5),
    is_key_named: true,
};

/// Remembers which tokens were used.
pub trait TokenStore: Send + Sync {
    /// Uses a token up. `false` when it was used before, also by an earlier process. Durable before it is
    /// ready. The memory of it may go once `expires_at` has passed.
    fn redeem(
        &self,
        site: SiteId,
        token_id: String,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> StoreFuture<'_, bool>;
}

/// A token does not let its holder in.
#[derive(Debug, Error)]
pub enum TokenError {
    /// The token is not one of this site's, or not for this.
    #[error(transparent)]
    Jwt(#[from] JwtError),
    /// The token names no site that is known here.
    #[error("the token was not made by a site of this daemon")]
    UnknownIssuer,
    /// A claim is not as documented for this kind of token.
    #[error("the token's claim {0} is not as documented")]
    Claim(&'static str),
    /// The token has done its work before.
    #[error("the token was used before")]
    Used,
    /// The store cannot be asked now.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TokenError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Jwt(JwtError::Expired) => ErrorCode::TokenExpired,
            Self::Jwt(_) | Self::UnknownIssuer | Self::Claim(_) => ErrorCode::InvalidToken,
            Self::Used => ErrorCode::TokenUsed,
            Self::Store(error) => error.code(),
        }
    }
}

/// Checks tokens and uses them up.
pub struct SiteTokens {
    sites: Arc<Sites>,
    store: Arc<dyn TokenStore>,
    clock: Arc<dyn Clock>,
}

/// What a valid token allows, until it is used up.
#[derive(Debug)]
pub struct Grant {
    /// Who made the token.
    pub site: Arc<Site>,
    token_id: String,
    /// From then on the token is refused for its age alone.
    expires_at: Timestamp,
}

impl SiteTokens {
    /// Tokens of these sites, remembered in this store.
    pub fn new(sites: Arc<Sites>, store: Arc<dyn TokenStore>, clock: Arc<dyn Clock>) -> Self {
        Self { sites, store, clock }
    }

    /// Checks everything but whether the token was used. `job` is the one it must be for; without one, it must not
    /// be for any.
    ///
    /// # Errors
    /// See [`TokenError`].
    pub async fn check(
        &self,
        purpose: Purpose,
        token: &str,
        job: Option<&JobId>,
    ) -> Result<Grant, TokenError> {
        let site = self.issuer(token).await?;
        let key_id = purpose.is_key_named.then(|| site.id.to_string());
        let key =
            TokenKey::from_secret(site.site_secret.clone(), key_id).map_err(|_| TokenError::UnknownIssuer)?;
        let checks = Checks {
            iss: Some(site.id.as_str()),
            aud: &[purpose.audience],
            sub: job.map(JobId::as_str),
            jti: TokenId::Required,
            leeway: purpose.leeway,
            ..Checks::at(self.clock.now())
        };
        let claims = jwt::decode(token, &key, &checks)?;
        if job.is_none() && claims.0.contains_key("sub") {
            return Err(TokenError::Claim("sub"));
        }
        Grant::new(site, &claims, purpose)
    }

    /// Uses the token up. What it lets its holder do comes after this.
    ///
    /// # Errors
    /// [`TokenError::Used`] when it was used before, [`TokenError::Store`] when that cannot be told.
    pub async fn redeem(&self, grant: Grant) -> Result<(), TokenError> {
        let Grant { site, token_id, expires_at } = grant;
        let is_first = self.store.redeem(site.id.clone(), token_id, expires_at, self.clock.now()).await?;
        if is_first { Ok(()) } else { Err(TokenError::Used) }
    }

    /// The site that the token says it is from. Nothing else of it is believed before its signature holds.
    async fn issuer(&self, token: &str) -> Result<Arc<Site>, TokenError> {
        let id = unverified_issuer(token).ok_or(JwtError::Malformed("payload"))?;
        let id = SiteId::try_from(id).map_err(|_| TokenError::UnknownIssuer)?;
        self.sites.find(&id).await?.ok_or(TokenError::UnknownIssuer)
    }
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

impl Grant {
    /// Holds the site to the documented form, so that the memory of used tokens stays small.
    fn new(site: Arc<Site>, claims: &Claims, purpose: Purpose) -> Result<Self, TokenError> {
        let expires_at = claims.seconds("exp").ok_or(TokenError::Claim("exp"))?;
        let issued_at = claims.seconds("iat").ok_or(TokenError::Claim("iat"))?;
        let life = expires_at.checked_sub(issued_at).and_then(|life| u64::try_from(life).ok());
        if life.is_none_or(|life| Duration::from_secs(life) > purpose.max_life) {
            return Err(TokenError::Claim("exp"));
        }
        let is_id = |id: &&str| id.len() == TOKEN_ID_CHARS && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let token_id = claims.text("jti").filter(is_id).ok_or(TokenError::Claim("jti"))?;
        let expires_at = Timestamp::from_seconds(expires_at).after(purpose.leeway);
        Ok(Self { site, token_id: token_id.to_owned(), expires_at })
    }
}

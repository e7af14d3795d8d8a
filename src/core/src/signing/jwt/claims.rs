use std::time::Duration;

use serde_json::{Map, Value};

use super::JwtError;
use crate::clock::Timestamp;

/// The claims of a token, registered and own ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims(pub Map<String, Value>);

impl Claims {
    /// A claim's text; `None` when it is missing or not a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A claim's time in whole seconds since the Unix epoch; `None` when it is missing or no integer.
    pub fn seconds(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }
}

/// What a token must say to be accepted. Build it with [`Checks::at`] and set what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks<'a> {
    /// The expected `iss`; `None` accepts any.
    pub iss: Option<&'a str>,
    /// The expected `aud`. `None` accepts only a token without one.
    pub aud: Option<&'a str>,
    /// The expected `sub`; `None` accepts any.
    pub sub: Option<&'a str>,
    /// Whether a `jti` must be there, as one-time tokens need it.
    pub is_jti_required: bool,
    /// How far the clocks of the two sides may differ.
    pub leeway: Duration,
    /// The present time.
    pub now: Timestamp,
}

impl Checks<'_> {
    /// Checks the times against `now` with no leeway, and nothing else.
    pub fn at(now: Timestamp) -> Self {
        Self { iss: None, aud: None, sub: None, is_jti_required: false, leeway: Duration::ZERO, now }
    }

    pub(super) fn apply(&self, claims: &Claims) -> Result<(), JwtError> {
        self.check_times(claims)?;
        check_text(claims, "iss", self.iss)?;
        check_text(claims, "sub", self.sub)?;
        self.check_audience(claims)?;
        match text_claim(claims, "jti")? {
            None if self.is_jti_required => Err(JwtError::MissingClaim("jti")),
            Some("") => Err(JwtError::ClaimType("jti")),
            Some(_) | None => Ok(()),
        }
    }

    fn check_times(&self, claims: &Claims) -> Result<(), JwtError> {
        let now = self.now.as_seconds();
        let leeway = i64::try_from(self.leeway.as_secs()).unwrap_or(i64::MAX);
        let Some(exp) = time_claim(claims, "exp")? else {
            return Err(JwtError::MissingClaim("exp"));
        };
        if now >= exp.saturating_add(leeway) {
            return Err(JwtError::Expired);
        }
        for name in ["nbf", "iat"] {
            if time_claim(claims, name)?.is_some_and(|time| time > now.saturating_add(leeway)) {
                return Err(JwtError::NotYetValid(name));
            }
        }
        Ok(())
    }

    fn check_audience(&self, claims: &Claims) -> Result<(), JwtError> {
        let audiences: Vec<&str> = match claims.0.get("aud") {
            None => Vec::new(),
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many
                .iter()
                .map(|audience| audience.as_str().ok_or(JwtError::ClaimType("aud")))
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(JwtError::ClaimType("aud")),
        };
        match self.aud {
            Some(_) if audiences.is_empty() => Err(JwtError::MissingClaim("aud")),
            Some(expected) if audiences.contains(&expected) => Ok(()),
            None if audiences.is_empty() => Ok(()),
            Some(_) | None => Err(JwtError::ClaimMismatch("aud")),
        }
    }
}

fn check_text(claims: &Claims, name: &'static str, expected: Option<&str>) -> Result<(), JwtError> {
    match (text_claim(claims, name)?, expected) {
        (_, None) => Ok(()),
        (None, Some(_)) => Err(JwtError::MissingClaim(name)),
        (Some(actual), Some(expected)) if actual == expected => Ok(()),
        (Some(_), Some(_)) => Err(JwtError::ClaimMismatch(name)),
    }
}

fn text_claim<'a>(claims: &'a Claims, name: &'static str) -> Result<Option<&'a str>, JwtError> {
    match claims.0.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwtError::ClaimType(name)),
    }
}

/// Reads a `NumericDate`. Fractions of a second are allowed by the RFC but made by nobody we talk to, and
/// refusing them keeps the comparison exact.
fn time_claim(claims: &Claims, name: &'static str) -> Result<Option<i64>, JwtError> {
    match claims.0.get(name) {
        None => Ok(None),
        Some(value) => value.as_i64().map(Some).ok_or(JwtError::ClaimType(name)),
    }
}

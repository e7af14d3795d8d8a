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

impl ClaimSet for Claims {
    fn claim(&self, name: &str) -> Option<Claim<'_>> {
        self.0.get(name).map(|value| match value {
            Value::String(text) => Claim::Text(text),
            Value::Number(number) => number.as_i64().map_or(Claim::Other, Claim::Integer),
            Value::Array(items) => {
                items.iter().map(Value::as_str).collect::<Option<_>>().map_or(Claim::Other, Claim::Texts)
            }
            Value::Null | Value::Bool(_) | Value::Object(_) => Claim::Other,
        })
    }
}

/// Where the checks look claims up: the payload as the program holds it.
pub trait ClaimSet {
    /// The claim of this name; `None` when there is none.
    fn claim(&self, name: &str) -> Option<Claim<'_>>;
}

/// A claim's value, as far as a check can ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim<'a> {
    /// Text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A list of nothing but texts.
    Texts(Vec<&'a str>),
    /// Anything else.
    Other,
}

/// What is asked of a token's `jti`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenId<'a> {
    /// Nothing: it may be missing.
    Optional,
    /// It must be there, as one-time tokens need it.
    Required,
    /// It must be this one.
    Is(&'a str),
}

/// What a token must say to be accepted. Build it with [`Checks::at`] and set what is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks<'a> {
    /// The expected `iss`; `None` accepts any.
    pub iss: Option<&'a str>,
    /// The expected `aud`: one of them must be in the token. Without any, only a token without one is accepted.
    pub aud: &'a [&'a str],
    /// The expected `sub`; `None` accepts any.
    pub sub: Option<&'a str>,
    /// What is asked of `jti`.
    pub jti: TokenId<'a>,
    /// How long ago `iat` may be, which must then be there.
    pub max_age: Option<Duration>,
    /// How far the clocks of the two sides may differ.
    pub leeway: Duration,
    /// The present time.
    pub now: Timestamp,
}

impl Checks<'_> {
    /// Checks the times against `now` with no leeway, and nothing else.
    pub fn at(now: Timestamp) -> Self {
        Self {
            iss: None,
            aud: &[],
            sub: None,
            jti: TokenId::Optional,
            max_age: None,
            leeway: Duration::ZERO,
            now,
        }
    }

    /// Applies the checks to the claims of a token whose signature holds.
    ///
    /// # Errors
    /// The first that does not hold: times, `iss`, `sub`, `aud`, `jti`.
    pub fn apply(&self, claims: &impl ClaimSet) -> Result<(), JwtError> {
        self.check_times(claims)?;
        check_text(claims, "iss", self.iss)?;
        check_text(claims, "sub", self.sub)?;
        self.check_audience(claims)?;
        match (text_claim(claims, "jti")?, self.jti) {
            (Some(""), _) => Err(JwtError::ClaimType("jti")),
            (None, TokenId::Required | TokenId::Is(_)) => Err(JwtError::MissingClaim("jti")),
            (Some(actual), TokenId::Is(expected)) if actual != expected => {
                Err(JwtError::ClaimMismatch("jti"))
            }
            (None, TokenId::Optional) | (Some(_), _) => Ok(()),
        }
    }

    fn check_times(&self, claims: &impl ClaimSet) -> Result<(), JwtError> {
        let now = self.now.as_seconds();
        let leeway = whole_seconds(self.leeway);
        let exp = time_claim(claims, "exp")?.ok_or(JwtError::MissingClaim("exp"))?;
        if now >= exp.saturating_add(leeway) {
            return Err(JwtError::Expired);
        }
        let is_ahead = |time: i64| time > now.saturating_add(leeway);
        if time_claim(claims, "nbf")?.is_some_and(is_ahead) {
            return Err(JwtError::NotYetValid("nbf"));
        }
        let iat = time_claim(claims, "iat")?;
        if iat.is_some_and(is_ahead) {
            return Err(JwtError::NotYetValid("iat"));
        }
        let Some(max_age) = self.max_age else { return Ok(()) };
        let iat = iat.ok_or(JwtError::MissingClaim("iat"))?;
        let latest = iat.saturating_add(whole_seconds(max_age)).saturating_add(leeway);
        if now > latest { Err(JwtError::TooOld) } else { Ok(()) }
    }

    fn check_audience(&self, claims: &impl ClaimSet) -> Result<(), JwtError> {
        let audiences = match claims.claim("aud") {
            None => Vec::new(),
            Some(Claim::Text(one)) => vec![one],
            Some(Claim::Texts(many)) => many,
            Some(Claim::Integer(_) | Claim::Other) => return Err(JwtError::ClaimType("aud")),
        };
        match (self.aud, audiences.as_slice()) {
            ([], []) => Ok(()),
            (_, []) => Err(JwtError::MissingClaim("aud")),
            (expected, given) if given.iter().any(|audience| expected.contains(audience)) => Ok(()),
            (_, _) => Err(JwtError::ClaimMismatch("aud")),
        }
    }
}

fn whole_seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

fn check_text(claims: &impl ClaimSet, name: &'static str, expected: Option<&str>) -> Result<(), JwtError> {
    match (text_claim(claims, name)?, expected) {
        (_, None) => Ok(()),
        (None, Some(_)) => Err(JwtError::MissingClaim(name)),
        (Some(actual), Some(expected)) if actual == expected => Ok(()),
        (Some(_), Some(_)) => Err(JwtError::ClaimMismatch(name)),
    }
}

fn text_claim<'a>(claims: &'a impl ClaimSet, name: &'static str) -> Result<Option<&'a str>, JwtError> {
    match claims.claim(name) {
        None => Ok(None),
        Some(Claim::Text(text)) => Ok(Some(text)),
        Some(Claim::Integer(_) | Claim::Texts(_) | Claim::Other) => Err(JwtError::ClaimType(name)),
    }
}

/// Reads a `NumericDate`. Fractions of a second are allowed by the RFC but made by nobody we talk to, and
/// refusing them keeps the comparison exact.
fn time_claim(claims: &impl ClaimSet, name: &'static str) -> Result<Option<i64>, JwtError> {
    match claims.claim(name) {
        None => Ok(None),
        Some(Claim::Integer(time)) => Ok(Some(time)),
        Some(Claim::Text(_) | Claim::Texts(_) | Claim::Other) => Err(JwtError::ClaimType(name)),
    }
}

use std::time::Duration;

use ext_php_rs::types::{ZendHashTable, Zval};
use platen_core::clock::{Clock, Timestamp};
use platen_core::signing::jwt::{Checks, Claim, ClaimSet, JwtError, TokenId};

use super::signing::seconds;
use crate::clock::SystemClock;
use crate::convert::{entries, text, values};
use crate::exceptions::Failure;

/// The array of checks that PHP passes.
pub(super) struct JwtChecks<'a> {
    iss: Option<&'a str>,
    aud: Vec<&'a str>,
    sub: Option<&'a str>,
    jti: TokenId<'a>,
    max_age: Option<Duration>,
    leeway: Duration,
    now: Option<Timestamp>,
}

impl<'a> JwtChecks<'a> {
    pub(super) fn read(options: Option<&'a ZendHashTable>) -> Result<Self, Failure> {
        let mut checks = Self {
            iss: None,
            aud: Vec::new(),
            sub: None,
            jti: TokenId::Optional,
            max_age: None,
            leeway: Duration::ZERO,
            now: None,
        };
        for (key, value) in options.into_iter().flat_map(entries) {
            checks.set(text(&key).unwrap_or_default(), value)?;
        }
        Ok(checks)
    }

    fn set(&mut self, name: &str, value: &'a Zval) -> Result<(), Failure> {
        match name {
            "iss" => self.iss = Some(text_check(name, value)?),
            "aud" => self.aud = audiences(value)?,
            "sub" => self.sub = Some(text_check(name, value)?),
            "jti" if value.dereference().bool() == Some(true) => self.jti = TokenId::Required,
            "jti" => self.jti = TokenId::Is(text_check(name, value)?),
            "max_age_s" => self.max_age = Some(seconds(name, int_check(name, value)?)?),
            "leeway_s" => self.leeway = seconds(name, int_check(name, value)?)?,
            "now" => self.now = Some(Timestamp::from_seconds(int_check(name, value)?)),
            _ => {
                let known = "iss, aud, sub, jti, max_age_s, leeway_s and now";
                return Err(Failure::Argument(format!("the checks are {known}; there is no check '{name}'")));
            }
        }
        Ok(())
    }

    pub(super) fn apply(&self, claims: &ZendHashTable) -> Result<(), JwtError> {
        let checks = Checks {
            iss: self.iss,
            aud: &self.aud,
            sub: self.sub,
            jti: self.jti,
            max_age: self.max_age,
            leeway: self.leeway,
            now: self.now.unwrap_or_else(|| SystemClock.now()),
        };
        checks.apply(&PhpClaims(claims))
    }
}

/// The claims of a token as the PHP array that the caller will get.
struct PhpClaims<'a>(&'a ZendHashTable);

impl ClaimSet for PhpClaims<'_> {
    fn claim(&self, name: &str) -> Option<Claim<'_>> {
        let value = self.0.get(name)?;
        Some(if let Some(text) = text(value) {
            Claim::Text(text)
        } else if let Some(number) = value.long() {
            Claim::Integer(number)
        } else {
            value.array().and_then(texts).map_or(Claim::Other, Claim::Texts)
        })
    }
}

/// The texts of a list; `None` when it is no list or holds something else.
fn texts(array: &ZendHashTable) -> Option<Vec<&str>> {
    if array.has_sequential_keys() { values(array).map(text).collect() } else { None }
}

fn audiences(value: &Zval) -> Result<Vec<&str>, Failure> {
    let found = match value.dereference().array() {
        Some(array) => texts(array).filter(|audiences| !audiences.is_empty()),
        None => text(value).map(|audience| vec![audience]),
    };
    found.ok_or_else(|| Failure::Argument(String::from("the check aud must be UTF-8 text or a list of it")))
}

fn text_check<'a>(name: &str, value: &'a Zval) -> Result<&'a str, Failure> {
    text(value).ok_or_else(|| Failure::Argument(format!("the check {name} must be UTF-8 text")))
}

fn int_check(name: &str, value: &Zval) -> Result<i64, Failure> {
    let number = value.dereference().long();
    number.ok_or_else(|| Failure::Argument(format!("the check {name} must be an integer")))
}

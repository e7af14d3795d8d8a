//! HMAC signatures, JSON Web Tokens and webhook signatures.

use std::time::Duration;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use platen_core::clock::{Clock, Timestamp};
use platen_core::signing::{SignatureEncoding, jwt, sign, verify};
use platen_core::webhook;

use crate::clock::SystemClock;
use crate::convert::{entries, json_object, php_array, text, values};
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::{Bytes, Int, Items, Key, Keys, OptionalInt, Options, Text};

/// Signs data with HMAC-SHA256.
#[php_function]
#[php(name = "Platen\\hmac_sign", defaults(encoding = "\"hex\""))]
fn hmac_sign(data: Bytes<'_>, key: Key<'_>, encoding: Text<'_>) -> Result<String, Failure> {
    guard(|| {
        let encoding: SignatureEncoding = encoding.as_str().parse()?;
        Ok(sign(data.0, key.0, encoding))
    })
}

/// Whether a signature is that of the data, in constant time.
#[php_function]
#[php(name = "Platen\\hmac_verify", defaults(encoding = "\"hex\""))]
fn hmac_verify(
    data: Bytes<'_>,
    signature: Bytes<'_>,
    key: Key<'_>,
    encoding: Text<'_>,
) -> Result<bool, Failure> {
    guard(|| {
        let encoding: SignatureEncoding = encoding.as_str().parse()?;
        Ok(verify(data.0, signature.0, key.0, encoding))
    })
}

/// Makes a JSON Web Token with HS256.
#[php_function]
#[php(name = "Platen\\jwt_encode")]
fn jwt_encode(claims: Items<'_>, key: Key<'_>) -> Result<String, Failure> {
    guard(|| {
        let claims = jwt::Claims(json_object(claims.0, "claim set")?);
        Ok(jwt::encode(&claims, key.0)?)
    })
}

/// Checks a JSON Web Token and gives its claims.
#[php_function]
#[php(name = "Platen\\jwt_decode", defaults(checks = []))]
fn jwt_decode(token: Text<'_>, key: Key<'_>, checks: Options<'_>) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let checks = read_checks(checks.0)?;
        let claims = jwt::decode(token.as_str(), key.0, &checks)?;
        php_array(&claims.0)
    })
}

/// Gives the `webhook-signature` of a message after Standard Webhooks.
#[php_function]
#[php(name = "Platen\\webhook_sign")]
fn webhook_sign(id: Text<'_>, timestamp: Int, body: Bytes<'_>, key: Key<'_>) -> Result<String, Failure> {
    guard(|| {
        if webhook::check_id(id.as_str()).is_err() {
            let limit = webhook::MAX_ID_BYTES;
            let message = format!("a webhook id is 1 to {limit} visible ASCII characters without a dot");
            return Err(Failure::Argument(message));
        }
        if timestamp.0 < 0 {
            return Err(Failure::Argument(String::from("the timestamp of a webhook is not negative")));
        }
        Ok(webhook::sign(id.as_str(), timestamp.0, body.0, key.0))
    })
}

/// Checks a received webhook and gives its id.
#[php_function]
#[php(name = "Platen\\webhook_verify", defaults(tolerance_s = 300))]
fn webhook_verify(
    body: Bytes<'_>,
    headers: Items<'_>,
    keys: Keys<'_>,
    tolerance_s: Int,
    now: OptionalInt,
) -> Result<String, Failure> {
    guard(|| {
        let headers = webhook::Headers {
            id: header(headers.0, webhook::ID_HEADER),
            timestamp: header(headers.0, webhook::TIMESTAMP_HEADER),
            signature: header(headers.0, webhook::SIGNATURE_HEADER),
        };
        let tolerance = seconds("tolerance_s", tolerance_s.0)?;
        let now = now.0.map_or_else(|| SystemClock.now(), Timestamp::from_seconds);
        webhook::verify(&headers, body.0, &keys.0, tolerance, now)?;
        Ok(headers.id.to_owned())
    })
}

/// A header's value, whatever the case of its name. A list of values, as WordPress and PSR-7 give it, counts
/// when it holds one.
fn header<'a>(headers: &'a ZendHashTable, name: &str) -> &'a str {
    let found = entries(headers).find(|(key, _)| text(key).is_some_and(|given| is_name(given, name)));
    let Some((_, value)) = found else { return "" };
    let only =
        || value.dereference().array().filter(|list| list.len() == 1).and_then(|list| values(list).next());
    text(value).or_else(|| only().and_then(text)).unwrap_or_default()
}

/// Header names compare without case, and WordPress writes them with underscores.
fn is_name(given: &str, name: &str) -> bool {
    given.len() == name.len()
        && given
            .bytes()
            .zip(name.bytes())
            .all(|(a, b)| a.eq_ignore_ascii_case(&b) || (a == b'_' && b == b'-'))
}

fn read_checks(options: Option<&ZendHashTable>) -> Result<jwt::Checks<'_>, Failure> {
    let mut checks = jwt::Checks::at(SystemClock.now());
    let Some(options) = options else { return Ok(checks) };
    for (key, value) in entries(options) {
        let name = text(&key).unwrap_or_default();
        match name {
            "iss" => checks.iss = Some(text_check(name, value)?),
            "aud" => checks.aud = Some(text_check(name, value)?),
            "sub" => checks.sub = Some(text_check(name, value)?),
            "leeway_s" => checks.leeway = seconds(name, int_check(name, value)?)?,
            "now" => checks.now = Timestamp::from_seconds(int_check(name, value)?),
            _ => {
                let known = "iss, aud, sub, leeway_s and now";
                return Err(Failure::Argument(format!("the checks are {known}; there is no check '{name}'")));
            }
        }
    }
    Ok(checks)
}

fn text_check<'a>(name: &str, value: &'a Zval) -> Result<&'a str, Failure> {
    text(value).ok_or_else(|| Failure::Argument(format!("the check {name} must be UTF-8 text")))
}

fn int_check(name: &str, value: &Zval) -> Result<i64, Failure> {
    value
        .dereference()
        .long()
        .ok_or_else(|| Failure::Argument(format!("the check {name} must be an integer")))
}

fn seconds(name: &str, seconds: i64) -> Result<Duration, Failure> {
    let seconds = u64::try_from(seconds);
    seconds.map(Duration::from_secs).map_err(|_| Failure::Argument(format!("{name} must not be negative")))
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module
        .function(wrap_function!(hmac_sign))
        .function(wrap_function!(hmac_verify))
        .function(wrap_function!(jwt_encode))
        .function(wrap_function!(jwt_decode))
        .function(wrap_function!(webhook_sign))
        .function(wrap_function!(webhook_verify))
}

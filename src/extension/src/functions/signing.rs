//! HMAC signatures, JSON Web Tokens and webhook signatures.

use std::time::Duration;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use platen_core::clock::{Clock, Timestamp};
use platen_core::signing::jwt::{self, JwtError};
use platen_core::signing::{SignatureEncoding, sign, verify};
use platen_core::webhook::{self, Scheme};

use super::jwt_checks::JwtChecks;
use crate::clock::SystemClock;
use crate::convert::{entries, read_json_object, text, values, write_json_object};
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::{Bytes, Int, Items, Key, Keys, OptionalInt, Options, Text, TokenKeys};

/// Signs data with HMAC-SHA256.
#[php_function]
#[php(name = "Platen\\hmac_sign", defaults(encoding = "\"hex\""))]
fn hmac_sign(data: Bytes<'_>, key: Key<'_>, encoding: Text<'_>) -> Result<String, Failure> {
    guard(|| {
        let encoding: SignatureEncoding = encoding.as_str().parse()?;
        Ok(sign(data.0, key.0.secret()?, encoding))
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
        Ok(verify(data.0, signature.0, key.0.secret()?, encoding))
    })
}

/// Makes a JSON Web Token.
#[php_function]
#[php(name = "Platen\\jwt_encode")]
fn jwt_encode(claims: Items<'_>, key: Key<'_>) -> Result<String, Failure> {
    guard(|| Ok(jwt::encode_payload(&write_json_object(claims.0, "claim set")?, key.0)?))
}

/// Checks a JSON Web Token and gives its claims.
#[php_function]
#[php(name = "Platen\\jwt_decode", defaults(checks = []))]
fn jwt_decode(
    token: Text<'_>,
    key: TokenKeys<'_>,
    checks: Options<'_>,
) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let checks = JwtChecks::read(checks.0)?;
        let payload = jwt::open(token.as_str(), key.0)?;
        let claims = read_json_object(&payload).ok_or(JwtError::Malformed("payload"))?;
        checks.apply(&claims)?;
        Ok(claims)
    })
}

/// Gives the signature header of a webhook.
#[php_function]
#[php(name = "Platen\\webhook_sign", defaults(scheme = "\"standard\"", method = "\"POST\"", uri = "\"\""))]
#[expect(clippy::too_many_arguments, reason = "PHP names them: most are left out of a call")]
fn webhook_sign(
    id: Text<'_>,
    timestamp: Int,
    body: Bytes<'_>,
    keys: Keys<'_>,
    scheme: Text<'_>,
    method: Text<'_>,
    uri: Text<'_>,
) -> Result<String, Failure> {
    guard(|| {
        let scheme = scheme_named(scheme.as_str())?;
        if scheme == Scheme::Standard && webhook::check_id(id.as_str()).is_err() {
            let limit = webhook::MAX_ID_BYTES;
            let message = format!("a webhook id is 1 to {limit} visible ASCII characters without a dot");
            return Err(Failure::Argument(message));
        }
        if timestamp.0 < 0 {
            return Err(Failure::Argument(String::from("the timestamp of a webhook is not negative")));
        }
        let request = webhook::Request { method: method.as_str(), uri: uri.as_str(), body: body.0 };
        Ok(webhook::sign_as(scheme, id.as_str(), timestamp.0, &request, &keys.secrets()?)?)
    })
}

/// Checks a received webhook and gives what to remember of it.
#[php_function]
#[php(
    name = "Platen\\webhook_verify",
    defaults(tolerance_s = 300, scheme = "\"standard\"", method = "\"POST\"", uri = "\"\"")
)]
#[expect(clippy::too_many_arguments, reason = "PHP names them: most are left out of a call")]
fn webhook_verify(
    body: Bytes<'_>,
    headers: Items<'_>,
    keys: Keys<'_>,
    tolerance_s: Int,
    now: OptionalInt,
    scheme: Text<'_>,
    method: Text<'_>,
    uri: Text<'_>,
) -> Result<String, Failure> {
    guard(|| {
        let scheme = scheme_named(scheme.as_str())?;
        let request = webhook::Request { method: method.as_str(), uri: uri.as_str(), body: body.0 };
        let find = |name: &'static str| header(headers.0, name);
        let tolerance = seconds("tolerance_s", tolerance_s.0)?;
        let now = now.0.map_or_else(|| SystemClock.now(), Timestamp::from_seconds);
        Ok(webhook::verify_as(scheme, &request, find, &keys.secrets()?, tolerance, now)?)
    })
}

fn scheme_named(name: &str) -> Result<Scheme, Failure> {
    Scheme::from_name(name).ok_or_else(|| {
        Failure::Argument(String::from("the schemes are standard, stripe, github, slack and hubspot"))
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

pub(super) fn seconds(name: &str, seconds: i64) -> Result<Duration, Failure> {
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

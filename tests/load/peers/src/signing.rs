//! JSON Web Tokens with the claims, the checks and the keys of `tests/load/signing.php`.

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Map, Value, json};

use crate::clock::median;

/// Microseconds by the name of the operation.
pub fn measure(keys: &Path) -> Result<Value> {
    let claims = claims()?;
    let mut figures = Map::new();
    let secret = [7; 32];
    let key = EncodingKey::from_secret(&secret);
    let header = Header::new(Algorithm::HS256);
    figures.insert("HS256 encode".into(), json!(median(500, || encode(&header, &claims, &key))));
    let token = encode(&header, &claims, &key)?;
    let public = DecodingKey::from_secret(&secret);
    let checks = checks(Algorithm::HS256);
    decode::<Value>(&token, &public, &checks)?;
    figures.insert(
        "HS256 decode, all checks".into(),
        json!(median(500, || decode::<Value>(&token, &public, &checks))),
    );

    for (algorithm, name, private, public) in key_pairs(keys)? {
        let header = Header::new(algorithm);
        let token = encode(&header, &claims, &private)?;
        let checks = self::checks(algorithm);
        decode::<Value>(&token, &public, &checks)?;
        let calls = if algorithm == Algorithm::RS256 { 4 } else { 50 };
        figures.insert(format!("{name} sign"), json!(median(calls, || encode(&header, &claims, &private))));
        figures.insert(
            format!("{name} verify"),
            json!(median(50, || decode::<Value>(&token, &public, &checks))),
        );
    }
    Ok(Value::Object(figures))
}

/// `NAME.pem` is the private half, `NAME.pub.pem` the public one.
fn key_pairs(folder: &Path) -> Result<[(Algorithm, &'static str, EncodingKey, DecodingKey); 2]> {
    let read = |name: &str| fs::read(folder.join(name));
    Ok([
        (
            Algorithm::RS256,
            "RS256",
            EncodingKey::from_rsa_pem(&read("rsa.pem")?)?,
            DecodingKey::from_rsa_pem(&read("rsa.pub.pem")?)?,
        ),
        (
            Algorithm::ES256,
            "ES256",
            EncodingKey::from_ec_pem(&read("ec.pem")?)?,
            DecodingKey::from_ec_pem(&read("ec.pub.pem")?)?,
        ),
    ])
}

fn claims() -> Result<Value> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(json!({
        "iss": "https://example.org", "sub": "user:42", "aud": "platen:stream", "exp": now + 3600, "nbf": now - 1,
        "iat": now - 1, "jti": "00112233445566778899aabbccddeeff", "role": "editor", "site": 7,
    }))
}

fn checks(algorithm: Algorithm) -> Validation {
    let mut checks = Validation::new(algorithm);
    checks.set_issuer(&["https://example.org"]);
    checks.set_audience(&["platen:stream"]);
    checks.sub = Some("user:42".into());
    checks.validate_nbf = true;
    checks.leeway = 5;
    checks
}

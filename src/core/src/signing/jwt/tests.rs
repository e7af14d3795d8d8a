use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::*;
use crate::clock::Timestamp;

const ENCODE: &str = include_str!("../../../../../tests/vectors/jwt/encode.json");
const DECODE: &str = include_str!("../../../../../tests/vectors/jwt/decode.json");

#[derive(Deserialize)]
struct Vectors<T> {
    cases: Vec<T>,
}

#[derive(Deserialize)]
struct EncodeCase {
    name: String,
    key: String,
    claims: Map<String, Value>,
    token: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct DecodeCase {
    name: String,
    key: String,
    token: String,
    checks: CheckFields,
    claims: Option<Map<String, Value>>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct CheckFields {
    iss: Option<String>,
    #[serde(default)]
    aud: Audiences,
    sub: Option<String>,
    jti: Option<Value>,
    max_age_s: Option<u64>,
    leeway_s: Option<u64>,
    now: i64,
}

/// One audience or a list of them.
#[derive(Default, Deserialize)]
#[serde(from = "Value")]
struct Audiences(Vec<String>);

impl From<Value> for Audiences {
    fn from(value: Value) -> Self {
        Self(match value {
            Value::String(one) => vec![one],
            many => serde_json::from_value(many).unwrap(),
        })
    }
}

impl CheckFields {
    /// Decodes with these checks.
    fn decode<'a>(&self, token: &str, keys: impl Into<Keys<'a>>) -> Result<Claims, JwtError> {
        let aud: Vec<&str> = self.aud.0.iter().map(String::as_str).collect();
        let checks = Checks {
            iss: self.iss.as_deref(),
            aud: &aud,
            sub: self.sub.as_deref(),
            jti: match &self.jti {
                None => TokenId::Optional,
                Some(Value::String(id)) => TokenId::Is(id),
                Some(_) => TokenId::Required,
            },
            max_age: self.max_age_s.map(Duration::from_secs),
            leeway: Duration::from_secs(self.leeway_s.unwrap_or(0)),
            ..Checks::at(Timestamp::from_seconds(self.now))
        };
        decode(token, keys, &checks)
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32]).unwrap()
}

fn claims(json: &Value) -> Claims {
    Claims(json.as_object().unwrap().clone())
}

#[test]
fn the_golden_tokens_are_made() {
    let vectors: Vectors<EncodeCase> = serde_json::from_str(ENCODE).unwrap();

    for case in vectors.cases {
        let made = encode(&Claims(case.claims), &case.key.parse::<SigningKey>().unwrap());
        match case.token {
            Some(token) => assert_eq!(made, Ok(token), "{}", case.name),
            None => assert_eq!(made.unwrap_err().code().as_str(), case.error.unwrap(), "{}", case.name),
        }
    }
}

#[test]
fn the_golden_tokens_are_accepted_or_refused_with_their_code() {
    let vectors: Vectors<DecodeCase> = serde_json::from_str(DECODE).unwrap();
    assert!(vectors.cases.len() > 40);

    for case in vectors.cases {
        let decoded = case.checks.decode(&case.token, &case.key.parse::<SigningKey>().unwrap());
        match case.claims {
            Some(claims) => assert_eq!(decoded, Ok(Claims(claims)), "{}", case.name),
            None => assert_eq!(decoded.unwrap_err().code().as_str(), case.error.unwrap(), "{}", case.name),
        }
    }
}

#[test]
fn a_one_time_token_needs_an_id() {
    let token = encode(&claims(&serde_json::json!({"exp": 100})), &key()).unwrap();
    let checks = Checks { jti: TokenId::Required, ..Checks::at(Timestamp::from_seconds(1)) };

    assert_eq!(decode(&token, &key(), &checks), Err(JwtError::MissingClaim("jti")));
}

#[test]
fn a_token_without_end_never_overflows() {
    let token = encode(&claims(&serde_json::json!({"exp": i64::MAX})), &key()).unwrap();
    let checks = Checks { leeway: Duration::MAX, ..Checks::at(Timestamp::from_micros(i64::MAX)) };

    assert!(decode(&token, &key(), &checks).is_ok());
}

#[test]
fn no_character_of_a_token_can_be_changed() {
    let token = encode(&claims(&serde_json::json!({"exp": 100, "sub": "a"})), &key()).unwrap();
    let checks = Checks::at(Timestamp::from_seconds(1));
    assert!(decode(&token, &key(), &checks).is_ok());

    for at in 0..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();

        assert!(decode(&changed, &key(), &checks).is_err(), "character {at}");
    }
}

#[test]
fn no_error_shows_a_part_of_the_token() {
    let token = encode(&claims(&serde_json::json!({"exp": 1, "sub": "planted"})), &key()).unwrap();

    let error = decode(&token, &key(), &Checks::at(Timestamp::from_seconds(2))).unwrap_err();

    assert_eq!(error, JwtError::Expired);
    assert!(!format!("{error} {error:?}").contains("planted"));
}

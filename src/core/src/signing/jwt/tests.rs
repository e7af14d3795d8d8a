use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::*;
use crate::clock::Timestamp;

const ENCODE: &str = include_str!("../../../../../tests/vectors/jwt/encode.json");
const SIGN: &str = include_str!("../../../../../tests/vectors/jwt/sign.json");
const PAIRS: &str = include_str!("../../../../../tests/vectors/jwt/pairs.json");
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

#[derive(Deserialize)]
struct PairCase {
    name: String,
    token: String,
    pem: Option<String>,
    id: Option<String>,
    jwks: Option<Map<String, Value>>,
    checks: CheckFields,
    claims: Option<Map<String, Value>>,
    error: Option<String>,
}

#[test]
fn the_golden_tokens_of_keys_with_two_halves_are_accepted_or_refused_with_their_code() {
    let vectors: Vectors<PairCase> = serde_json::from_str(PAIRS).unwrap();
    assert!(vectors.cases.len() > 80);

    for case in vectors.cases {
        let decoded = match (&case.pem, &case.jwks) {
            (Some(pem), None) => {
                let key = TokenKey::from_pem(pem.as_bytes(), case.id).unwrap();
                case.checks.decode(&case.token, &key)
            }
            (None, Some(jwks)) => case.checks.decode(&case.token, &KeySet::from_jwks(jwks).unwrap()),
            (_, _) => panic!("{} has not one kind of key", case.name),
        };
        match case.claims {
            Some(claims) => assert_eq!(decoded, Ok(Claims(claims)), "{}", case.name),
            None => assert_eq!(decoded.unwrap_err().code().as_str(), case.error.unwrap(), "{}", case.name),
        }
    }
}

fn pair(name: &str) -> TokenKey {
    let pem = match name {
        "rsa" => include_str!("../../../../../tests/vectors/jwt/keys/rsa.pem"),
        "ec" => include_str!("../../../../../tests/vectors/jwt/keys/ec.pem"),
        _ => include_str!("../../../../../tests/vectors/jwt/keys/ed25519.pem"),
    };
    TokenKey::from_pem(pem.as_bytes(), Some(format!("kid of {name}"))).unwrap()
}

#[test]
fn what_a_private_key_signs_its_published_half_accepts() {
    for name in ["rsa", "ec", "ed25519"] {
        let key = pair(name);
        let public = TokenKey::from_jwk(&key.public_jwk().unwrap()).unwrap();
        let claims = claims(&serde_json::json!({"exp": 100, "sub": "a"}));

        let token = encode(&claims, &key).unwrap();

        assert_eq!(decode(&token, &public, &Checks::at(Timestamp::from_seconds(1))), Ok(claims.clone()));
        assert_eq!(encode(&claims, &public), Err(JwtError::NotPrivate));
    }
}

#[derive(Deserialize)]
struct SignCase {
    name: String,
    pem: String,
    id: Option<String>,
    claims: Map<String, Value>,
    token: String,
}

#[test]
fn the_golden_tokens_of_rsa_and_ed25519_are_made() {
    let vectors: Vectors<SignCase> = serde_json::from_str(SIGN).unwrap();
    assert!(vectors.cases.len() > 3);

    for case in vectors.cases {
        let key = TokenKey::from_pem(case.pem.as_bytes(), case.id).unwrap();

        assert_eq!(encode(&Claims(case.claims), &key), Ok(case.token), "{}", case.name);
    }
}

#[test]
fn an_error_names_the_claim_that_did_not_hold() {
    let token = encode(&claims(&serde_json::json!({"exp": 100, "aud": "a"})), &key()).unwrap();
    let claim = |checks: Checks<'_>| decode(&token, &key(), &checks).unwrap_err().claim();
    let at = Checks::at(Timestamp::from_seconds(1));

    assert_eq!(claim(Checks { aud: &["b"], ..at }), Some("aud"));
    assert_eq!(claim(Checks { aud: &["a"], iss: Some("x"), ..at }), Some("iss"));
    assert_eq!(claim(Checks::at(Timestamp::from_seconds(100))), Some("exp"));
    assert_eq!(decode("x", &key(), &at).unwrap_err().claim(), None);
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

proptest! {
    #[test]
    fn no_text_is_a_token_or_makes_a_panic(text in "[A-Za-z0-9_.{}\":-]{0,200}", cut in any::<prop::sample::Index>()) {
        let pairs = [pair("ec"), pair("ed25519")].map(Arc::new).to_vec();
        let set = KeySet::new(pairs).unwrap();
        let valid = encode(&claims(&serde_json::json!({"exp": 1})), &*set.keys()[0]).unwrap();
        let spliced = format!("{}{text}", &valid[..cut.index(valid.len())]);

        for token in [&text, &spliced] {
            prop_assert!(open(token, &set).is_err());
            prop_assert!(open(token, &*set.keys()[1]).is_err());
            prop_assert!(open(token, &key()).is_err());
        }
    }

    #[test]
    fn no_header_makes_a_panic(header in "\\PC{0,100}", kid in "\\PC{0,20}") {
        let set = KeySet::new(vec![Arc::new(pair("ed25519"))]).unwrap();
        let named = serde_json::json!({"alg": "EdDSA", "kid": kid}).to_string();

        for header in [&header, &named] {
            let token = format!("{}.e30.AA", URL_SAFE_NO_PAD.encode(header));
            prop_assert!(open(&token, &set).is_err());
        }
    }
}

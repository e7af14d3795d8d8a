//! No PEM, JWK or key set makes the reader panic, and a key that is taken is a whole one: what it signs is checked by
//! its public half, by ours as by jsonwebtoken's reading of it.

#![no_main]

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use libfuzzer_sys::fuzz_target;
use platen_core::signing::{KeySet, TokenKey, jwt};
use serde_json::{Map, Value};

fuzz_target!(|data: &[u8]| {
    if let Ok(key) = TokenKey::from_pem(data, None) {
        check(&key);
    }
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(data) else { return };
    if let Ok(key) = TokenKey::from_jwk(&members) {
        check(&key);
    }
    if let Ok(set) = KeySet::from_jwks(&members) {
        set.keys().iter().for_each(|key| check(key));
        assert!(set.keys().iter().all(|key| set.find(key.id().unwrap()).is_some_and(|found| Arc::ptr_eq(found, key))));
    }
});

fn check(key: &TokenKey) {
    let token = jwt::encode_payload(b"{}", key);
    if let Ok(token) = &token {
        assert_eq!(jwt::open(token, key).as_deref(), Ok(&b"{}"[..]));
    }
    let Ok(public) = key.public_jwk() else { return };
    assert!(!["d", "p", "q", "dp", "dq", "qi", "k"].iter().any(|private| public.contains_key(*private)));
    let half = TokenKey::from_jwk(&public).expect("what was published can be read");
    assert_eq!(half.public_jwk().as_ref(), Ok(&public));
    assert!(jwt::encode_payload(b"{}", &half).is_err());
    if let Ok(token) = &token {
        assert_eq!(jwt::open(token, &half).as_deref(), Ok(&b"{}"[..]));
        assert!(theirs(&public, token));
    }
}

fn theirs(public: &Map<String, Value>, token: &str) -> bool {
    let jwk = serde_json::from_value(Value::Object(public.clone())).expect("a JWK");
    let algorithm = match public["alg"].as_str() {
        Some("RS256") => Algorithm::RS256,
        Some("ES256") => Algorithm::ES256,
        _ => Algorithm::EdDSA,
    };
    let key = DecodingKey::from_jwk(&jwk).expect("a key that both know");
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    crypto::verify(signature, message.as_bytes(), &key, algorithm).expect("a signature")
}

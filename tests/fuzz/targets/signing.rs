//! Signatures and tokens are those of ring, and nothing else verifies.

#![no_main]

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use platen_core::clock::Timestamp;
use platen_core::signing::{SignatureEncoding, SigningKey, jwt, sign, verify};
use ring::hmac;

/// The key's length goes up to where HMAC hashes it first.
const MAX_KEY_BYTES: usize = 130;

fuzz_target!(|data: &[u8]| {
    let [length, rest @ ..] = data else { return };
    let (key_bytes, message) = rest.split_at(usize::from(*length).min(MAX_KEY_BYTES).min(rest.len()));
    let Ok(key) = SigningKey::from_bytes(key_bytes) else {
        assert!(key_bytes.len() < 32);
        return;
    };
    let oracle = hmac::Key::new(hmac::HMAC_SHA256, key_bytes);
    check_signature(message, &key, &oracle);
    check_tokens(message, &key, &oracle);
});

fn check_signature(message: &[u8], key: &SigningKey, oracle: &hmac::Key) {
    let expected = hmac::sign(oracle, message);
    let made = sign(message, key, SignatureEncoding::Base64);
    assert_eq!(made, STANDARD.encode(expected.as_ref()));
    for encoding in SignatureEncoding::ALL {
        assert!(verify(message, sign(message, key, encoding).as_bytes(), key, encoding));
        assert!(!verify(message, message, key, encoding));
    }
}

fn check_tokens(message: &[u8], key: &SigningKey, oracle: &hmac::Key) {
    let checks = jwt::Checks::at(Timestamp::from_seconds(1_000));
    let text = String::from_utf8_lossy(message);
    // Random text is no token.
    assert!(jwt::decode(&text, key, &checks).is_err());

    // Any claims under a right signature of ring: what is accepted has its `exp` in the future.
    let input = format!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{}", URL_SAFE_NO_PAD.encode(message));
    let signature = hmac::sign(oracle, input.as_bytes());
    let token = format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
    if let Ok(claims) = jwt::decode(&token, key, &checks) {
        assert!(claims.0.get("exp").and_then(serde_json::Value::as_f64).is_some_and(|exp| exp > 999.0));
        let again = jwt::encode(&claims, key).expect("claims of a token that fits");
        assert_eq!(jwt::decode(&again, key, &checks).expect("our own token"), claims);
        let (input, signature) = again.rsplit_once('.').expect("three parts");
        assert_eq!(signature, URL_SAFE_NO_PAD.encode(hmac::sign(oracle, input.as_bytes()).as_ref()));
    }
}

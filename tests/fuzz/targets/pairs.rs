//! Tokens of RSA, P-256 and Ed25519 keys mean the same to jsonwebtoken on RustCrypto, and changed ones to neither.

#![no_main]

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, crypto};
use libfuzzer_sys::fuzz_target;
use platen_core::signing::{TokenKey, jwt};

struct Pair {
    ours: TokenKey,
    algorithm: Algorithm,
    signer: EncodingKey,
    verifier: DecodingKey,
}

static PAIRS: LazyLock<[Pair; 3]> = LazyLock::new(|| {
    let rsa = include_bytes!("../../vectors/jwt/keys/rsa.pem");
    let ec = include_bytes!("../../vectors/jwt/keys/ec.pem");
    let edwards = include_bytes!("../../vectors/jwt/keys/ed25519.pem");
    [
        pair(Algorithm::RS256, rsa, EncodingKey::from_rsa_pem(rsa)),
        pair(Algorithm::ES256, ec, EncodingKey::from_ec_pem(ec)),
        pair(Algorithm::EdDSA, edwards, EncodingKey::from_ed_pem(edwards)),
    ]
});

fn pair(algorithm: Algorithm, pem: &[u8], signer: jsonwebtoken::errors::Result<EncodingKey>) -> Pair {
    let ours = TokenKey::from_pem(pem, None).expect("a key of the test vectors");
    let public = serde_json::to_value(ours.public_jwk().expect("a public half")).expect("JSON");
    let jwk = serde_json::from_value(public).expect("a JWK");
    let verifier = DecodingKey::from_jwk(&jwk).expect("a key that both know");
    Pair { ours, algorithm, signer: signer.expect("a key of the test vectors"), verifier }
}

fuzz_target!(|data: &[u8]| {
    let [which, place, change, payload @ ..] = data else { return };
    let pair = &PAIRS[usize::from(*which) % PAIRS.len()];
    // Random text is no token.
    assert!(jwt::open(&String::from_utf8_lossy(payload), &pair.ours).is_err());

    let Ok(token) = jwt::encode_payload(payload, &pair.ours) else { return };
    assert_eq!(jwt::open(&token, &pair.ours).as_deref(), Ok(payload));
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    assert!(theirs(pair, message, signature));

    let made = crypto::sign(message.as_bytes(), &pair.signer, pair.algorithm).expect("a private key");
    assert_eq!(jwt::open(&format!("{message}.{made}"), &pair.ours).as_deref(), Ok(payload));

    let mut bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let place = usize::from(*place) % bytes.len();
    bytes[place] ^= change;
    let changed = URL_SAFE_NO_PAD.encode(&bytes);
    let is_accepted = jwt::open(&format!("{message}.{changed}"), &pair.ours).is_ok();
    assert_eq!(is_accepted, theirs(pair, message, &changed));
    assert_eq!(is_accepted, *change == 0);
});

fn theirs(pair: &Pair, message: &str, signature: &str) -> bool {
    crypto::verify(signature, message.as_bytes(), &pair.verifier, pair.algorithm).unwrap_or(false)
}

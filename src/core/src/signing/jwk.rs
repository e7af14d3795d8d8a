//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rsa::{KeyPairComponents, PublicKeyComponents};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::key_pair::{COORDINATE_BYTES, KeyPair, UNCOMPRESSED};
use super::{Algorithm, InvalidKey, SigningKey};

/// What a JWK holds.
pub(super) enum Key {
    Secret(SigningKey),
    Pair(KeyPair),
}

const NOT_TAKEN: InvalidKey =
    InvalidKey::Malformed("the JWK is none of oct, RSA, EC on P-256 and OKP on Ed25519");

/// The key's `kid`, if it has one.
pub(super) fn id(members: &Map<String, Value>) -> Result<Option<String>, InvalidKey> {
    text(members, "kid").map(|id| id.map(str::to_owned))
}

pub(super) fn read(members: &Map<String, Value>) -> Result<Key, InvalidKey> {
    if text(members, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err(InvalidKey::Malformed("the JWK is not for signatures"));
    }
    let algorithm = match (text(members, "kty")?, text(members, "crv")?) {
        (Some("oct"), None) => Algorithm::Hs256,
        (Some("RSA"), None) => Algorithm::Rs256,
        (Some("EC"), Some("P-256")) => Algorithm::Es256,
        (Some("OKP"), Some("Ed25519")) => Algorithm::EdDsa,
        (None, _) => return Err(InvalidKey::Malformed("the JWK has no kty")),
        (Some(_), _) => return Err(NOT_TAKEN),
    };
    if text(members, "alg")?.is_some_and(|name| name != algorithm.name()) {
        return Err(InvalidKey::Malformed("the JWK is for another algorithm than its kind of key has here"));
    }
    match algorithm {
        Algorithm::Hs256 => SigningKey::from_bytes(&required(members, "k")?).map(Key::Secret),
        Algorithm::Rs256 => rsa(members).map(Key::Pair),
        Algorithm::Es256 => p256(members).map(Key::Pair),
        Algorithm::EdDsa => ed25519(members).map(Key::Pair),
    }
}

fn rsa(members: &Map<String, Value>) -> Result<KeyPair, InvalidKey> {
    let part = |name| required(members, name);
    let (modulus, exponent) = (part("n")?, part("e")?);
    if !members.contains_key("d") {
        return KeyPair::rsa_public(&modulus, &exponent);
    }
    KeyPair::rsa_components(&KeyPairComponents {
        public_key: PublicKeyComponents { n: modulus.as_slice(), e: exponent.as_slice() },
        d: &part("d")?,
        p: &part("p")?,
        q: &part("q")?,
        dP: &part("dp")?,
        dQ: &part("dq")?,
        qInv: &part("qi")?,
    })
}

fn p256(members: &Map<String, Value>) -> Result<KeyPair, InvalidKey> {
    let (x, y) = (coordinate(members, "x")?, coordinate(members, "y")?);
    let point = [&[UNCOMPRESSED], x.as_slice(), y.as_slice()].concat();
    if members.contains_key("d") {
        KeyPair::p256_pair(&coordinate(members, "d")?, &point)
    } else {
        KeyPair::p256_public(&point)
    }
}

fn ed25519(members: &Map<String, Value>) -> Result<KeyPair, InvalidKey> {
    let public = coordinate(members, "x")?;
    if members.contains_key("d") {
        KeyPair::ed25519_from_seed(&coordinate(members, "d")?, &public)
    } else {
        KeyPair::ed25519_public(&public)
    }
}

/// The public half, with `use` and `alg` so that nobody uses it otherwise.
pub(super) fn write_public(pair: &KeyPair, id: Option<&str>) -> Map<String, Value> {
    let mut members = Map::new();
    let mut set = |name: &str, value: &str| members.insert(name.to_owned(), Value::from(value));
    match pair {
        KeyPair::Rsa { modulus, exponent, .. } => {
            set("kty", "RSA");
            set("n", &URL_SAFE_NO_PAD.encode(modulus));
            set("e", &URL_SAFE_NO_PAD.encode(exponent));
        }
        KeyPair::P256 { point, .. } => {
            let (x, y) = point.split_at(point.len().min(1 + COORDINATE_BYTES));
            set("kty", "EC");
            set("crv", "P-256");
            set("x", &URL_SAFE_NO_PAD.encode(x.get(1..).unwrap_or_default()));
            set("y", &URL_SAFE_NO_PAD.encode(y));
        }
        KeyPair::Ed25519 { public, .. } => {
            set("kty", "OKP");
            set("crv", "Ed25519");
            set("x", &URL_SAFE_NO_PAD.encode(public));
        }
    }
    set("alg", pair.algorithm().name());
    set("use", "sig");
    if let Some(id) = id {
        set("kid", id);
    }
    members
}

fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, InvalidKey> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(InvalidKey::Malformed("a member of the JWK is not text")),
    }
}

fn required(members: &Map<String, Value>, name: &str) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
    let encoded = text(members, name)?.ok_or(InvalidKey::Malformed("the JWK lacks a part of its key"))?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded);
    bytes.map(Zeroizing::new).map_err(|_| InvalidKey::Malformed("a part of the JWK is not base64url"))
}

fn coordinate(members: &Map<String, Value>, name: &str) -> Result<Zeroizing<Vec<u8>>, InvalidKey> {
    let bytes = required(members, name)?;
    if bytes.len() == COORDINATE_BYTES {
        Ok(bytes)
    } else {
        Err(InvalidKey::Malformed("a part of the JWK has not 32 bytes"))
    }
}

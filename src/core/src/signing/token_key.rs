use base64::Engine;
use serde_json::{Map, Value};

use super::jwt::JwtError;
use super::key_pair::KeyPair;
use super::{InvalidKey, SignatureEncoding, SigningKey, base64url, hmac, jwk, pem};
use crate::limits::MIN_KEY_BYTES;

/// The longest id of a key, in bytes.
const MAX_ID_BYTES: usize = 255;

/// How a token is signed. Each key is for one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC-SHA256 with a shared secret.
    Hs256,
    /// RSA with PKCS #1 v1.5 and SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Every algorithm, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Hs256, Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name in a token's `alg` (RFC 7518, RFC 8037).
    pub fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The bytes of the longest signature as it stands in a token: RSA signs with at most 4096 bits here.
    pub(super) fn longest_signature(self) -> usize {
        match self {
            Self::Hs256 => 43,
            Self::Rs256 => 683,
            Self::Es256 | Self::EdDsa => 86,
        }
    }
}

/// A key for tokens: it decides the algorithm, and its id, if it has one, the `kid`.
///
/// `Debug` shows the algorithm and the id only.
pub struct TokenKey {
    material: Material,
    id: Option<String>,
    /// The encoded header of every token that this key signs.
    header: String,
}

enum Material {
    Secret(SigningKey),
    Pair(KeyPair),
}

impl TokenKey {
    /// Takes a shared secret, for `HS256`.
    ///
    /// # Errors
    /// [`InvalidKey`] when the id is empty, too long or holds control characters.
    pub fn from_secret(secret: SigningKey, id: Option<String>) -> Result<Self, InvalidKey> {
        Self::new(Material::Secret(secret), id)
    }

    /// Takes a PEM text with one key: RSA of 2048 to 8192 bits (private: to 4096) for `RS256`, EC on P-256 for
    /// `ES256`, Ed25519 for `EdDSA`; private (PKCS #8, PKCS #1, SEC 1, not encrypted) or public (SPKI, PKCS #1).
    ///
    /// # Errors
    /// [`InvalidKey`] when it is none of these, or the id is not one.
    pub fn from_pem(pem: &[u8], id: Option<String>) -> Result<Self, InvalidKey> {
        let (label, der) = pem::read(pem)?;
        Self::new(Material::Pair(KeyPair::from_der(label, &der)?), id)
    }

    /// Takes a JSON Web Key (RFC 7517) of one of the four algorithms. Its `kid` is the key's id.
    ///
    /// # Errors
    /// [`InvalidKey`] when a member is missing or malformed, or `use` or `alg` say that it is for something else.
    pub fn from_jwk(members: &Map<String, Value>) -> Result<Self, InvalidKey> {
        let id = jwk::id(members)?;
        match jwk::read(members)? {
            jwk::Key::Secret(secret) => Self::new(Material::Secret(secret), id),
            jwk::Key::Pair(pair) => Self::new(Material::Pair(pair), id),
        }
    }

    fn new(material: Material, id: Option<String>) -> Result<Self, InvalidKey> {
        // U+FFFD stands where bytes were lost, so two ids that differ might look the same.
        let is_odd = |character: char| character.is_control() || character == char::REPLACEMENT_CHARACTER;
        let is_id = |id: &String| (1..=MAX_ID_BYTES).contains(&id.len()) && !id.chars().any(is_odd);
        if id.as_ref().is_some_and(|id| !is_id(id)) {
            return Err(InvalidKey::Malformed(
                "the id of a key is 1 to 255 bytes of UTF-8 without control characters",
            ));
        }
        let header = header(algorithm(&material), id.as_deref());
        Ok(Self { material, id, header })
    }

    /// The algorithm that every token of this key has.
    pub fn algorithm(&self) -> Algorithm {
        algorithm(&self.material)
    }

    /// The id by which tokens name this key.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The shared secret, for HMAC.
    ///
    /// # Errors
    /// [`InvalidKey`] when this key is no shared secret.
    pub fn secret(&self) -> Result<&SigningKey, InvalidKey> {
        match &self.material {
            Material::Secret(secret) => Ok(secret),
            Material::Pair(_) => {
                Err(InvalidKey::Malformed("an HMAC needs a shared secret; this key has two halves"))
            }
        }
    }

    /// The public half as a JSON Web Key.
    ///
    /// # Errors
    /// [`InvalidKey`] when this key is a shared secret, which has nothing to publish.
    pub fn public_jwk(&self) -> Result<Map<String, Value>, InvalidKey> {
        match &self.material {
            Material::Pair(pair) => Ok(jwk::write_public(pair, self.id())),
            Material::Secret(_) => Err(InvalidKey::Malformed("a shared secret has no public half")),
        }
    }

    pub(super) fn header(&self) -> &str {
        &self.header
    }

    pub(super) fn check_strength(&self) -> Result<(), JwtError> {
        match &self.material {
            Material::Secret(secret) => check_strength(secret),
            Material::Pair(_) => Ok(()),
        }
    }

    /// Writes the signature of a message behind what is in `token` already.
    pub(super) fn sign(&self, token: &mut String) -> Result<(), JwtError> {
        match &self.material {
            Material::Secret(secret) => {
                sign_with_secret(secret, token);
                Ok(())
            }
            Material::Pair(pair) if !pair.can_sign() => Err(JwtError::NotPrivate),
            Material::Pair(pair) => {
                let signature = pair.sign(token.as_bytes()).ok_or(JwtError::Unsigned)?;
                token.push('.');
                base64url::append(&signature, token);
                Ok(())
            }
        }
    }

    /// Whether the signature, as it stands in a token, is that of the message.
    pub(super) fn verifies(&self, message: &str, signature: &str) -> bool {
        match &self.material {
            Material::Secret(secret) => secret_verifies(secret, message, signature),
            Material::Pair(pair) => base64url::read(signature)
                .is_ok_and(|signature| pair.verifies(message.as_bytes(), &signature)),
        }
    }
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKey")
            .field("algorithm", &self.algorithm())
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// RFC 7518 §3.2: a secret for HS256 is as long as the hash.
pub(super) fn check_strength(secret: &SigningKey) -> Result<(), JwtError> {
    if secret.key_bytes() < MIN_KEY_BYTES { Err(JwtError::WeakKey) } else { Ok(()) }
}

pub(super) fn sign_with_secret(secret: &SigningKey, token: &mut String) {
    let signature = hmac::mac(&[token.as_bytes()], secret);
    token.push('.');
    base64url::append(&signature, token);
}

pub(super) fn secret_verifies(secret: &SigningKey, message: &str, signature: &str) -> bool {
    hmac::verify(message.as_bytes(), signature.as_bytes(), secret, SignatureEncoding::Base64Url)
}

fn algorithm(material: &Material) -> Algorithm {
    match material {
        Material::Secret(_) => Algorithm::Hs256,
        Material::Pair(pair) => pair.algorithm(),
    }
}

fn header(algorithm: Algorithm, id: Option<&str>) -> String {
    let kid = id.map_or_else(String::new, |id| format!(",\"kid\":{}", Value::from(id)));
    base64url::LETTERS.encode(format!("{{\"alg\":\"{}\"{kid},\"typ\":\"JWT\"}}", algorithm.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signing::KeySet;
    use std::sync::Arc;

    #[derive(serde::Deserialize)]
    struct Vectors {
        cases: Vec<Case>,
    }

    #[derive(serde::Deserialize)]
    struct Case {
        name: String,
        pem: Option<String>,
        jwk: Option<Map<String, Value>>,
        id: Option<String>,
        algorithm: Option<String>,
        public: Option<Map<String, Value>>,
        error: Option<String>,
    }

    impl Case {
        fn read(&self) -> Result<TokenKey, InvalidKey> {
            match (&self.pem, &self.jwk) {
                (Some(pem), None) => TokenKey::from_pem(pem.as_bytes(), self.id.clone()),
                (None, Some(jwk)) => TokenKey::from_jwk(jwk),
                (_, _) => panic!("{} is neither PEM nor JWK", self.name),
            }
        }
    }

    fn cases() -> Vec<Case> {
        let json = include_str!("../../../../tests/vectors/jwt/keys.json");
        let vectors: Vectors = serde_json::from_str(json).unwrap();
        assert!(vectors.cases.len() > 40);
        vectors.cases
    }

    #[test]
    fn the_golden_keys_are_read_or_refused_with_their_code() {
        for case in cases() {
            match case.read() {
                Ok(key) => {
                    assert_eq!(Some(key.algorithm().name()), case.algorithm.as_deref(), "{}", case.name);
                    assert_eq!(key.id(), case.id.as_deref(), "{}", case.name);
                    assert_eq!(key.public_jwk().ok(), case.public, "{}", case.name);
                }
                Err(error) => assert_eq!(Some(error.code().as_str()), case.error.as_deref(), "{}", case.name),
            }
        }
    }

    #[test]
    fn no_key_shows_more_than_its_algorithm_and_id() {
        for key in cases().iter().filter_map(|case| case.read().ok()) {
            let (algorithm, id) = (key.algorithm(), key.id());
            let shown = format!("TokenKey {{ algorithm: {algorithm:?}, id: {id:?}, .. }}");

            assert_eq!(format!("{key:?}"), shown);
        }
    }

    #[test]
    fn a_cut_or_changed_pem_is_refused_without_a_panic() {
        let pem = include_str!("../../../../tests/vectors/jwt/keys/ec.pem");

        for at in 0..pem.len() {
            let _ = TokenKey::from_pem(&pem.as_bytes()[..at], None);
            let mut changed = pem.as_bytes().to_vec();
            changed[at] ^= 1;
            let _ = TokenKey::from_pem(&changed, None);
        }
        assert!(TokenKey::from_pem(pem.as_bytes(), None).is_ok());
    }

    fn secret(id: Option<&str>) -> Arc<TokenKey> {
        let secret = SigningKey::from_bytes(&[7; 32]).unwrap();
        Arc::new(TokenKey::from_secret(secret, id.map(str::to_owned)).unwrap())
    }

    #[test]
    fn a_set_needs_keys_with_ids_of_their_own() {
        let refused = |keys: Vec<Arc<TokenKey>>| matches!(KeySet::new(keys), Err(InvalidKey::Malformed(_)));

        assert!(refused(Vec::new()));
        assert!(refused(vec![secret(Some("a")), secret(None)]));
        assert!(refused(vec![secret(Some("a")), secret(Some("a"))]));
        assert!(refused((0..65).map(|id| secret(Some(&id.to_string()))).collect()));
        assert!(!refused((0..64).map(|id| secret(Some(&id.to_string()))).collect()));
    }

    #[test]
    fn a_set_publishes_no_secret() {
        let pem = include_bytes!("../../../../tests/vectors/jwt/keys/ed25519.pem");
        let pair = Arc::new(TokenKey::from_pem(pem, Some(String::from("b"))).unwrap());
        let set = KeySet::new(vec![secret(Some("a")), Arc::clone(&pair)]).unwrap();

        let published = set.public_jwks();

        assert_eq!(published["keys"], Value::Array(vec![Value::Object(pair.public_jwk().unwrap())]));
        assert!(published["keys"][0].get("d").is_none());
        assert!(KeySet::from_jwks(&published).unwrap().find("b").is_some());
    }
}

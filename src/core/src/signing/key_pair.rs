//! Keys of two halves: whoever has the public one checks, whoever has the private one signs too.

use ring::agreement;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair as RsaKeyPair, KeyPairComponents, PublicKeyComponents};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::der::{Der, EXPLICIT_0, EXPLICIT_1, OBJECT_ID, OCTET_STRING, SEQUENCE};
use super::pem::Label;
use super::{Algorithm, InvalidKey};

/// `1.2.840.113549.1.1.1`.
const RSA_ID: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// `1.2.840.10045.2.1`.
const EC_ID: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// `1.2.840.10045.3.1.7`, also called prime256v1 and secp256r1.
const P256_ID: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// `1.3.101.112`.
const ED25519_ID: &[u8] = &[0x2b, 0x65, 0x70];

/// The bytes of one coordinate of P-256, and of a key of Ed25519.
pub(super) const COORDINATE_BYTES: usize = 32;
/// The byte before the two coordinates of a point that is written in full.
pub(super) const UNCOMPRESSED: u8 = 4;
/// The sizes of the modulus that are taken, in bytes: 2048 to 8192 bits.
const RSA_MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

const REJECTED: InvalidKey = InvalidKey::Malformed("the parts of the key do not belong together");
const NOT_TAKEN: InvalidKey =
    InvalidKey::Malformed("the key is none of RSA with 2048 to 8192 bits, EC on P-256 and Ed25519");
const NO_PUBLIC_HALF: InvalidKey = InvalidKey::Malformed("the private EC key lacks its public half");
const MALFORMED: InvalidKey = InvalidKey::Malformed("the key is malformed");

/// A parsed key. Without a private half it only checks.
pub(super) enum KeyPair {
    Rsa { private: Option<Box<RsaKeyPair>>, modulus: Vec<u8>, exponent: Vec<u8> },
    P256 { private: Option<Box<EcdsaKeyPair>>, point: Vec<u8> },
    Ed25519 { private: Option<Box<Ed25519KeyPair>>, public: Vec<u8> },
}

impl KeyPair {
    pub(super) fn from_der(label: Label, der: &[u8]) -> Result<Self, InvalidKey> {
        match label {
            Label::Private => Self::from_pkcs8(der),
            Label::RsaPrivate => RsaKeyPair::from_der(der).map_err(|_| REJECTED).map(Self::rsa_pair),
            Label::EcPrivate => Self::from_sec1(der),
            Label::Public => Self::from_spki(der),
            Label::RsaPublic => Self::from_rsa_public_der(der),
        }
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, InvalidKey> {
        let mut body = Der::new(der).enter(SEQUENCE).ok_or(MALFORMED)?;
        body.take(super::der::INTEGER).ok_or(MALFORMED)?;
        let kind = KeyKind::read(&mut body)?;
        let inner = body.take(OCTET_STRING).ok_or(MALFORMED)?;
        match kind {
            KeyKind::Rsa => RsaKeyPair::from_der(inner).map_err(|_| REJECTED).map(Self::rsa_pair),
            KeyKind::P256 => Self::from_sec1(inner),
            KeyKind::Ed25519 => {
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).map_err(|_| REJECTED).map(Self::ed25519_pair)
            }
        }
    }

    /// Reads the private EC key of RFC 5915, which PKCS #8 wraps.
    fn from_sec1(der: &[u8]) -> Result<Self, InvalidKey> {
        let mut body = Der::new(der).enter(SEQUENCE).ok_or(MALFORMED)?;
        body.take(super::der::INTEGER).ok_or(MALFORMED)?;
        let secret = body.take(OCTET_STRING).ok_or(MALFORMED)?;
        if let Some(mut curve) = body.enter(EXPLICIT_0)
            && curve.take(OBJECT_ID) != Some(P256_ID)
        {
            return Err(NOT_TAKEN);
        }
        let mut public = body.enter(EXPLICIT_1).ok_or(NO_PUBLIC_HALF)?;
        Self::p256_pair(secret, public.take_bits().ok_or(MALFORMED)?)
    }

    fn from_spki(der: &[u8]) -> Result<Self, InvalidKey> {
        let mut whole = Der::new(der);
        let mut body = whole.enter(SEQUENCE).ok_or(MALFORMED)?;
        let kind = KeyKind::read(&mut body)?;
        let key = body.take_bits().ok_or(MALFORMED)?;
        if !body.is_empty() || !whole.is_empty() {
            return Err(MALFORMED);
        }
        match kind {
            KeyKind::Rsa => Self::from_rsa_public_der(key),
            KeyKind::P256 => Self::p256_public(key),
            KeyKind::Ed25519 => Self::ed25519_public(key),
        }
    }

    fn from_rsa_public_der(der: &[u8]) -> Result<Self, InvalidKey> {
        let mut body = Der::new(der).enter(SEQUENCE).ok_or(MALFORMED)?;
        let modulus = body.take_positive().ok_or(MALFORMED)?;
        let exponent = body.take_positive().ok_or(MALFORMED)?;
        Self::rsa_public(modulus, exponent)
    }

    /// Takes the two numbers of a public RSA key, in big-endian bytes without leading zeros.
    pub(super) fn rsa_public(modulus: &[u8], exponent: &[u8]) -> Result<Self, InvalidKey> {
        let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
        let starts = |number: &[u8]| number.first().is_some_and(|first| *first != 0);
        // ring takes exponents of 3 to 33 bits, and says so only when it verifies.
        let is_exponent = is_odd(exponent) && starts(exponent) && exponent.len() <= 4 && exponent != [1];
        if !RSA_MODULUS_BYTES.contains(&modulus.len()) || !starts(modulus) || !is_odd(modulus) || !is_exponent
        {
            return Err(NOT_TAKEN);
        }
        // 2048 bits are 256 bytes with the first bit set.
        if modulus.len() == *RSA_MODULUS_BYTES.start() && modulus.first().is_some_and(|first| *first < 0x80) {
            return Err(NOT_TAKEN);
        }
        Ok(Self::Rsa { private: None, modulus: modulus.to_vec(), exponent: exponent.to_vec() })
    }

    pub(super) fn rsa_components(components: &KeyPairComponents<&[u8]>) -> Result<Self, InvalidKey> {
        RsaKeyPair::from_components(components).map_err(|_| REJECTED).map(Self::rsa_pair)
    }

    fn rsa_pair(pair: RsaKeyPair) -> Self {
        let PublicKeyComponents { n, e } = PublicKeyComponents::<Vec<u8>>::from(pair.public());
        Self::Rsa { private: Some(Box::new(pair)), modulus: n, exponent: e }
    }

    pub(super) fn p256_pair(secret: &[u8], point: &[u8]) -> Result<Self, InvalidKey> {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, secret, point, &random)
            .map_err(|_| REJECTED)?;
        Ok(Self::P256 { private: Some(Box::new(pair)), point: point.to_vec() })
    }

    /// Takes a point written in full, when it is on the curve.
    pub(super) fn p256_public(point: &[u8]) -> Result<Self, InvalidKey> {
        if point.len() != 1 + 2 * COORDINATE_BYTES || point.first() != Some(&UNCOMPRESSED) {
            return Err(InvalidKey::Malformed("the EC key is not an uncompressed point of P-256"));
        }
        // ring looks at the point only when it is used: an exchange with a key that is thrown away uses it.
        let probe = agreement::EphemeralPrivateKey::generate(&agreement::ECDH_P256, &SystemRandom::new())
            .map_err(|_| REJECTED)?;
        let peer = agreement::UnparsedPublicKey::new(&agreement::ECDH_P256, point);
        agreement::agree_ephemeral(probe, &peer, |_| ())
            .map_err(|_| InvalidKey::Malformed("the point of the EC key is not on its curve"))?;
        Ok(Self::P256 { private: None, point: point.to_vec() })
    }

    pub(super) fn ed25519_from_seed(seed: &[u8], public: &[u8]) -> Result<Self, InvalidKey> {
        Ed25519KeyPair::from_seed_and_public_key(seed, public).map_err(|_| REJECTED).map(Self::ed25519_pair)
    }

    fn ed25519_pair(pair: Ed25519KeyPair) -> Self {
        let public = pair.public_key().as_ref().to_vec();
        Self::Ed25519 { private: Some(Box::new(pair)), public }
    }

    pub(super) fn ed25519_public(public: &[u8]) -> Result<Self, InvalidKey> {
        if public.len() != COORDINATE_BYTES {
            return Err(InvalidKey::Malformed("a public Ed25519 key has 32 bytes"));
        }
        Ok(Self::Ed25519 { private: None, public: public.to_vec() })
    }

    /// The one algorithm that this key is for.
    pub(super) fn algorithm(&self) -> Algorithm {
        match self {
            Self::Rsa { .. } => Algorithm::Rs256,
            Self::P256 { .. } => Algorithm::Es256,
            Self::Ed25519 { .. } => Algorithm::EdDsa,
        }
    }

    pub(super) fn can_sign(&self) -> bool {
        match self {
            Self::Rsa { private, .. } => private.is_some(),
            Self::P256 { private, .. } => private.is_some(),
            Self::Ed25519 { private, .. } => private.is_some(),
        }
    }

    /// Signs the message. `None` without a private half, or when the machine gives no randomness.
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa { private, modulus, .. } => {
                let mut signature = vec![0; modulus.len()];
                private.as_ref()?.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).ok()?;
                Some(signature)
            }
            Self::P256 { private, .. } => {
                private.as_ref()?.sign(&random, message).ok().map(|signature| signature.as_ref().to_vec())
            }
            Self::Ed25519 { private, .. } => Some(private.as_ref()?.sign(message).as_ref().to_vec()),
        }
    }

    /// Whether the signature is that of the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa { modulus, exponent, .. } => RsaPublicKeyComponents { n: modulus, e: exponent }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
            Self::P256 { point, .. } => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            Self::Ed25519 { public, .. } => {
                UnparsedPublicKey::new(&ED25519, public).verify(message, signature)
            }
        }
        .is_ok()
    }
}

/// What the algorithm identifier of a container says.
#[derive(Clone, Copy)]
enum KeyKind {
    Rsa,
    P256,
    Ed25519,
}

impl KeyKind {
    fn read(body: &mut Der<'_>) -> Result<Self, InvalidKey> {
        let mut identifier = body.enter(SEQUENCE).ok_or(MALFORMED)?;
        match identifier.take(OBJECT_ID).ok_or(MALFORMED)? {
            RSA_ID => Ok(Self::Rsa),
            EC_ID if identifier.take(OBJECT_ID) == Some(P256_ID) => Ok(Self::P256),
            ED25519_ID => Ok(Self::Ed25519),
            _ => Err(NOT_TAKEN),
        }
    }
}

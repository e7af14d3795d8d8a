use std::sync::Arc;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use platen_core::signing::{self, InvalidKey, TokenKey};

use super::key_cache;
use crate::convert::{json_object, php_array};
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::{Bytes, Items, OptionalText};

/// A key for the signing functions. It shows nothing of itself and can be neither copied nor serialised.
#[php_class]
#[php(name = "Platen\\SigningKey", flags = ClassFlags::Final)]
pub(crate) struct SigningKey {
    key: Arc<TokenKey>,
}

impl SigningKey {
    /// The class's name in PHP.
    pub(crate) const PHP_NAME: &'static str = "Platen\\SigningKey";

    pub(crate) fn of(key: Arc<TokenKey>) -> Self {
        Self { key }
    }

    pub(crate) fn key(&self) -> &Arc<TokenKey> {
        &self.key
    }

    fn of_secret(
        id: OptionalText<'_>,
        read: impl FnOnce() -> Result<signing::SigningKey, InvalidKey>,
    ) -> Result<Self, Failure> {
        guard(|| Ok(Self::of(Arc::new(TokenKey::from_secret(read()?, id.into_owned())?))))
    }
}

#[php_impl]
impl SigningKey {
    /// Takes `whsec_` and base64, `psk_` and base64url, or at least 32 raw bytes.
    pub(crate) fn from_string(secret: Bytes<'_>, id: OptionalText<'_>) -> Result<Self, Failure> {
        Self::of_secret(id, || signing::SigningKey::from_text(secret.0))
    }

    /// Takes the letters of another service's secret as they are.
    pub(crate) fn from_bytes(secret: Bytes<'_>, id: OptionalText<'_>) -> Result<Self, Failure> {
        Self::of_secret(id, || signing::SigningKey::from_foreign_secret(secret.0))
    }

    /// Takes a private or public RSA, EC or Ed25519 key.
    pub(crate) fn from_pem(pem: Bytes<'_>, id: OptionalText<'_>) -> Result<Self, Failure> {
        guard(|| {
            let id = id.into_owned();
            Ok(Self::of(key_cache::get_or_parse(pem.0, id.as_deref(), || {
                TokenKey::from_pem(pem.0, id.clone())
            })?))
        })
    }

    /// Takes a JSON Web Key.
    pub(crate) fn from_jwk(jwk: Items<'_>) -> Result<Self, Failure> {
        guard(|| {
            let members = json_object(jwk.0, "JWK")?;
            let text = serde_json::to_vec(&members).unwrap_or_default();
            Ok(Self::of(key_cache::get_or_parse(&text, None, || TokenKey::from_jwk(&members))?))
        })
    }

    /// The algorithm of this key's tokens.
    pub(crate) fn algorithm(&self) -> Result<&'static str, Failure> {
        guard(|| Ok(self.key.algorithm().name()))
    }

    /// The id by which tokens name this key.
    pub(crate) fn id(&self) -> Result<Option<String>, Failure> {
        guard(|| Ok(self.key.id().map(str::to_owned)))
    }

    /// The public half as a JSON Web Key.
    pub(crate) fn to_jwk(&self) -> Result<ZBox<ZendHashTable>, Failure> {
        guard(|| php_array(&self.key.public_jwk()?))
    }
}

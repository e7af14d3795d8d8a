use std::sync::Arc;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use platen_core::signing;

use super::SigningKey;
use crate::convert::{json_object, php_array};
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::{Items, KeyList, Text};

/// Several keys with ids, for tokens while keys rotate.
#[php_class]
#[php(name = "Platen\\KeySet", flags = ClassFlags::Final)]
pub(crate) struct KeySet {
    set: signing::KeySet,
}

impl KeySet {
    pub(crate) fn set(&self) -> &signing::KeySet {
        &self.set
    }
}

#[php_impl]
impl KeySet {
    /// Takes keys that have ids.
    pub(crate) fn from_keys(keys: KeyList) -> Result<Self, Failure> {
        guard(|| Ok(Self { set: signing::KeySet::new(keys.0)? }))
    }

    /// Takes a JSON Web Key Set.
    pub(crate) fn from_jwks(jwks: Items<'_>) -> Result<Self, Failure> {
        guard(|| Ok(Self { set: signing::KeySet::from_jwks(&json_object(jwks.0, "JWKS")?)? }))
    }

    /// The key with this id.
    pub(crate) fn find(&self, id: Text<'_>) -> Result<Option<SigningKey>, Failure> {
        guard(|| Ok(self.set.find(id.as_str()).map(|key| SigningKey::of(Arc::clone(key)))))
    }

    /// The ids, in the order of the keys.
    pub(crate) fn ids(&self) -> Result<Vec<String>, Failure> {
        guard(|| Ok(self.set.keys().iter().filter_map(|key| key.id()).map(str::to_owned).collect()))
    }

    /// The public halves as a JSON Web Key Set.
    pub(crate) fn to_jwks(&self) -> Result<ZBox<ZendHashTable>, Failure> {
        guard(|| php_array(&self.set.public_jwks()))
    }
}

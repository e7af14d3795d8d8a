use std::sync::Arc;

use serde_json::{Map, Value};

use super::{InvalidKey, TokenKey};

/// The most keys of one set: a rotation has two or three.
const MAX_KEYS: usize = 64;

/// Several keys, each with an id of its own: what is needed while keys rotate. A token must name one of them.
#[derive(Clone, Debug)]
pub struct KeySet {
    keys: Vec<Arc<TokenKey>>,
}

impl KeySet {
    /// Takes at least one key.
    ///
    /// # Errors
    /// [`InvalidKey`] when there is none, there are more than 64, one has no id or two have the same.
    pub fn new(keys: Vec<Arc<TokenKey>>) -> Result<Self, InvalidKey> {
        if keys.is_empty() {
            return Err(InvalidKey::Malformed("a key set holds at least one usable key"));
        }
        if keys.len() > MAX_KEYS {
            return Err(InvalidKey::Malformed("a key set holds at most 64 keys"));
        }
        let mut ids: Vec<&str> = keys.iter().filter_map(|key| key.id()).collect();
        if ids.len() < keys.len() {
            return Err(InvalidKey::Malformed("every key of a key set has an id"));
        }
        ids.sort_unstable();
        if ids.windows(2).any(|pair| matches!(pair, [first, second] if first == second)) {
            return Err(InvalidKey::Malformed("two keys of a key set have the same id"));
        }
        Ok(Self { keys })
    }

    /// Takes a JSON Web Key Set. As RFC 7517 §5 asks, keys that cannot be used here are passed over: other
    /// kinds, other uses, malformed ones, those without a `kid`.
    ///
    /// # Errors
    /// [`InvalidKey`] when `keys` is no list, no key remains or two have the same id.
    pub fn from_jwks(members: &Map<String, Value>) -> Result<Self, InvalidKey> {
        let Some(Value::Array(listed)) = members.get("keys") else {
            return Err(InvalidKey::Malformed("a JWKS has a list named keys"));
        };
        if listed.len() > MAX_KEYS {
            return Err(InvalidKey::Malformed("a key set holds at most 64 keys"));
        }
        let usable =
            listed.iter().filter_map(Value::as_object).filter_map(|key| TokenKey::from_jwk(key).ok());
        Self::new(usable.filter(|key| key.id().is_some()).map(Arc::new).collect())
    }

    /// The public halves as a JSON Web Key Set. Shared secrets are left out.
    pub fn public_jwks(&self) -> Map<String, Value> {
        let keys = self.keys.iter().filter_map(|key| key.public_jwk().ok()).map(Value::Object).collect();
        Map::from_iter([(String::from("keys"), Value::Array(keys))])
    }

    /// The key with this id.
    pub fn find(&self, id: &str) -> Option<&Arc<TokenKey>> {
        self.keys.iter().find(|key| key.id() == Some(id))
    }

    /// The keys, in their order.
    pub fn keys(&self) -> &[Arc<TokenKey>] {
        &self.keys
    }
}

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::JwtError;
use crate::signing::Algorithm;

const MALFORMED: JwtError = JwtError::Malformed("header");

/// The header of a token that is not to the letter the one we write.
pub(super) struct Header {
    members: Map<String, Value>,
    alg: String,
    pub(super) kid: Option<String>,
}

impl Header {
    pub(super) fn read(encoded: &str) -> Result<Self, JwtError> {
        let json = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| MALFORMED)?;
        // A map and no derived struct, which would also take a JSON array.
        let mut members: Map<String, Value> = serde_json::from_slice(&json).map_err(|_| MALFORMED)?;
        let mut text = |name: &str| match members.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(MALFORMED),
        };
        let (alg, kid) = (text("alg")?.ok_or(MALFORMED)?, text("kid")?);
        if !Algorithm::ALL.into_iter().any(|known| known.name() == alg) {
            return Err(JwtError::Algorithm);
        }
        Ok(Self { members, alg, kid })
    }

    pub(super) fn check(&self, algorithm: Algorithm) -> Result<(), JwtError> {
        if self.alg != algorithm.name() {
            return Err(JwtError::Algorithm);
        }
        let is_jwt = match self.members.get("typ") {
            None | Some(Value::Null) => true,
            Some(typ) => typ == "JWT",
        };
        // A header with critical extensions must not be accepted by who does not know them (RFC 7515 §4.1.11).
        let is_critical = self.members.get("crit").is_some_and(|crit| !crit.is_null());
        if is_jwt && !is_critical { Ok(()) } else { Err(MALFORMED) }
    }
}

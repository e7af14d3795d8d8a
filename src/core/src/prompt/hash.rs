use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{Rules, canonical};

/// The SHA-256 of a prompt's [canonical form](canonical), written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PromptHash([u8; 32]);

/// Hashes a prompt.
///
/// ```
/// use platen_core::prompt::hash;
/// use serde_json::json;
///
/// assert_eq!(hash(&json!({"a": 1, "b": 2})), hash(&json!({"b": 2.0, "a": 1})));
/// ```
pub fn hash(value: &Value) -> PromptHash {
    hash_by(value, Rules::default())
}

/// Hashes a prompt by rules that take more prompts for the same.
///
/// ```
/// use platen_core::prompt::{Case, Rules, Whitespace, hash, hash_by};
/// use serde_json::json;
///
/// let rules = Rules { whitespace: Whitespace::Collapse, case: Case::Fold };
/// assert_eq!(hash_by(&json!("Hello  World\n"), rules), hash_by(&json!("hello world"), rules));
/// assert_ne!(hash_by(&json!("hello world"), rules), hash(&json!("hello world")));
/// ```
pub fn hash_by(value: &Value, rules: Rules) -> PromptHash {
    PromptHash(Sha256::digest(canonical(value, rules)).into())
}

impl PromptHash {
    /// The 32 bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for PromptHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for PromptHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PromptHash({self})")
    }
}

/// The text is not the hash of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a prompt hash is 64 lower-case hexadecimal digits")]
pub struct ParsePromptHashError;

impl FromStr for PromptHash {
    type Err = ParsePromptHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let mut bytes = [0; 32];
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return Err(ParsePromptHashError);
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = digit(*high)? << 4 | digit(*low)?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for PromptHash {
    type Error = ParsePromptHashError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<PromptHash> for String {
    fn from(hash: PromptHash) -> Self {
        hash.to_string()
    }
}

fn digit(character: u8) -> Result<u8, ParsePromptHashError> {
    match character {
        b'0'..=b'9' => Ok(character - b'0'),
        b'a'..=b'f' => Ok(character - b'a' + 10),
        _ => Err(ParsePromptHashError),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hash_survives_its_text_form() {
        let hash = hash(&json!({"model": "default"}));

        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(serde_json::from_str::<PromptHash>(&serde_json::to_string(&hash).unwrap()).unwrap(), hash);
    }

    #[test]
    fn what_is_not_64_lower_case_digits_is_no_hash() {
        for text in
            [String::new(), "0".repeat(63), "0".repeat(65), "A".repeat(64), "é".repeat(32), "g".repeat(64)]
        {
            assert_eq!(text.parse::<PromptHash>(), Err(ParsePromptHashError), "{text}");
        }
    }
}

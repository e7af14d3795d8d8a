use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::limits::MAX_CACHE_TAG_BYTES;

/// A word that cached answers are flushed by: `model:gpt-4o`, `version:3`, `post:17`. 1 to 191 bytes without
/// control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CacheTag(String);

/// The text is not a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a cache tag is 1 to {MAX_CACHE_TAG_BYTES} bytes without control characters")]
pub struct InvalidCacheTag;

impl CacheTag {
    /// The tag's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CacheTag {
    type Error = InvalidCacheTag;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_tag = (1..=MAX_CACHE_TAG_BYTES).contains(&text.len()) && !text.chars().any(char::is_control);
        if is_tag { Ok(Self(text)) } else { Err(InvalidCacheTag) }
    }
}

impl From<CacheTag> for String {
    fn from(tag: CacheTag) -> Self {
        tag.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_short_text_without_control_characters() {
        for text in ["model:gpt-4o", "Größe 3", &"x".repeat(191)] {
            assert_eq!(CacheTag::try_from(text.to_owned()).map(String::from), Ok(text.to_owned()));
        }
        for text in ["", "a\nb", "a\0", "\u{85}", &"x".repeat(192)] {
            assert_eq!(CacheTag::try_from(text.to_owned()), Err(InvalidCacheTag), "{text:?}");
        }
    }
}

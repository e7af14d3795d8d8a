use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::file::check_range;

/// `[retention]`: how long content is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionConfig {
    /// Days after which prompts and answers of ended jobs go; their figures stay.
    pub content_days: u32,
    /// The same of sites with a rule of their own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sites: BTreeMap<String, u32>,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self { content_days: 30, sites: BTreeMap::new() }
    }
}

impl RetentionConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        check_range("retention.content_days", self.content_days, 1..=36_500)?;
        self.sites
            .iter()
            .try_for_each(|(site, days)| check_range(&format!("retention.sites.{site}"), *days, 1..=36_500))
    }
}

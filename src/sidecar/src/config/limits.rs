use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::file::check_range;
use super::{ConfigError, ModelConfig, ProviderConfig};

/// `[limits]`: how many steps may run at the same time, besides `jobs.concurrency`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Of any one site; 0 for no limit of its own.
    pub per_site: u32,
    /// Of sites with a limit of their own.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sites: BTreeMap<String, u32>,
    /// Of providers, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub providers: BTreeMap<String, u32>,
    /// Of models, by alias.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub models: BTreeMap<String, u32>,
}

impl LimitsConfig {
    pub(super) fn check(
        &self,
        providers: &[ProviderConfig],
        models: &[ModelConfig],
    ) -> Result<(), ConfigError> {
        check_range("limits.per_site", self.per_site, 0..=4096)?;
        for (section, entries) in
            [("sites", &self.sites), ("providers", &self.providers), ("models", &self.models)]
        {
            for (name, limit) in entries {
                check_range(&format!("limits.{section}.{name}"), *limit, 1..=4096)?;
            }
        }
        let unknown = |section: &str, name: &str| {
            ConfigError::invalid(format!("limits.{section}.{name}"), "nothing of this name is configured")
        };
        for name in self.providers.keys() {
            if !providers.iter().any(|provider| provider.name == *name) {
                return Err(unknown("providers", name));
            }
        }
        for name in self.models.keys() {
            if !models.iter().any(|model| model.alias == *name) {
                return Err(unknown("models", name));
            }
        }
        Ok(())
    }
}

use std::collections::{BTreeMap, HashMap};

use platen_core::job::SiteId;

use crate::config::{LimitsConfig, ModelConfig};

/// How many steps may run at the same time, of what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Slots of this daemon.
    pub slots: usize,
    /// Of one site; `None` for no limit but the slots.
    pub site: Option<usize>,
    /// Of sites with a limit of their own.
    pub sites: HashMap<SiteId, usize>,
    /// Of providers, by name.
    pub providers: HashMap<String, usize>,
    /// Of models, by alias.
    pub models: HashMap<String, usize>,
    /// The provider of each model, by alias.
    pub provider_of_model: HashMap<String, String>,
}

/// One slot in so many is kept free of batch work.
const RESERVED_PART: usize = 8;

impl Limits {
    /// The limits of a configuration.
    pub fn new(slots: u32, config: &LimitsConfig, models: &[ModelConfig]) -> Self {
        let named = |entries: &BTreeMap<String, u32>| {
            entries.iter().map(|(name, limit)| (name.clone(), size(*limit))).collect()
        };
        Self {
            slots: size(slots),
            site: (config.per_site > 0).then(|| size(config.per_site)),
            // A name that no site can have limits nothing.
            sites: config
                .sites
                .iter()
                .filter_map(|(name, limit)| Some((name.clone().try_into().ok()?, size(*limit))))
                .collect(),
            providers: named(&config.providers),
            models: named(&config.models),
            provider_of_model: models
                .iter()
                .map(|model| (model.alias.clone(), model.provider.clone()))
                .collect(),
        }
    }

    /// Steps of batch jobs that may run in this daemon: all slots but an eighth, and one at least, because
    /// batch work must not starve either.
    pub fn batch(&self) -> usize {
        self.slots.saturating_sub(self.slots.div_ceil(RESERVED_PART)).max(1)
    }

    pub(super) fn provider_of(&self, model: &str) -> Option<&str> {
        self.provider_of_model.get(model).map(String::as_str)
    }

    pub(super) fn of_site(&self, site: &SiteId) -> usize {
        self.sites.get(site).copied().or(self.site).unwrap_or(usize::MAX)
    }

    pub(super) fn of_model(&self, model: &str) -> usize {
        self.models.get(model).copied().unwrap_or(usize::MAX)
    }

    pub(super) fn of_provider(&self, provider: &str) -> usize {
        self.providers.get(provider).copied().unwrap_or(usize::MAX)
    }
}

fn size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

//! From the name that a site asks for to the provider that answers.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::{ModelConfig, Price};
use crate::providers::Provider;

/// Where the work for one name goes.
#[derive(Clone)]
pub struct Route {
    /// Who answers.
    pub provider: Arc<dyn Provider>,
    /// The model by the provider's name.
    pub model: String,
    /// What it costs, if that is known.
    pub price: Option<Price>,
}

/// All names that sites may ask for.
pub struct ModelTable(HashMap<String, Route>);

impl ModelTable {
    /// Joins the configured models with their providers. `config` has checked that each has one.
    pub fn new(models: &[ModelConfig], providers: &HashMap<String, Arc<dyn Provider>>) -> Self {
        let route = |config: &ModelConfig| {
            let provider = Arc::clone(providers.get(&config.provider)?);
            let route = Route { provider, model: config.model.clone(), price: config.price };
            Some((config.alias.clone(), route))
        };
        Self(models.iter().filter_map(route).collect())
    }

    /// The names, in alphabetical order.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// The route of this name, `None` when nobody allowed it.
    pub fn resolve(&self, name: &str) -> Option<&Route> {
        self.0.get(name)
    }
}

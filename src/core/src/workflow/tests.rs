mod definitions;
mod examples;
mod machine;
mod model;
mod rendering;
mod store;

use serde_json::Value;

use super::{InvalidWorkflow, Workflow};

/// Reads a definition in TOML.
fn load(text: &str) -> Result<Workflow, InvalidWorkflow> {
    Workflow::load(toml::Deserializer::parse(text).expect("the test has well-formed TOML"))
}

/// Reads a definition that is valid.
fn valid(text: &str) -> Workflow {
    load(text).unwrap_or_else(|error| panic!("{error}"))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

//! The hash of a prompt, under which its answer is cached.

use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use platen_core::prompt::{self, Rules};

use crate::convert::{entries, json_value, text};
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::Options;

/// Hashes a prompt's canonical JSON form: 64 hexadecimal digits.
#[php_function]
#[php(name = "Platen\\prompt_hash", defaults(options = []))]
fn prompt_hash(prompt: &Zval, options: Options<'_>) -> Result<String, Failure> {
    guard(|| {
        let rules = read_rules(options.0)?;
        Ok(prompt::hash_by(&json_value(prompt, "prompt")?, rules).to_string())
    })
}

fn read_rules(options: Option<&ZendHashTable>) -> Result<Rules, Failure> {
    let mut rules = Rules::default();
    let Some(options) = options else { return Ok(rules) };
    for (key, value) in entries(options) {
        match text(&key).unwrap_or_default() {
            "version" => {
                if value.dereference().long() != Some(i64::from(prompt::VERSION)) {
                    return Err(refused(&format!("the option version is {}", prompt::VERSION)));
                }
            }
            "whitespace" => rules.whitespace = text(value).unwrap_or_default().parse()?,
            "case" => rules.case = text(value).unwrap_or_default().parse()?,
            _ => return Err(refused("the options are version, whitespace and case")),
        }
    }
    Ok(rules)
}

fn refused(message: &str) -> Failure {
    Failure::Argument(message.to_owned())
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(prompt_hash))
}

//! The hash of a prompt, under which its answer is cached.

use ext_php_rs::prelude::*;
use ext_php_rs::types::Zval;
use platen_core::prompt;

use crate::convert::json_value;
use crate::exceptions::Failure;
use crate::guard::guard;

/// Hashes a prompt's canonical JSON form: 64 hexadecimal digits.
#[php_function]
#[php(name = "Platen\\prompt_hash")]
fn prompt_hash(prompt: &Zval) -> Result<String, Failure> {
    guard(|| Ok(prompt::hash(&json_value(prompt, "prompt")?).to_string()))
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(prompt_hash))
}

//! Counting tokens.

use ext_php_rs::prelude::*;
use platen_core::limits::MAX_TEXT_BYTES;
use platen_core::tokens;

use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::Text;

/// Counts the tokens of a text as the model counts them.
#[php_function]
#[php(name = "Platen\\count_tokens", defaults(model = "\"\""))]
fn count_tokens(text: Text<'_>, model: Text<'_>) -> Result<i64, Failure> {
    guard(|| {
        check_length(text.as_str())?;
        let count = tokens::count(text.as_str(), model.as_str());
        Ok(i64::try_from(count.tokens).unwrap_or(i64::MAX))
    })
}

/// Refuses a text that would keep the worker busy for seconds.
pub(super) fn check_length(text: &str) -> Result<(), Failure> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(Failure::TooLarge { what: "the text", actual: text.len(), limit: MAX_TEXT_BYTES });
    }
    Ok(())
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(count_tokens))
}

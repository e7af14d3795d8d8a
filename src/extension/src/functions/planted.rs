//! A fault on purpose, compiled in for one test only.

use ext_php_rs::prelude::*;

use crate::exceptions::Failure;
use crate::guard::guard;

/// Panics with the text in its message.
#[php_function]
#[php(name = "Platen\\planted_panic")]
#[expect(clippy::panic, reason = "the guard is what is tested")]
fn planted_panic(text: String) -> Result<bool, Failure> {
    guard(|| panic!("{text}"))
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(planted_panic))
}

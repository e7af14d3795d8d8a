//! Faults on purpose, compiled in for tests only.

use ext_php_rs::prelude::*;

use crate::exceptions::Failure;
use crate::guard::guard;
use crate::guard::planted::{Place, plant};

/// Panics with the text in its message.
#[php_function]
#[php(name = "Platen\\planted_panic")]
#[expect(clippy::panic, reason = "the guard is what is tested")]
fn planted_panic(text: String) -> Result<bool, Failure> {
    guard(|| panic!("{text}"))
}

/// Lets the next guard of this place panic: `body`, `argument` or `callback`; any other name takes the panic back.
#[php_function]
#[php(name = "Platen\\plant_panic")]
fn plant_panic(place: String) {
    plant(match place.as_str() {
        "body" => Some(Place::Body),
        "argument" => Some(Place::Argument),
        "callback" => Some(Place::Callback),
        _ => None,
    });
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(planted_panic)).function(wrap_function!(plant_panic))
}

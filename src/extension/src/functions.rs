//! The functions in the namespace `Platen`, one file per group.

mod cache;
mod history;
mod jobs;
mod jwt_checks;
pub(crate) mod limits;
#[cfg(feature = "planted-panic")]
mod planted;
mod prompt;
mod redact;
mod runtime;
mod signing;
mod submit;
mod tokens;

use ext_php_rs::builders::ModuleBuilder;

/// Adds every function to the module.
pub(crate) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    let module = tokens::register(module);
    let module = history::register(module);
    let module = signing::register(module);
    let module = prompt::register(module);
    let module = redact::register(module);
    let module = cache::register(module);
    #[cfg(feature = "planted-panic")]
    let module = planted::register(module);
    let module = jobs::register(module);
    let module = submit::register(module);
    let module = limits::register(module);
    runtime::register(module)
}

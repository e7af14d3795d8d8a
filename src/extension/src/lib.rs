//! The PHP extension `platen`: a thin skin between PHP's values and `platen-core`, and a blocking client of the
//! daemon's socket. It has no threads, opens nothing before a worker's first use but a page of shared memory, and lets
//! no panic out.

#![warn(clippy::indexing_slicing)]

mod cache_file;
#[expect(elided_lifetimes_in_paths, reason = "the macros of ext-php-rs leave them out of what they generate")]
#[expect(clippy::needless_pass_by_value, reason = "the macros hand every argument over by value")]
mod classes;
mod clock;
mod convert;
mod daemon;
mod exceptions;
mod footprint;
#[expect(elided_lifetimes_in_paths, reason = "the macros of ext-php-rs leave them out of what they generate")]
#[expect(clippy::needless_pass_by_value, reason = "the macros hand every argument over by value")]
mod functions;
mod guard;
mod info;
mod ini;
mod limits_file;
mod messages;
mod params;
mod secrecy;
mod socket;

use std::sync::Once;

use ext_php_rs::prelude::*;

/// Runs once per start of the server, before any request: settings, exceptions, the panic hook.
fn startup(_kind: i32, module_number: i32) -> i32 {
    guard::callback(FAILURE, || {
        guard::install_hook();
        ini::register(module_number);
        functions::limits::prepare();
        socket::Health::share();
        for encoding in ini::preload_encodings() {
            encoding.preload();
        }
        if exceptions::register().is_ok() { SUCCESS } else { FAILURE }
    })
}

/// Runs before each request. The classes of `ModuleBuilder::class` are registered after `startup` only.
extern "C" fn request_startup(_kind: i32, _module_number: i32) -> i32 {
    static HIDE_SECRETS: Once = Once::new();
    guard::reset();
    guard::callback(FAILURE, || {
        HIDE_SECRETS.call_once(secrecy::hide_from_traces);
        SUCCESS
    })
}

const SUCCESS: i32 = 0;
const FAILURE: i32 = -1;

#[php_module]
#[php(startup = "startup")]
pub fn get_module(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    let module = module
        .name("platen")
        .version(env!("CARGO_PKG_VERSION"))
        .request_startup_function(request_startup)
        .info_function(info::print)
        .class::<classes::SigningKey>()
        .class::<classes::KeySet>()
        .class::<classes::TokenCounter>();
    functions::register(module)
}

//! What this process holds: for those who look for the reason of something.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use platen_core::tokens::{self, Encoding};
use platen_core::wire::PROTOCOL_VERSION;

use crate::exceptions::Failure;
use crate::guard::guard;
use crate::{cache_file, daemon, ini, limits_file};

/// Tells what this PHP process knows and holds, without asking the daemon.
#[php_function]
#[php(name = "Platen\\runtime_info")]
fn runtime_info() -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let mut info = ZendHashTable::with_capacity(9);
        info.insert("version", env!("CARGO_PKG_VERSION"))?;
        info.insert("protocol", i64::from(PROTOCOL_VERSION))?;
        info.insert("pid", i64::from(std::process::id()))?;
        info.insert("connection", connection()?)?;
        info.insert("limits", limits()?)?;
        info.insert("cache", cache()?)?;
        info.insert("token_cache_bytes", whole(tokens::held_bytes()))?;
        info.insert("default_model", ini::default_model())?;
        info.insert(
            "preloaded_encodings",
            ini::preload_encodings().into_iter().map(Encoding::name).collect::<Vec<_>>(),
        )?;
        Ok(info)
    })
}

fn connection() -> Result<ZBox<ZendHashTable>, Failure> {
    let (state, (_, settings)) = (daemon::client_state(), ini::daemon());
    let mut connection = ZendHashTable::with_capacity(4);
    connection.insert("socket", settings.socket.as_str())?;
    connection.insert("is_open", state.is_connected)?;
    connection.insert("connects", count(state.connects))?;
    connection.insert("reconnects", count(state.reconnects))?;
    Ok(connection)
}

fn limits() -> Result<ZBox<ZendHashTable>, Failure> {
    let state = limits_file::state();
    let mut limits = ZendHashTable::with_capacity(3);
    limits.insert("path", state.path.display().to_string())?;
    limits.insert("state", state.state)?;
    limits.insert("decisions", count(state.decisions))?;
    Ok(limits)
}

fn cache() -> Result<ZBox<ZendHashTable>, Failure> {
    let mut cache = ZendHashTable::with_capacity(1);
    cache.insert("path", cache_file::path().display().to_string())?;
    Ok(cache)
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(runtime_info))
}

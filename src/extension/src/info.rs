//! The table of `phpinfo()` and `php --ri platen`.

use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};
use platen_core::signing::SignatureEncoding;
use platen_core::wire::PROTOCOL_VERSION;

use crate::guard::callback;
use crate::socket::ClientState;
use crate::{cache_file, daemon, ini, limits_file};

/// Prints the table.
pub(crate) extern "C" fn print(module: *mut ModuleEntry) {
    callback((), print_rows);
    #[expect(unsafe_code, reason = "the engine prints the settings itself")]
    // SAFETY: the entry of this module, as the engine passed it.
    unsafe {
        display_ini_entries(module);
    }
}

fn print_rows() {
    let protocol = PROTOCOL_VERSION.to_string();
    let signatures = SignatureEncoding::ALL.map(SignatureEncoding::name).join(", ");
    info_table_start!();
    info_table_row!("Platen", "enabled");
    info_table_row!("Version", env!("CARGO_PKG_VERSION"));
    info_table_row!("Socket protocol", protocol);
    let (_, settings) = ini::daemon();
    let state = daemon::client_state();
    let limits = limits_file::state();
    info_table_row!("Socket", settings.socket.as_str());
    info_table_row!("Connection", connection(state));
    info_table_row!("Rate limits", format!("{} ({})", limits.path.display(), limits.state));
    info_table_row!("Token cache", format!("{} bytes", platen_core::tokens::held_bytes()));
    info_table_row!("Prompt cache", cache_file::path().display().to_string());
    info_table_row!("Signature encodings", signatures);
    info_table_end!();
}

fn connection(state: ClientState) -> String {
    let now = if state.is_connected { "open" } else { "closed" };
    format!("{now}, opened {} times, {} of them anew", state.connects, state.reconnects)
}

#[expect(unsafe_code, reason = "a function of the engine that ext-php-rs does not bind")]
unsafe extern "C" {
    fn display_ini_entries(module: *mut ModuleEntry);
}

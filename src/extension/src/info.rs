//! The table of `phpinfo()` and `php --ri platen`.

use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start};
use platen_core::signing::SignatureEncoding;
use platen_core::wire::PROTOCOL_VERSION;

use crate::guard::callback;
use crate::{cache_file, ini};

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
    info_table_row!("Socket", ini::socket());
    info_table_row!("Prompt cache", cache_file::path().display().to_string());
    info_table_row!("Signature encodings", signatures);
    info_table_end!();
}

#[expect(unsafe_code, reason = "a function of the engine that ext-php-rs does not bind")]
unsafe extern "C" {
    fn display_ini_entries(module: *mut ModuleEntry);
}

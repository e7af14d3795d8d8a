//! Keeps secrets out of stack traces.

use std::ffi::c_void;

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi::{zend_function, zend_string};
use ext_php_rs::types::{ZendHashTable, ZendStr};
use ext_php_rs::zend::ExecutorGlobals;

use crate::classes::{KeySet, SigningKey};

/// Methods that take a key, and the positions of the parameters that no trace may show, counted from 1.
const METHODS_OF_KEYS: [(&str, &[u32]); 4] =
    [("fromstring", &[1]), ("frombytes", &[1]), ("frompem", &[1]), ("fromjwk", &[1])];
const METHODS_OF_SETS: [(&str, &[u32]); 1] = [("fromjwks", &[1])];

/// Functions that take a bearer's token, or the very texts that must not be seen.
const FUNCTIONS: [(&str, &[u32]); 3] =
    [("platen\\jwt_decode", &[1]), ("platen\\redact", &[1]), ("platen\\restore", &[1, 2])];

/// Marks every parameter that takes a secret with `#[\SensitiveParameter]`. PHP before 8.2 keeps the mark and does not
/// act on it.
pub(crate) fn hide_from_traces() {
    hide(&<SigningKey as RegisteredClass>::get_metadata().ce().function_table, &METHODS_OF_KEYS);
    hide(&<KeySet as RegisteredClass>::get_metadata().ce().function_table, &METHODS_OF_SETS);
    if let Some(functions) = ExecutorGlobals::get().function_table() {
        hide(functions, &FUNCTIONS);
    }
}

fn hide(functions: &ZendHashTable, entries: &[(&str, &[u32])]) {
    for (name, positions) in entries {
        let Some(entry) = functions.get(*name) else { continue };
        #[expect(unsafe_code, reason = "functions are stored as pointers in a hash table of the engine")]
        // SAFETY: a function table holds pointers to functions only, which live as long as the process.
        let function = unsafe { entry.ptr::<zend_function>() };
        for position in *positions {
            if let Some(function) = function {
                hide_parameter(function, *position);
            }
        }
    }
}

fn hide_parameter(function: *mut zend_function, position: u32) {
    let name = ZendStr::new_interned("SensitiveParameter", true);
    #[expect(unsafe_code, reason = "ext-php-rs has no attributes")]
    // SAFETY: called once per function, before any request runs; the engine keeps the attribute and its name for the
    // life of the process.
    unsafe {
        zend_add_attribute(
            &raw mut (*function).common.attributes,
            std::ptr::from_ref::<zend_string>(&name).cast_mut(),
            0,
            ATTRIBUTE_PERSISTENT,
            position,
            0,
        );
    }
    std::mem::forget(name);
}

/// `ZEND_ATTRIBUTE_PERSISTENT`: allocated for the process and not for a request.
const ATTRIBUTE_PERSISTENT: u32 = 1;

#[expect(unsafe_code, reason = "a function of the engine that ext-php-rs does not bind")]
unsafe extern "C" {
    fn zend_add_attribute(
        attributes: *mut *mut ZendHashTable,
        name: *mut zend_string,
        argument_count: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;
}

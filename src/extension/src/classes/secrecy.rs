use std::ffi::c_void;

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi::zend_string;
use ext_php_rs::types::ZendStr;
use ext_php_rs::zend::ClassEntry;

use super::{KeySet, SigningKey};

/// Marks the first parameter of every method that takes a key with `#[\SensitiveParameter]`, so that no stack
/// trace shows a secret. PHP before 8.2 keeps the mark and does not act on it.
pub(crate) fn hide_secrets_from_traces() {
    let key = <SigningKey as RegisteredClass>::get_metadata().ce();
    for method in ["fromstring", "frombytes", "frompem", "fromjwk"] {
        hide_first_parameter(key, method);
    }
    hide_first_parameter(<KeySet as RegisteredClass>::get_metadata().ce(), "fromjwks");
}

fn hide_first_parameter(class: &ClassEntry, method: &str) {
    let name = ZendStr::new_interned("SensitiveParameter", true);
    #[expect(unsafe_code, reason = "ext-php-rs has no attributes")]
    // SAFETY: called once, after the class is registered and before any request runs: its function table holds the
    // method under its lower-case name, and the engine keeps the attribute for the life of the process.
    unsafe {
        let Some(method) = method_named(class, method) else { return };
        zend_add_attribute(
            &raw mut (*method).common.attributes,
            std::ptr::from_ref::<zend_string>(&name).cast_mut(),
            0,
            ATTRIBUTE_PERSISTENT,
            FIRST_PARAMETER,
            0,
        );
    }
    std::mem::forget(name);
}

/// `ZEND_ATTRIBUTE_PERSISTENT`: allocated for the process and not for a request.
const ATTRIBUTE_PERSISTENT: u32 = 1;

/// Attributes of parameters are stored with the parameter's position, counted from 1.
const FIRST_PARAMETER: u32 = 1;

#[expect(unsafe_code, reason = "methods are stored as pointers in a hash table of the engine")]
unsafe fn method_named(class: &ClassEntry, name: &str) -> Option<*mut ext_php_rs::ffi::zend_function> {
    let entry = class.function_table.get(name)?;
    // SAFETY: a function table holds pointers to functions only.
    unsafe { entry.ptr::<ext_php_rs::ffi::zend_function>() }
}

#[expect(unsafe_code, reason = "a function of the engine that ext-php-rs does not bind")]
unsafe extern "C" {
    fn zend_add_attribute(
        attributes: *mut *mut ext_php_rs::types::ZendHashTable,
        name: *mut zend_string,
        argument_count: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;
}

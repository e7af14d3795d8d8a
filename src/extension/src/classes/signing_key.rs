use std::ffi::c_void;

use ext_php_rs::ffi::zend_string;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendStr;
use ext_php_rs::zend::ClassEntry;

use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::Bytes;

/// A key for the signing functions. It shows nothing of itself and can be neither copied nor serialised.
#[php_class]
#[php(name = "Platen\\SigningKey", flags = ClassFlags::Final)]
pub(crate) struct SigningKey {
    key: platen_core::signing::SigningKey,
}

impl SigningKey {
    /// The class's name in PHP.
    pub(crate) const PHP_NAME: &'static str = "Platen\\SigningKey";

    pub(crate) fn key(&self) -> &platen_core::signing::SigningKey {
        &self.key
    }
}

#[php_impl]
impl SigningKey {
    /// Takes `whsec_` and base64, `psk_` and base64url, or at least 32 raw bytes.
    pub(crate) fn from_string(secret: Bytes<'_>) -> Result<Self, Failure> {
        guard(|| Ok(Self { key: platen_core::signing::SigningKey::from_text(secret.0)? }))
    }
}

/// Marks the parameter of `fromString` with `#[\SensitiveParameter]`, so that no stack trace shows the secret.
/// PHP before 8.2 keeps the mark and does not act on it.
pub(crate) fn hide_secret_from_traces() {
    let class = <SigningKey as ext_php_rs::class::RegisteredClass>::get_metadata().ce();
    let name = ZendStr::new_interned("SensitiveParameter", true);
    #[expect(unsafe_code, reason = "ext-php-rs has no attributes")]
    // SAFETY: called once, after the class is registered and before any request runs: its function table holds the method under its
    // lower-case name, and the engine keeps the attribute for the life of the process.
    unsafe {
        let Some(method) = method_named(class, "fromstring") else { return };
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

use std::ffi::{c_char, c_int, c_void};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::builders::ClassBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Error;
use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi::{zend_string, zend_type};
use ext_php_rs::flags::{ClassFlags, PropertyFlags};
use ext_php_rs::types::{ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ce};

/// The property that holds the stable code.
const CODE_PROPERTY: &str = "errorCode";

/// The property of `InvalidToken` that names the claim that did not hold.
const CLAIM_PROPERTY: &str = "claim";

/// `1 << IS_STRING`: the type mask of `string` in every PHP since 7.0.
const STRING_TYPE_MASK: u32 = 1 << 6;

/// An exception class of Platen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExceptionClass {
    /// The parent of all others.
    Platen,
    InvalidInput,
    InvalidKey,
    InvalidSignature,
    InvalidToken,
    DaemonUnavailable,
    RequestRefused,
    InternalError,
}

impl ExceptionClass {
    const CHILDREN: [Self; 7] = [
        Self::InvalidInput,
        Self::InvalidKey,
        Self::InvalidSignature,
        Self::InvalidToken,
        Self::DaemonUnavailable,
        Self::RequestRefused,
        Self::InternalError,
    ];

    fn php_name(self) -> &'static str {
        match self {
            Self::Platen => "Platen\\Exception\\PlatenException",
            Self::InvalidInput => "Platen\\Exception\\InvalidInput",
            Self::InvalidKey => "Platen\\Exception\\InvalidKey",
            Self::InvalidSignature => "Platen\\Exception\\InvalidSignature",
            Self::InvalidToken => "Platen\\Exception\\InvalidToken",
            Self::DaemonUnavailable => "Platen\\Exception\\DaemonUnavailable",
            Self::RequestRefused => "Platen\\Exception\\RequestRefused",
            Self::InternalError => "Platen\\Exception\\InternalError",
        }
    }

    /// The code of an exception that PHP code makes itself.
    fn default_code(self) -> &'static str {
        match self {
            Self::Platen | Self::InternalError => "internal",
            Self::InvalidInput | Self::RequestRefused => "invalid_request",
            Self::InvalidKey => "invalid_key",
            Self::InvalidSignature => "invalid_signature",
            Self::InvalidToken => "invalid_token",
            Self::DaemonUnavailable => "daemon_unavailable",
        }
    }

    fn slot(self) -> &'static AtomicPtr<ClassEntry> {
        static SLOTS: [AtomicPtr<ClassEntry>; 8] = [const { AtomicPtr::new(ptr::null_mut()) }; 8];
        let [platen, input, key, signature, token, unavailable, refused, internal] = &SLOTS;
        match self {
            Self::Platen => platen,
            Self::InvalidInput => input,
            Self::InvalidKey => key,
            Self::InvalidSignature => signature,
            Self::InvalidToken => token,
            Self::DaemonUnavailable => unavailable,
            Self::RequestRefused => refused,
            Self::InternalError => internal,
        }
    }

    /// The registered class; PHP's own `RuntimeException` before the module has started.
    fn entry(self) -> &'static ClassEntry {
        let entry = self.slot().load(Ordering::Relaxed);
        #[expect(unsafe_code, reason = "PHP owns the class entries, for the life of the process")]
        // SAFETY: the slot is null, or was set by `register` to an entry that PHP never frees while code runs.
        unsafe { entry.as_ref() }.unwrap_or_else(runtime_exception)
    }

    fn declare(self, entry: &'static mut ClassEntry) {
        declare_text_property(entry, CODE_PROPERTY, self.default_code());
        if self == Self::InvalidToken {
            declare_text_property(entry, CLAIM_PROPERTY, "");
        }
        self.slot().store(entry, Ordering::Relaxed);
    }
}

/// Registers the classes. Only the module's startup may call it.
///
/// # Errors
/// What the engine says when a class of that name is there already.
pub(crate) fn register() -> Result<(), Error> {
    ClassBuilder::new(ExceptionClass::Platen.php_name())
        .extends((runtime_exception, "\\RuntimeException"))
        .registration(|entry, _| ExceptionClass::Platen.declare(entry))
        .register()?;
    for class in ExceptionClass::CHILDREN {
        ClassBuilder::new(class.php_name())
            .extends((|| ExceptionClass::Platen.entry(), "\\Platen\\Exception\\PlatenException"))
            .flags(ClassFlags::Final)
            .registration(declare_by_name)
            .register()?;
    }
    Ok(())
}

/// The registration hook takes no captures, so the class is found by the name that was just registered.
fn declare_by_name(entry: &'static mut ClassEntry, _: ext_php_rs::args::ArgInfoTables) {
    let class = ExceptionClass::CHILDREN.into_iter().find(|class| entry.name() == Some(class.php_name()));
    if let Some(class) = class {
        class.declare(entry);
    }
}

fn runtime_exception() -> &'static ClassEntry {
    #[expect(unsafe_code, reason = "ext-php-rs binds no class of the SPL")]
    // SAFETY: set once, when the SPL started, which is before any loaded extension starts.
    unsafe { spl_ce_RuntimeException.as_ref() }.unwrap_or_else(ce::exception)
}

/// Makes the exception: the engine's constructor of the object records file, line and trace of the caller.
/// `claim` is for [`ExceptionClass::InvalidToken`] only.
pub(super) fn exception(
    class: ExceptionClass,
    code: &str,
    message: &str,
    claim: Option<&str>,
) -> PhpException {
    let entry = class.entry();
    let mut object = ZendObject::new(entry);
    // `message` is protected in \Exception: it is written in the scope of the class that declares it.
    update_property(ce::exception(), &mut object, "message", message);
    update_property(entry, &mut object, CODE_PROPERTY, code);
    if let Some(claim) = claim {
        update_property(entry, &mut object, CLAIM_PROPERTY, claim);
    }
    let plain = PhpException::new(message.to_owned(), 0, entry);
    match object.into_zval(false) {
        Ok(zval) => plain.with_object(zval),
        Err(_) => plain,
    }
}

fn update_property(scope: &ClassEntry, object: &mut ZendObject, name: &str, value: &str) {
    #[expect(unsafe_code, reason = "ext-php-rs cannot write a protected property")]
    // SAFETY: a registered class, a live object of it or of a child, and two slices with their own lengths.
    unsafe {
        zend_update_property_stringl(
            ptr::from_ref(scope).cast_mut(),
            object,
            name.as_ptr().cast(),
            name.len(),
            value.as_ptr().cast(),
            value.len(),
        );
    }
}

/// Declares `public string $name = '…'`.
fn declare_text_property(entry: &mut ClassEntry, name: &str, default: &str) {
    let name = ZendStr::new_interned(name, true);
    let mut value = Zval::new();
    value.set_zend_string(ZendStr::new_interned(default, true));
    let string = zend_type { ptr: ptr::null_mut(), type_mask: STRING_TYPE_MASK };
    let flags = c_int::try_from(PropertyFlags::Public.bits()).unwrap_or(1);
    #[expect(unsafe_code, reason = "ext-php-rs declares properties without a type")]
    // SAFETY: called in MINIT with the entry just registered; name and default are interned and persistent, and
    // the engine copies the zval and the type.
    unsafe {
        zend_declare_typed_property(
            entry,
            ptr::from_ref::<zend_string>(&name).cast_mut(),
            &raw mut value,
            flags,
            ptr::null_mut(),
            string,
        );
    }
    // The class owns the interned strings from here on.
    std::mem::forget(value);
    std::mem::forget(name);
}

#[expect(unsafe_code, reason = "what ext-php-rs does not bind")]
unsafe extern "C" {
    static spl_ce_RuntimeException: *mut ClassEntry;

    fn zend_update_property_stringl(
        scope: *mut ClassEntry,
        object: *mut ZendObject,
        name: *const c_char,
        name_length: usize,
        value: *const c_char,
        value_length: usize,
    );

    fn zend_declare_typed_property(
        entry: *mut ClassEntry,
        name: *mut zend_string,
        default: *mut Zval,
        access: c_int,
        doc_comment: *mut zend_string,
        kind: zend_type,
    ) -> *mut c_void;
}

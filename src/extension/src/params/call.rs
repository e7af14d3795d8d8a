//! What the engine knows about the running call: its caller's mode, its function and the argument's name.

use std::ffi::CStr;

use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi::{ZEND_ACC_STRICT_TYPES, zend_execute_data};
use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::{ExecutorGlobals, ce};

use crate::exceptions::Failure;
use crate::guard;

/// Whether the calling file declares `strict_types=1`. The engine itself, as a caller, never does.
#[expect(unsafe_code, reason = "the flag is in a union of the engine")]
pub(super) fn is_strict() -> bool {
    let Some(caller) = frame().and_then(|frame| frame.previous()) else { return false };
    // SAFETY: the frames of the running call are alive, and `common` is the shared head of every function.
    unsafe {
        caller.func.as_ref().is_some_and(|function| function.common.fn_flags & ZEND_ACC_STRICT_TYPES != 0)
    }
}

/// Runs the part of a conversion that does more than look at a value: a panic in it becomes an exception.
pub(super) fn guarded<T>(conversion: impl FnOnce() -> Option<T>) -> Option<T> {
    guard::argument(conversion).unwrap_or_else(|panicked| {
        PhpException::from(Failure::from(panicked)).throw();
        None
    })
}

/// Throws as [`refuse`] does, guarded: there is no value.
pub(super) fn refused<T>(argument: &Zval, expected: &str) -> Option<T> {
    guarded(|| {
        refuse(argument, expected);
        None
    })
}

/// Throws the `TypeError` that PHP throws for its own functions, unless an exception is on its way already.
pub(super) fn refuse(argument: &Zval, expected: &str) {
    let given = type_name(argument);
    let message = match frame().and_then(|frame| describe(frame, argument)) {
        Some(place) => format!("{place} must be of type {expected}, {given} given"),
        None => format!("an argument must be of type {expected}, {given} given"),
    };
    PhpException::new(message, 0, ce::type_error()).throw();
}

fn frame() -> Option<&'static zend_execute_data> {
    #[expect(unsafe_code, reason = "the frame of the running call belongs to the engine")]
    // SAFETY: null, or the frame of the function that is running, which outlives every use in this module.
    unsafe {
        ExecutorGlobals::get().current_execute_data.as_ref()
    }
}

/// `Platen\count_tokens(): Argument #1 ($text)`.
#[expect(unsafe_code, reason = "names and positions are in the engine's own structures")]
fn describe(frame: &zend_execute_data, argument: &Zval) -> Option<String> {
    // SAFETY: the frame is that of a running internal function: its function, the name and the argument table
    // are alive, and the arguments lie behind the frame, one zval each.
    unsafe {
        let function = frame.func.as_ref()?.common;
        let name = function.function_name.cast::<ZendStr>().as_ref()?.as_str().ok()?;
        let class = function.scope.as_ref().and_then(|scope| scope.name());
        let first: *const Zval = frame.zend_call_arg(0)?;
        let distance = std::ptr::from_ref(argument).addr().checked_sub(first.addr())?;
        let index = distance / size_of::<Zval>();
        if index >= usize::try_from(function.num_args).ok()? {
            return None;
        }
        let info = function.arg_info.cast::<ext_php_rs::args::ArgInfo>().add(index).as_ref()?;
        let parameter = CStr::from_ptr(info.name).to_str().ok()?;
        let class = class.map(|class| format!("{class}::")).unwrap_or_default();
        Some(format!("{class}{name}(): Argument #{} (${parameter})", index + 1))
    }
}

#[expect(unsafe_code, reason = "the engine's own names of types, as in its own errors")]
fn type_name(value: &Zval) -> String {
    // SAFETY: any zval is fine; the result is a static or interned NUL-terminated string.
    unsafe { CStr::from_ptr(super::zend_zval_type_name(value)) }.to_string_lossy().into_owned()
}

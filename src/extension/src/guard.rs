//! Keeps a Rust panic from leaving the extension: every function body runs inside [`guard`], and what else the
//! engine calls inside [`callback`].
//!
//! ext-php-rs catches panics too, but turns them into a plain `Error` that shows the panic's text, and the
//! default hook prints to the web server's error stream. Here the text, which may hold data of the request,
//! goes nowhere; the place in the source is kept, because it is what a bug report needs.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A panic was caught.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Panicked {
    /// Where in the source it happened: file and line.
    pub(crate) location: String,
}

/// Runs the body of one entry point.
///
/// # Errors
/// Those of the body, or [`Panicked`] in their stead.
pub(crate) fn guard<T, E: From<Panicked>>(body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    quietly(|| {
        #[cfg(feature = "planted-panic")]
        planted::spring(planted::Place::Body);
        body()
    })
    .unwrap_or_else(|panicked| Err(panicked.into()))
}

/// Runs what the engine calls beside functions, where there is nobody to throw to.
///
/// # Returns
/// `fallback` after a panic.
pub(crate) fn callback<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    quietly(|| {
        #[cfg(feature = "planted-panic")]
        planted::spring(planted::Place::Callback);
        body()
    })
    .unwrap_or(fallback)
}

/// Runs the conversion of an argument, which happens before the body of the function begins.
///
/// # Errors
/// [`Panicked`] when it panicked.
pub(crate) fn argument<T>(conversion: impl FnOnce() -> T) -> Result<T, Panicked> {
    quietly(|| {
        #[cfg(feature = "planted-panic")]
        planted::spring(planted::Place::Argument);
        conversion()
    })
}

/// Forgets a guard that a fatal error of PHP jumped over, so that the hook of others is not kept from their panics.
pub(crate) fn reset() {
    IS_GUARDED.set(false);
}

fn quietly<T>(body: impl FnOnce() -> T) -> Result<T, Panicked> {
    // An argument's `__toString` may call another function of ours.
    let outer = IS_GUARDED.replace(true);
    // Nothing that the body borrows is used after a panic: the failure is thrown and the call is over.
    let result = catch_unwind(AssertUnwindSafe(body));
    IS_GUARDED.set(outer);
    result.map_err(|_| Panicked {
        location: LOCATION.take().unwrap_or_else(|| String::from("an unknown place")),
    })
}

/// Makes panics inside [`guard`] quiet. Other Rust extensions of the process keep their own hook.
pub(crate) fn install_hook() {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(
        move |info| if IS_GUARDED.get() { remember(info) } else { previous(info) },
    ));
}

fn remember(info: &PanicHookInfo<'_>) {
    let location = info.location().map(|at| format!("{}:{}", within_project(at.file()), at.line()));
    LOCATION.set(location);
}

/// Files of dependencies have absolute paths of the machine that built them: their ends say enough.
fn within_project(file: &str) -> &str {
    let start = file.rmatch_indices('/').nth(2).map_or(0, |(slash, _)| slash + 1);
    if file.starts_with('/') { file.get(start..).unwrap_or(file) } else { file }
}

/// Panics on demand, for the test that every entry point is guarded.
#[cfg(feature = "planted-panic")]
pub(crate) mod planted {
    use std::cell::Cell;

    /// Which guard springs the panic.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub(crate) enum Place {
        Body,
        Argument,
        Callback,
    }

    thread_local! {
        static PLANTED: Cell<Option<Place>> = const { Cell::new(None) };
    }

    /// Lets the next guard of this place panic, or none.
    pub(crate) fn plant(place: Option<Place>) {
        PLANTED.set(place);
    }

    #[expect(clippy::panic, reason = "the guard is what is tested")]
    pub(super) fn spring(place: Place) {
        if PLANTED.get() == Some(place) {
            PLANTED.set(None);
            panic!("planted-secret");
        }
    }
}

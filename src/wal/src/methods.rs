//! What SQLite calls to write its log, and ours in its place.
#![expect(unsafe_code, reason = "SQLite's files are tables of C functions")]

use std::ffi::{c_int, c_void};
use std::sync::OnceLock;

use rusqlite::Connection;
use rusqlite::ffi::{
    SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_IOERR_WRITE, SQLITE_OK, sqlite3_file, sqlite3_file_control,
    sqlite3_int64, sqlite3_io_methods,
};

use crate::gathered;

/// The functions of the system's file layer for a log, and those that stand before them.
struct Methods {
    original: sqlite3_io_methods,
    ours: sqlite3_io_methods,
}

static METHODS: OnceLock<Methods> = OnceLock::new();

/// Puts our functions into the log's file.
pub(crate) fn replace(connection: &Connection) {
    let mut file: *mut sqlite3_file = std::ptr::null_mut();
    // SAFETY: the handle is open as long as the connection is borrowed, and is used by this thread alone meanwhile. The
    // call writes one pointer.
    let code = unsafe {
        sqlite3_file_control(
            connection.handle(),
            c"main".as_ptr(),
            SQLITE_FCNTL_JOURNAL_POINTER,
            (&raw mut file).cast::<c_void>(),
        )
    };
    // SAFETY: SQLite answers with a file of the open connection; one that is not open has no functions.
    let original = unsafe { file.as_ref().and_then(|file| file.pMethods.as_ref()) };
    let (SQLITE_OK, Some(original)) = (code, original) else { return };
    let methods = METHODS.get_or_init(|| Methods { original: *original, ours: before(*original) });
    if is_same(original, &methods.original) {
        // SAFETY: the file is valid as above. Ours live for ever, and take the same files.
        unsafe { (*file).pMethods = &raw const methods.ours };
    }
}

fn before(original: sqlite3_io_methods) -> sqlite3_io_methods {
    sqlite3_io_methods {
        xRead: Some(read),
        xWrite: Some(write),
        xTruncate: Some(truncate),
        xSync: Some(sync),
        xFileSize: Some(file_size),
        ..original
    }
}

/// Whether it is the same table, by the functions that ours call.
fn is_same(one: &sqlite3_io_methods, other: &sqlite3_io_methods) -> bool {
    let places = |methods: &sqlite3_io_methods| {
        [
            methods.xRead.map(|function| function as usize),
            methods.xWrite.map(|function| function as usize),
            methods.xTruncate.map(|function| function as usize),
            methods.xSync.map(|function| function as usize),
            methods.xFileSize.map(|function| function as usize),
        ]
    };
    places(one) == places(other)
}

fn original() -> Option<&'static sqlite3_io_methods> {
    METHODS.get().map(|methods| &methods.original)
}

/// Writes to the file itself. Answers with a code of SQLite.
pub(crate) fn write_through(file: *mut sqlite3_file, bytes: &[u8], at: i64) -> c_int {
    let write = original().and_then(|methods| methods.xWrite);
    let (Some(write), Ok(length)) = (write, c_int::try_from(bytes.len())) else { return SQLITE_IOERR_WRITE };
    // SAFETY: SQLite gave us the file for a write, within which or within whose commit this is called.
    unsafe { write(file, bytes.as_ptr().cast(), length, at) }
}

unsafe extern "C" fn write(
    file: *mut sqlite3_file,
    piece: *const c_void,
    length: c_int,
    at: sqlite3_int64,
) -> c_int {
    let Ok(length) = usize::try_from(length) else { return SQLITE_IOERR_WRITE };
    // SAFETY: SQLite hands over so many bytes, which stay as they are during the call.
    let piece = unsafe { std::slice::from_raw_parts(piece.cast::<u8>(), length) };
    gathered::write(file, piece, at)
}

/// Calls the system's function once all is written that comes before it.
macro_rules! after_flush {
    ($name:ident, $method:ident $(, $value:ident: $kind:ty)*) => {
        unsafe extern "C" fn $name(file: *mut sqlite3_file $(, $value: $kind)*) -> c_int {
            let code = gathered::flush();
            match original().and_then(|methods| methods.$method) {
                // SAFETY: the arguments are SQLite's own, for this function.
                Some(method) if code == SQLITE_OK => unsafe { method(file $(, $value)*) },
                Some(_) => code,
                None => SQLITE_IOERR_WRITE,
            }
        }
    };
}

after_flush!(read, xRead, into: *mut c_void, length: c_int, at: sqlite3_int64);
after_flush!(truncate, xTruncate, length: sqlite3_int64);
after_flush!(sync, xSync, flags: c_int);
after_flush!(file_size, xFileSize, length: *mut sqlite3_int64);

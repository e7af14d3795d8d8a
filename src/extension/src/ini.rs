//! The `platen.*` settings: how they are declared, checked and read.
//!
//! A value that makes no sense is refused with a warning when it is set, in php.ini as in `ini_set()`, and the
//! one before it stays. So what is read here is always valid.

use std::cell::RefCell;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ext_php_rs::error::php_error;
use ext_php_rs::ffi::{zend_ini_entry, zend_string};
use ext_php_rs::flags::{ErrorType, IniEntryPermission};
use ext_php_rs::types::ZendStr;
use ext_php_rs::zend::{IniEntryDef, IniEntryDefs};
use platen_core::tokens::Encoding;

use crate::guard::callback;

/// The path of the daemon's socket.
const SOCKET: &CStr = c"platen.socket";
/// How long one call to the daemon may take, in milliseconds.
const DEADLINE_MS: &CStr = c"platen.deadline_ms";
/// How long calls fail at once after one was not answered, in milliseconds; 0 tries every time.
const RETRY_AFTER_MS: &CStr = c"platen.retry_after_ms";
/// The path of the prompt cache; empty is `platen-cache-<uid>/prompts.cache` in PHP's temporary directory.
const CACHE_PATH: &CStr = c"platen.cache_path";
/// The size that the prompt cache's file is made with, in bytes.
const CACHE_MAX_BYTES: &CStr = c"platen.cache_max_bytes";

/// The path of the shared rate limits; empty is beside the socket.
const LIMITS_PATH: &CStr = c"platen.limits_path";
/// The model that an empty `$model` stands for; empty is the newest encoding.
const DEFAULT_MODEL: &CStr = c"platen.default_model";
/// Encodings whose tables are read into memory when the server starts, by name, with commas between them.
const PRELOAD_ENCODINGS: &CStr = c"platen.preload_encodings";

/// The longest wait that is allowed in a web request, in milliseconds.
pub(crate) const MAX_DEADLINE_MS: i64 = 60_000;

/// `sun_path` holds 108 bytes with the closing NUL (unix(7)).
const MAX_SOCKET_PATH_BYTES: usize = 107;

/// As long as the daemon takes them.
const MAX_MODEL_BYTES: usize = 191;

static ENTRIES: IniEntryDefs<9> = IniEntryDefs::new([
    checked(IniEntryDef::new(SOCKET, c"/run/platen/platend.sock", IniEntryPermission::All)),
    checked(IniEntryDef::new(DEADLINE_MS, c"50", IniEntryPermission::All)),
    checked(IniEntryDef::new(RETRY_AFTER_MS, c"1000", IniEntryPermission::All)),
    checked(IniEntryDef::new(CACHE_PATH, c"", IniEntryPermission::System)),
    checked(IniEntryDef::new(CACHE_MAX_BYTES, c"67108864", IniEntryPermission::System)),
    checked(IniEntryDef::new(LIMITS_PATH, c"", IniEntryPermission::System)),
    checked(IniEntryDef::new(DEFAULT_MODEL, c"", IniEntryPermission::All)),
    checked(IniEntryDef::new(PRELOAD_ENCODINGS, c"", IniEntryPermission::System)),
    IniEntryDef::end(),
]);

/// Registers the settings. Only the module's startup may call it.
pub(crate) fn register(module_number: i32) {
    IniEntryDef::register(ENTRIES.as_slice(), module_number);
}

/// How the daemon is reached.
#[derive(Debug)]
pub(crate) struct DaemonSettings {
    /// The path of the socket.
    pub(crate) socket: String,
    /// The path of the shared rate limits.
    pub(crate) limits: PathBuf,
    /// How long one call may take when it does not say so itself.
    pub(crate) deadline: Duration,
    /// How long calls fail at once after one was not answered.
    pub(crate) retry_after: Duration,
}

/// Counts the changes of settings, so that they are read again only after one.
static CHANGES: AtomicU32 = AtomicU32::new(0);

/// How the daemon is reached now, with a number that changes with it. To read four settings takes longer than to
/// decide about a rate limit, so they are kept.
pub(crate) fn daemon() -> (u32, Rc<DaemonSettings>) {
    thread_local! {
        static KEPT: RefCell<Option<(u32, Rc<DaemonSettings>)>> = const { RefCell::new(None) };
    }
    let changes = CHANGES.load(Ordering::Relaxed);
    if let Some(kept) = KEPT.with_borrow(|kept| kept.clone().filter(|(number, _)| *number == changes)) {
        return kept;
    }
    let millis = |name| Duration::from_millis(u64::try_from(number(name)).unwrap_or(0));
    let socket = text(SOCKET);
    let limits = match text(LIMITS_PATH) {
        path if path.is_empty() => platen_limits::beside(Path::new(&socket)),
        path => PathBuf::from(path),
    };
    let (deadline, retry_after) = (millis(DEADLINE_MS), millis(RETRY_AFTER_MS));
    let settings = Rc::new(DaemonSettings { socket, limits, deadline, retry_after });
    KEPT.set(Some((changes, Rc::clone(&settings))));
    (changes, settings)
}

/// The model that an empty name stands for.
pub(crate) fn default_model() -> String {
    text(DEFAULT_MODEL)
}

/// Encodings to read into memory when the server starts.
pub(crate) fn preload_encodings() -> Vec<Encoding> {
    encoding_names(&text(PRELOAD_ENCODINGS)).filter_map(Encoding::from_name).collect()
}

fn encoding_names(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// The path of the prompt cache; `None` leaves the choice to the default.
pub(crate) fn cache_path() -> Option<String> {
    Some(text(CACHE_PATH)).filter(|path| !path.is_empty())
}

/// What `sys_get_temp_dir()` says.
pub(crate) fn temporary_directory() -> PathBuf {
    #[expect(unsafe_code, reason = "ext-php-rs does not bind it")]
    // SAFETY: the engine gives a NUL-terminated path that lives as long as the process.
    let path = unsafe { CStr::from_ptr(php_get_temporary_directory()) };
    PathBuf::from(OsStr::from_bytes(path.to_bytes()))
}

/// Whether the path of the prompt cache is this one; empty leaves the choice to the default.
pub(crate) fn is_cache_path(path: &[u8]) -> bool {
    with_text(CACHE_PATH, |value| value == path)
}

/// The size that the prompt cache's file is made with, in bytes.
pub(crate) fn cache_max_bytes() -> u64 {
    u64::try_from(number(CACHE_MAX_BYTES)).unwrap_or(0)
}

const fn checked(mut entry: IniEntryDef) -> IniEntryDef {
    entry.on_modify = Some(on_modify);
    entry
}

/// What is wrong with a value; `None` when nothing is.
fn complaint(name: &CStr, value: &str) -> Option<String> {
    let range = |from: i64, to: i64| {
        let is_inside = value.parse::<i64>().is_ok_and(|number| (from..=to).contains(&number));
        (!is_inside).then(|| format!("must be a whole number from {from} to {to}"))
    };
    match name {
        name if name == SOCKET => {
            let is_path = value.starts_with('/') && value.len() <= MAX_SOCKET_PATH_BYTES;
            (!is_path).then(|| format!("must be an absolute path of at most {MAX_SOCKET_PATH_BYTES} bytes"))
        }
        name if name == DEADLINE_MS => range(1, MAX_DEADLINE_MS),
        name if name == RETRY_AFTER_MS => range(0, MAX_DEADLINE_MS),
        name if name == CACHE_PATH => {
            let is_path = value.is_empty() || (value.starts_with('/') && !value.ends_with('/'));
            (!is_path).then(|| String::from("must be empty or the absolute path of a file"))
        }
        name if name == CACHE_MAX_BYTES => {
            let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
            range(bytes(platen_cache::MIN_BYTES), bytes(platen_cache::MAX_BYTES))
        }
        name if name == LIMITS_PATH => {
            let is_path = value.is_empty() || value.starts_with('/');
            (!is_path).then(|| String::from("must be empty or an absolute path"))
        }
        name if name == DEFAULT_MODEL => {
            let is_name = value.len() <= MAX_MODEL_BYTES && !value.chars().any(char::is_control);
            (!is_name).then(|| format!("must be a model name of at most {MAX_MODEL_BYTES} printable bytes"))
        }
        name if name == PRELOAD_ENCODINGS => {
            encoding_names(value).find(|name| Encoding::from_name(name).is_none()).map(|name| {
                format!("names {name:?}, which is none of {}", Encoding::ALL.map(Encoding::name).join(", "))
            })
        }
        _ => None,
    }
}

#[expect(unsafe_code, reason = "the engine calls it with its own structures")]
unsafe extern "C" fn on_modify(
    entry: *mut zend_ini_entry,
    new_value: *mut zend_string,
    _: *mut c_void,
    _: *mut c_void,
    _: *mut c_void,
    _: c_int,
) -> c_int {
    // SAFETY: the engine passes the entry that is being set and its new value, null when it has none; both
    // live over the call, and the name is a NUL-terminated zend_string.
    let (name, value) = unsafe {
        let Some(entry) = entry.as_ref() else { return FAILURE };
        let Some(name) = entry.name.cast::<ZendStr>().as_ref() else { return FAILURE };
        (name, new_value.cast::<ZendStr>().as_ref())
    };
    callback(FAILURE, || accept(name, value))
}

/// Takes a value for a setting, or refuses it with a warning.
fn accept(name: &ZendStr, value: Option<&ZendStr>) -> c_int {
    let Ok(name) = name.as_c_str() else { return FAILURE };
    let value = value.and_then(|value| value.as_str().ok()).unwrap_or_default();
    let problem = if value.contains('\0') {
        Some(String::from("must not contain a NUL byte"))
    } else {
        complaint(name, value)
    };
    CHANGES.fetch_add(1, Ordering::Relaxed);
    match problem {
        None => SUCCESS,
        Some(problem) => {
            let message = format!("{} {problem}; the value is not used", name.to_string_lossy());
            php_error(&ErrorType::Warning, &message);
            FAILURE
        }
    }
}

const SUCCESS: c_int = 0;
const FAILURE: c_int = -1;

fn number(name: &CStr) -> i64 {
    #[expect(unsafe_code, reason = "ExecutorGlobals::ini_values() builds a map of every setting: 76 us")]
    // SAFETY: a NUL-terminated name with its own length; the function only reads.
    unsafe {
        zend_ini_long(name.as_ptr(), name.count_bytes(), 0)
    }
}

fn text(name: &CStr) -> String {
    with_text(name, |value| String::from_utf8_lossy(value).into_owned())
}

/// Looks at a setting's value without a copy. `look` calls nothing of PHP.
fn with_text<T>(name: &CStr, look: impl FnOnce(&[u8]) -> T) -> T {
    #[expect(unsafe_code, reason = "ExecutorGlobals::ini_values() builds a map of every setting: 76 us")]
    // SAFETY: as above; the value is null or NUL-terminated and lives until the setting changes, which no code
    // can do while it is looked at.
    unsafe {
        let value = zend_ini_string(name.as_ptr(), name.count_bytes(), 0);
        if value.is_null() { look(b"") } else { look(CStr::from_ptr(value).to_bytes()) }
    }
}

#[expect(unsafe_code, reason = "the engine's own getters; those of settings take 35 ns")]
unsafe extern "C" {
    fn php_get_temporary_directory() -> *const c_char;
    fn zend_ini_long(name: *const c_char, name_length: usize, orig: c_int) -> i64;
    fn zend_ini_string(name: *const c_char, name_length: usize, orig: c_int) -> *mut c_char;
}

//! The prompt cache.

use std::time::Duration;

use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::BailoutGuard;
use platen_cache::CacheError;
use platen_core::clock::Clock;
use platen_core::prompt::PromptHash;

use crate::cache_file;
use crate::clock::SystemClock;
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::{Bytes, Int, Text};

/// Looks up what was cached under a prompt's hash.
#[php_function]
#[php(name = "Platen\\cache_get")]
fn cache_get(hash: Text<'_>) -> Result<Option<ByteString>, Failure> {
    guard(|| {
        let hash: PromptHash = hash.as_str().parse()?;
        Ok(cache_file::get(&hash, SystemClock.now()).map(ByteString))
    })
}

/// Caches a value under a prompt's hash.
#[php_function]
#[php(name = "Platen\\cache_set", defaults(ttl_s = 3600))]
fn cache_set(hash: Text<'_>, value: Bytes<'_>, ttl_s: Int) -> Result<bool, Failure> {
    guard(|| {
        let hash: PromptHash = hash.as_str().parse()?;
        let ttl_s = u64::try_from(ttl_s.0).ok().filter(|seconds| *seconds > 0);
        let ttl_s = ttl_s.ok_or_else(|| Failure::Argument(String::from("ttl_s must be positive")))?;
        match cache_file::set(&hash, value.0, Duration::from_secs(ttl_s), SystemClock.now()) {
            Ok(()) => Ok(true),
            Err(CacheError::ValueTooLarge { actual, limit }) => {
                Err(Failure::TooLarge { what: "the value", actual, limit })
            }
            // A cache that cannot be used now is like one that has just evicted the value.
            Err(
                CacheError::Busy
                | CacheError::Foreign
                | CacheError::NotAFile
                | CacheError::UnsafeDirectory
                | CacheError::Damaged
                | CacheError::Io(_)
                | CacheError::Database(_),
            ) => Ok(false),
        }
    })
}

/// Bytes that become a PHP string.
struct ByteString(Vec<u8>);

impl IntoZval for ByteString {
    const TYPE: DataType = DataType::String;
    const NULLABLE: bool = false;

    fn set_zval(self, zval: &mut Zval, persistent: bool) -> ext_php_rs::error::Result<()> {
        // PHP may end the request for want of memory; the bytes are freed even then.
        let bytes = BailoutGuard::new(self.0);
        zval.set_zend_string(ZendStr::new(bytes.as_slice(), persistent));
        Ok(())
    }
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(cache_get)).function(wrap_function!(cache_set))
}

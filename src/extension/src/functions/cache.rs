//! The prompt cache.

use std::time::Duration;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::BailoutGuard;
use platen_cache::CacheError;
use platen_core::clock::Clock;
use platen_core::limits::MAX_CACHE_TAGS;
use platen_core::prompt::{CacheTag, PromptHash};

use crate::cache_file;
use crate::clock::SystemClock;
use crate::convert::{PhpString, text, values};
use crate::exceptions::Failure;
use crate::footprint::Footprint;
use crate::guard::guard;
use crate::params::{Bytes, Int, Options, Text};

/// Looks up what was cached under a prompt's hash.
#[php_function]
#[php(name = "Platen\\cache_get")]
fn cache_get(hash: Text<'_>) -> Result<Option<PhpString>, Failure> {
    guard(|| {
        let hash: PromptHash = hash.as_str().parse()?;
        let found = cache_file::using(|file| Ok(file.get(&hash, SystemClock.now()))).ok().flatten();
        // A value that PHP has no room for is a miss, as all that cannot be had.
        let found = found.filter(|cached| Footprint::string(cached.as_bytes().len()).check().is_ok());
        Ok(found.map(|cached| {
            // PHP may end the request for want of memory; the bytes are freed even then.
            let cached = BailoutGuard::new(cached);
            PhpString::new(cached.as_bytes())
        }))
    })
}

/// Caches a value under a prompt's hash.
#[php_function]
#[php(name = "Platen\\cache_set", defaults(ttl_s = 3600, tags = []))]
fn cache_set(hash: Text<'_>, value: Bytes<'_>, ttl_s: Int, tags: Options<'_>) -> Result<bool, Failure> {
    guard(|| {
        let hash: PromptHash = hash.as_str().parse()?;
        let ttl_s = u64::try_from(ttl_s.0).ok().filter(|seconds| *seconds > 0);
        let ttl_s = ttl_s.ok_or_else(|| Failure::Argument(String::from("ttl_s must be positive")))?;
        let tags = read_tags(tags.0)?;
        let now = SystemClock.now();
        let stored =
            cache_file::using(|file| file.set(&hash, value.0, &tags, Duration::from_secs(ttl_s), now));
        Ok(unless_unusable(stored)?.is_some())
    })
}

/// Removes what was cached under a prompt's hash.
#[php_function]
#[php(name = "Platen\\cache_delete")]
fn cache_delete(hash: Text<'_>) -> Result<bool, Failure> {
    guard(|| {
        let hash: PromptHash = hash.as_str().parse()?;
        let deleted = cache_file::using(|file| file.delete(&hash, SystemClock.now()));
        Ok(unless_unusable(deleted)?.unwrap_or(false))
    })
}

/// Removes everything that was cached with a tag.
#[php_function]
#[php(name = "Platen\\cache_flush_tag")]
fn cache_flush_tag(tag: Text<'_>) -> Result<Option<i64>, Failure> {
    guard(|| {
        let tag = CacheTag::try_from(tag.as_str().to_owned())?;
        let flushed = cache_file::using(|file| file.flush_tag(&tag, SystemClock.now()));
        Ok(unless_unusable(flushed)?.map(php_int))
    })
}

/// Tells how full the cache is and how it is used.
#[php_function]
#[php(name = "Platen\\cache_stats")]
fn cache_stats() -> Result<Option<ZBox<ZendHashTable>>, Failure> {
    guard(|| {
        let stats = cache_file::using(|file| file.stats(SystemClock.now()));
        let Some(stats) = unless_unusable(stats)? else { return Ok(None) };
        let mut array = ZendHashTable::with_capacity(8);
        array.insert("entries", php_int(stats.entries))?;
        array.insert("used_bytes", php_int(stats.used_bytes))?;
        array.insert("max_bytes", php_int(stats.max_bytes))?;
        array.insert("hits", php_int(stats.hits))?;
        array.insert("misses", php_int(stats.misses))?;
        array.insert("stores", php_int(stats.stores))?;
        array.insert("failed_stores", php_int(stats.failed_stores))?;
        array.insert("evictions", php_int(stats.evictions))?;
        Ok(Some(array))
    })
}

fn read_tags(tags: Option<&ZendHashTable>) -> Result<Vec<CacheTag>, Failure> {
    let Some(tags) = tags else { return Ok(Vec::new()) };
    if tags.len() > MAX_CACHE_TAGS {
        return Err(Failure::Argument(format!("a cached value has at most {MAX_CACHE_TAGS} tags")));
    }
    values(tags).map(|tag| Ok(CacheTag::try_from(text(tag).unwrap_or_default().to_owned())?)).collect()
}

/// `None` for a cache that cannot be used now: it is like one that has just evicted everything.
fn unless_unusable<T>(result: Result<T, CacheError>) -> Result<Option<T>, Failure> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(CacheError::ValueTooLarge { actual, limit }) => {
            Err(Failure::TooLarge { what: "the value", actual, limit })
        }
        Err(
            CacheError::Busy
            | CacheError::Foreign
            | CacheError::NotAFile
            | CacheError::UnsafeDirectory
            | CacheError::Damaged
            | CacheError::ReadOnly
            | CacheError::Io(_),
        ) => Ok(None),
    }
}

fn php_int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module
        .function(wrap_function!(cache_get))
        .function(wrap_function!(cache_set))
        .function(wrap_function!(cache_delete))
        .function(wrap_function!(cache_flush_tag))
        .function(wrap_function!(cache_stats))
}

//! How much of PHP's memory a result takes, weighed before any of it is built.
//!
//! `memory_limit` counts PHP's arrays and strings, not the buffers of Rust. Beyond it PHP ends the request with an
//! error that no script can catch. A PHP with `memory_hard_limit_percent`, as Debian's, even lets a running function
//! go on, and at twice the limit ends the process with status 137.

use std::ffi::c_void;
use std::mem::offset_of;

use ext_php_rs::PHP_DEBUG;
use ext_php_rs::ffi::{ZEND_MODULE_API_NO, zend_string};
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::ProcessGlobals;

use crate::exceptions::Failure;

/// What is taken without a look at the limit, in bytes: PHP itself takes its memory in chunks of this size.
const SMALL_BYTES: usize = CHUNK_BYTES;

/// Larger blocks get a mapping of their own, smaller ones a place in a chunk.
const CHUNK_BYTES: usize = 2 << 20;

const PAGE_BYTES: usize = 4096;

/// The largest block that shares a page with others of its size.
const MAX_BIN_BYTES: usize = 3072;

/// Behind each block a debug build of PHP keeps who asked for it: a size, two names of files, two lines.
const NOTE_BYTES: usize = if PHP_DEBUG { 3 * size_of::<usize>() + 2 * size_of::<u32>() } else { 0 };

/// A place of a list is a value; until PHP 8.1 it had a key as well.
const PLACE_BYTES: usize = if ZEND_MODULE_API_NO < 20_220_829 { 32 } else { size_of::<Zval>() };

/// A place of an array with names: key, hash and value, and two of the places where hashes are looked up.
const NAMED_PLACE_BYTES: usize = 32 + 2 * size_of::<u32>();

/// A list has two of those places all told, which say that there is nothing to look up.
const LIST_HEAD_BYTES: usize = 2 * size_of::<u32>();

/// The fewest places that PHP makes room for.
const MIN_PLACES: usize = 8;

/// Bytes of PHP's memory, by how they are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Footprint {
    in_chunks: usize,
    mapped: usize,
}

impl Footprint {
    /// A list with room for so many values, without what they point to.
    pub(crate) fn list(length: usize) -> Self {
        Self::array(length, PLACE_BYTES, LIST_HEAD_BYTES)
    }

    /// An array with room for so many names and values, without what they point to.
    pub(crate) fn map(length: usize) -> Self {
        Self::array(length, NAMED_PLACE_BYTES, 0)
    }

    /// A string of so many bytes.
    pub(crate) fn string(bytes: usize) -> Self {
        // A NUL stands behind it.
        Self::block(offset_of!(zend_string, val).saturating_add(bytes).saturating_add(1))
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            in_chunks: self.in_chunks.saturating_add(other.in_chunks),
            mapped: self.mapped.saturating_add(other.mapped),
        }
    }

    /// # Errors
    /// [`Failure::NoRoom`] when `memory_limit` has no room for it.
    pub(crate) fn check(self) -> Result<(), Failure> {
        let needed = self.in_chunks.saturating_add(self.mapped);
        if needed <= SMALL_BYTES {
            return Ok(());
        }
        let limit = usize::try_from(ProcessGlobals::get().memory_limit).unwrap_or(usize::MAX);
        let fits = || self.grown_by(used()) <= limit.saturating_sub(held());
        if fits() || (free_what_is_kept_for_later() && fits()) {
            return Ok(());
        }
        Err(Failure::NoRoom { needed, left: limit.saturating_sub(used()) })
    }

    /// By how much the process grows, when PHP uses so much of what it holds.
    fn grown_by(self, used: usize) -> usize {
        let free = held().saturating_sub(used);
        self.in_chunks
            .saturating_sub(free)
            .checked_next_multiple_of(CHUNK_BYTES)
            .unwrap_or(usize::MAX)
            .saturating_add(self.mapped)
    }

    fn array(length: usize, place_bytes: usize, head_bytes: usize) -> Self {
        let places = length.max(MIN_PLACES).checked_next_power_of_two().unwrap_or(usize::MAX);
        let data = places.saturating_mul(place_bytes).saturating_add(head_bytes);
        Self::block(size_of::<ZendHashTable>()).and(Self::block(data))
    }

    /// One block, rounded up to a size that PHP has.
    fn block(bytes: usize) -> Self {
        let bytes = bytes.saturating_add(NOTE_BYTES);
        let step = match bytes {
            0..=64 => 8,
            // Four sizes between a power of two and the next.
            65..=MAX_BIN_BYTES => bytes.next_power_of_two() / 8,
            _ => PAGE_BYTES,
        };
        let rounded = bytes.checked_next_multiple_of(step).unwrap_or(usize::MAX);
        if rounded > CHUNK_BYTES - PAGE_BYTES {
            Self { in_chunks: 0, mapped: rounded }
        } else {
            Self { in_chunks: rounded, mapped: 0 }
        }
    }
}

/// What PHP uses of its memory, in bytes.
fn used() -> usize {
    #[expect(unsafe_code, reason = "ext-php-rs does not bind it")]
    // SAFETY: only reads the heap of this thread.
    unsafe {
        zend_memory_usage(false)
    }
}

/// What PHP has taken from the system, in bytes. This is what `memory_limit` limits.
fn held() -> usize {
    #[expect(unsafe_code, reason = "ext-php-rs does not bind it")]
    // SAFETY: as above.
    unsafe {
        zend_memory_usage(true)
    }
}

/// Gives back what PHP holds and does not use, as it does itself before it gives up. Whether there was any.
fn free_what_is_kept_for_later() -> bool {
    #[expect(unsafe_code, reason = "ext-php-rs does not bind it")]
    // SAFETY: frees chunks and pages of this thread's heap that nothing is in.
    unsafe {
        zend_mm_gc(zend_mm_get_heap()) > 0
    }
}

#[expect(unsafe_code, reason = "functions of the engine that ext-php-rs does not bind")]
unsafe extern "C" {
    fn zend_memory_usage(real_usage: bool) -> usize;
    fn zend_mm_get_heap() -> *mut c_void;
    fn zend_mm_gc(heap: *mut c_void) -> usize;
}

//! A piece of shared memory, of a file or of this process alone. All unsafe code about it is here.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

/// Shared memory of a fixed length, seen as words that any process may change at any time.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: NonNull<AtomicU64>,
    bytes: usize,
}

#[expect(
    unsafe_code,
    reason = "the memory is only reached as atomics, and it stays where it is until the drop"
)]
// SAFETY: see the reason; nothing in it belongs to a thread.
unsafe impl Send for Mapping {}
#[expect(unsafe_code, reason = "the memory is only reached as atomics")]
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the beginning of a file that is at least so long.
    pub(crate) fn of_file(file: &File, bytes: usize) -> io::Result<Self> {
        Self::map(file.as_raw_fd(), libc::MAP_SHARED, bytes)
    }

    /// Maps memory that no other process sees, all zeros.
    pub(crate) fn private(bytes: usize) -> io::Result<Self> {
        Self::map(-1, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, bytes)
    }

    /// The word at this place; `None` past the end.
    pub(crate) fn word(&self, place: usize) -> Option<&AtomicU64> {
        if place >= self.bytes / size_of::<AtomicU64>() {
            return None;
        }
        #[expect(unsafe_code, reason = "the length was checked above")]
        // SAFETY: the mapping is page aligned and as long as `bytes`, and lives as long as `self`. Every pattern of
        // bits is an AtomicU64.
        Some(unsafe { self.start.add(place).as_ref() })
    }

    fn map(fd: libc::c_int, flags: libc::c_int, bytes: usize) -> io::Result<Self> {
        let access = libc::PROT_READ | libc::PROT_WRITE;
        #[expect(unsafe_code, reason = "std has no shared memory")]
        // SAFETY: a new mapping at a place of the kernel's choice touches no memory of ours.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), bytes, access, flags, fd, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start.cast()).ok_or_else(|| io::Error::other("mapped at zero"))?;
        Ok(Self { start, bytes })
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "the counterpart of the mapping")]
        // SAFETY: exactly what `map` gave, and no reference outlives `self`.
        unsafe {
            libc::munmap(self.start.as_ptr().cast(), self.bytes);
        }
    }
}

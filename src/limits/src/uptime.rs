//! The clock that all processes of a host share and nobody sets, and the name of the host's present start.

use std::fs;

/// Microseconds since the host started.
pub fn uptime_micros() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    #[expect(unsafe_code, reason = "std's Instant does not tell its number")]
    // SAFETY: a live, exclusively borrowed timespec; this clock exists on every Linux.
    unsafe {
        libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut time);
    }
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    let micros = u64::try_from(time.tv_nsec).unwrap_or(0) / 1000;
    seconds.saturating_mul(1_000_000).saturating_add(micros)
}

/// What tells one start of the host from the next; `None` where the kernel does not say.
pub(crate) fn boot_id() -> Option<[u8; 16]> {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let digits: String = text.trim().split('-').collect();
    let number = u128::from_str_radix(&digits, 16).ok()?;
    Some(number.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_runs_forward_and_the_boot_has_a_name() {
        let first = uptime_micros();

        assert!(first > 0);
        assert!(uptime_micros() >= first);
        assert_eq!(boot_id(), boot_id());
        assert!(boot_id().is_some());
    }
}

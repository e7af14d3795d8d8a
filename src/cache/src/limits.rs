use thiserror::Error;

/// How large a cache may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    max_bytes: u64,
    max_value_bytes: usize,
}

/// The smallest cache, in bytes: the empty tables and a few hundred answers.
const MIN_BYTES: u64 = 1024 * 1024;

/// The largest value of a cache by default, in bytes: as large as an answer may be.
const DEFAULT_VALUE_BYTES: usize = platen_core::limits::MAX_ANSWER_BYTES;

/// The limits make no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidLimits {
    /// The cache would do nothing but evict.
    #[error("a cache has at least {MIN_BYTES} bytes")]
    TooSmall,
    /// One value could evict all others.
    #[error("a cached value has at most a quarter of the cache's bytes")]
    ValueTooLarge,
}

impl Limits {
    /// Takes the size of the file and of the largest value, both in bytes.
    ///
    /// # Errors
    /// [`InvalidLimits`] when the cache is smaller than 1 MiB or the value larger than a quarter of the cache.
    pub fn new(max_bytes: u64, max_value_bytes: usize) -> Result<Self, InvalidLimits> {
        if max_bytes < MIN_BYTES {
            return Err(InvalidLimits::TooSmall);
        }
        if u64::try_from(max_value_bytes).unwrap_or(u64::MAX) > max_bytes / 4 {
            return Err(InvalidLimits::ValueTooLarge);
        }
        Ok(Self { max_bytes, max_value_bytes })
    }

    /// Takes the size of the file in bytes; smaller sizes than 1 MiB become 1 MiB. A value may have a quarter of
    /// it, and 1 MiB at most.
    pub fn of_size(max_bytes: u64) -> Self {
        let max_bytes = max_bytes.max(MIN_BYTES);
        let quarter = usize::try_from(max_bytes / 4).unwrap_or(usize::MAX);
        Self { max_bytes, max_value_bytes: quarter.min(DEFAULT_VALUE_BYTES) }
    }

    /// The most bytes that tables and values take in the file.
    pub fn max_bytes(&self) -> u64 {
        self.max_bytes
    }

    /// The most bytes of one value.
    pub fn max_value_bytes(&self) -> usize {
        self.max_value_bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_make_no_sense_are_refused() {
        assert_eq!(Limits::new(MIN_BYTES - 1, 1), Err(InvalidLimits::TooSmall));
        assert_eq!(Limits::new(MIN_BYTES, 256 * 1024 + 1), Err(InvalidLimits::ValueTooLarge));
        assert!(Limits::new(MIN_BYTES, 256 * 1024).is_ok());
    }

    #[test]
    fn a_size_gives_limits_that_make_sense() {
        for size in [0, MIN_BYTES, 5_000_000, u64::MAX] {
            let limits = Limits::of_size(size);

            assert_eq!(Limits::new(limits.max_bytes(), limits.max_value_bytes()), Ok(limits));
        }
    }
}

use std::hint::black_box;

use super::Encoding;
use super::dictionary::Dictionary;

/// The smallest page of memory, in bytes.
const PAGE_BYTES: usize = 4096;

impl Encoding {
    /// Reads a byte of every page of the tables, so that they are in memory before the first text is counted. The
    /// pages belong to the library's file: all processes share them, and the system may take them back.
    pub fn preload(self) {
        let Dictionary { units, entries, pairs, .. } = self.dictionary();
        for table in [units.as_flattened(), entries.as_flattened(), pairs.as_flattened()] {
            for byte in table.iter().step_by(PAGE_BYTES) {
                black_box(*byte);
            }
        }
    }
}

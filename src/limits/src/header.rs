//! The first page of the file: what it is, of which boot, and the secret of its hashes.

use crate::mapping::Mapping;
use crate::slots::SLOT_BYTES;
use crate::uptime::boot_id;
use crate::{OpenError, SLOTS};

/// Where the slots begin. A page, so that they lie on borders of cache lines.
pub(crate) const HEADER_BYTES: usize = 4096;

/// The length of the whole file.
pub(crate) const FILE_BYTES: usize = HEADER_BYTES + SLOTS * SLOT_BYTES;

/// `PLATLIM` and the version of the layout. The numbers are of the host's own byte order: a host shares with itself.
const MAGIC: u64 = u64::from_be_bytes(*b"PLATLIM\x01");

const MAGIC_WORD: usize = 0;
const SLOTS_WORD: usize = 1;
const BOOT_WORDS: [usize; 2] = [2, 3];
const SECRET_WORDS: [usize; 2] = [4, 5];

/// Writes the header of a new table. The magic comes last: before it the file is foreign to everyone.
pub(crate) fn write(mapping: &Mapping, secret: [u64; 2]) -> Result<(), OpenError> {
    let [first, second] = boot_words()?;
    let words = [
        (SLOTS_WORD, u64::try_from(SLOTS).unwrap_or(0)),
        (BOOT_WORDS[0], first),
        (BOOT_WORDS[1], second),
        (SECRET_WORDS[0], secret[0]),
        (SECRET_WORDS[1], secret[1]),
        (MAGIC_WORD, MAGIC),
    ];
    for (place, value) in words {
        mapping.word(place).ok_or(OpenError::Foreign)?.store(value, std::sync::atomic::Ordering::Release);
    }
    Ok(())
}

/// Checks the header; gives the secret.
pub(crate) fn read(mapping: &Mapping) -> Result<[u64; 2], OpenError> {
    let word = |place: usize| {
        let word = mapping.word(place).ok_or(OpenError::Foreign)?;
        Ok::<u64, OpenError>(word.load(std::sync::atomic::Ordering::Acquire))
    };
    if word(MAGIC_WORD)? != MAGIC || word(SLOTS_WORD)? != u64::try_from(SLOTS).unwrap_or(0) {
        return Err(OpenError::Foreign);
    }
    if [word(BOOT_WORDS[0])?, word(BOOT_WORDS[1])?] != boot_words()? {
        return Err(OpenError::EarlierBoot);
    }
    Ok([word(SECRET_WORDS[0])?, word(SECRET_WORDS[1])?])
}

fn boot_words() -> Result<[u64; 2], OpenError> {
    let boot = boot_id().ok_or(OpenError::EarlierBoot)?;
    let (first, second) = boot.split_at(8);
    let word = |bytes: &[u8]| u64::from_be_bytes(bytes.try_into().unwrap_or_default());
    Ok([word(first), word(second)])
}

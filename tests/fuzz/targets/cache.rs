//! A cache whose file is overwritten with anything never gives a value that was not stored under the hash.

#![no_main]

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use platen_cache::{CacheError, CacheFile, MIN_BYTES};
use platen_core::clock::Timestamp;
use platen_core::prompt::{self, CacheTag, PromptHash};

const KEYS: u8 = 8;

fn hash(key: u8) -> PromptHash {
    prompt::hash(&key.into())
}

fn value(key: u8) -> Vec<u8> {
    vec![key; usize::from(key) * 977]
}

fuzz_target!(|data: &[u8]| {
    let Some((place, bytes)) = data.split_first_chunk::<4>() else { return };
    let directory = tempfile::tempdir().expect("a folder");
    let path = directory.path().join("prompts.cache");
    let now = Timestamp::from_seconds(1_800_000_000);
    let tag: CacheTag = String::from("tag").try_into().expect("a tag");
    let mut cache = CacheFile::open(&path, MIN_BYTES).expect("a new cache");
    for key in 0..KEYS {
        let tags = std::slice::from_ref(&tag);
        cache.set(&hash(key), &value(key), tags, Duration::from_secs(60), now).expect("room");
    }

    // Most places are in the head page and in the index, where a few bytes mean much.
    let place = u64::from(u32::from_le_bytes(*place)) % (128 * 1024);
    let file = OpenOptions::new().write(true).open(&path).expect("the file");
    file.write_all_at(bytes, place).expect("room");

    for handle in [&mut cache, &mut CacheFile::at(&path, MIN_BYTES)] {
        for key in 0..KEYS {
            if let Some(found) = handle.get(&hash(key), now) {
                assert_eq!(found.as_bytes(), value(key));
            }
        }
        if handle.flush_tag(&tag, now).is_ok() {
            assert!((0..KEYS).all(|key| handle.get(&hash(key), now).is_none()), "left after a flush");
        }
        // What a garbled file refuses once, it takes the second time.
        let mut set = || handle.set(&hash(KEYS), b"new", &[], Duration::from_secs(60), now);
        match set().or_else(|_| set()) {
            // By chance it is a later version now.
            Err(CacheError::Foreign) => continue,
            stored => stored.expect("a healed cache"),
        }
        assert_eq!(handle.get(&hash(KEYS), now).expect("the value").as_bytes(), b"new");
    }
});

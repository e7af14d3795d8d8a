//! Random use, compared with a map: what is found is what was stored last, also in a file that is garbled
//! meanwhile. A lost entry is allowed, a wrong one is not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use platen_cache::{CacheFile, MIN_BYTES};
use platen_core::clock::Timestamp;
use platen_core::prompt::{self, CacheTag};
use proptest::collection::vec;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Set { key: u8, seed: u8, length: usize, tags: Vec<u8>, ttl_s: u64 },
    Get { key: u8 },
    Delete { key: u8 },
    Flush { tag: u8 },
    Wait { seconds: u64 },
    Garble { at: u64, bytes: Vec<u8> },
    Cut { length: u64 },
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let length = prop_oneof![4 => 0..200_usize, 2 => 0..20_000_usize, 1 => 100_000..450_000_usize];
    let place = prop_oneof![2 => 0..200_u64, 3 => 4096..70_000_u64, 3 => 69_632..MIN_BYTES];
    prop_oneof![
        12 => (0..40_u8, any::<u8>(), length, vec(0..6_u8, 0..4), 1..100_u64)
            .prop_map(|(key, seed, length, tags, ttl_s)| Step::Set { key, seed, length, tags, ttl_s }),
        12 => (0..40_u8).prop_map(|key| Step::Get { key }),
        2 => (0..40_u8).prop_map(|key| Step::Delete { key }),
        1 => (0..6_u8).prop_map(|tag| Step::Flush { tag }),
        1 => (0..20_u64).prop_map(|seconds| Step::Wait { seconds }),
        2 => (place.clone(), vec(any::<u8>(), 1..300)).prop_map(|(at, bytes)| Step::Garble { at, bytes }),
        1 => place.prop_map(|length| Step::Cut { length }),
        1 => Just(Step::Reopen),
    ]
}

struct Entry {
    value: Vec<u8>,
    tags: Vec<u8>,
    expires_at: Timestamp,
}

fn tag(number: u8) -> CacheTag {
    format!("tag:{number}").try_into().unwrap()
}

/// Between a damage that was found and the next use there is no file.
fn garble(path: &Path, change: impl Fn(&File) -> std::io::Result<()>) {
    if let Ok(file) = OpenOptions::new().write(true).open(path) {
        change(&file).unwrap();
    }
}

fn check(steps: Vec<Step>, is_garbled: bool) -> Result<(), TestCaseError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("prompts.cache");
    let mut cache = CacheFile::open(&path, MIN_BYTES).unwrap();
    let mut model: HashMap<u8, Entry> = HashMap::new();
    let mut now = Timestamp::from_seconds(1_800_000_000);
    for step in steps {
        match step {
            Step::Set { key, seed, length, tags, ttl_s } => {
                let value = vec![seed; length];
                let ttl = Duration::from_secs(ttl_s);
                let names: Vec<_> = tags.iter().copied().map(tag).collect();
                let stored = cache.set(&prompt::hash(&key.into()), &value, &names, ttl, now);
                prop_assert!(is_garbled || stored.is_ok(), "{:?}", stored);
                // After a failure an earlier value may be gone; one that stays is still right.
                if stored.is_ok() {
                    model.insert(key, Entry { value, tags, expires_at: now.after(ttl) });
                }
            }
            Step::Get { key } => {
                let found = cache.get(&prompt::hash(&key.into()), now);
                let expected = model.get(&key).filter(|entry| entry.expires_at > now);
                if let Some(found) = found {
                    let expected = expected.map(|entry| entry.value.as_slice());
                    prop_assert_eq!(Some(found.as_bytes()), expected);
                }
            }
            Step::Delete { key } => {
                let deleted = cache.delete(&prompt::hash(&key.into()), now);
                prop_assert!(is_garbled || deleted.is_ok(), "{:?}", deleted);
                if deleted.is_ok() {
                    model.remove(&key);
                }
            }
            Step::Flush { tag: number } => {
                let flushed = cache.flush_tag(&tag(number), now);
                prop_assert!(is_garbled || flushed.is_ok(), "{:?}", flushed);
                if flushed.is_ok() {
                    model.retain(|_, entry| !entry.tags.contains(&number));
                }
            }
            Step::Wait { seconds } => now = now.after(Duration::from_secs(seconds)),
            Step::Garble { at, bytes } if is_garbled => {
                garble(&path, |file| file.write_all_at(&bytes, at));
            }
            Step::Cut { length } if is_garbled => {
                garble(&path, |file| file.set_len(length));
            }
            Step::Garble { .. } | Step::Cut { .. } | Step::Reopen => {
                drop(cache);
                cache = CacheFile::open(&path, MIN_BYTES).unwrap();
            }
        }
    }
    let stats = cache.stats(now);
    if !is_garbled {
        let live = (0..40_u8).filter(|key| cache.get(&prompt::hash(&(*key).into()), now).is_some()).count();
        let stats = stats.unwrap();
        // What stands at the end of the ring, where a record did not fit, is counted as evicted and still found.
        prop_assert!(stats.entries <= u64::try_from(live).unwrap(), "{:?}", stats);
        prop_assert!(stats.used_bytes <= MIN_BYTES, "{:?}", stats);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_found_is_what_was_stored_last(steps in vec(step(), 1..150)) {
        check(steps, false)?;
    }

    #[test]
    fn a_garbled_file_never_gives_a_wrong_value(steps in vec(step(), 1..150)) {
        check(steps, true)?;
    }
}

use std::sync::Barrier;
use std::thread;

use platen_core::prompt;
use tempfile::TempDir;

use super::*;
use crate::MIN_BYTES;

const HOUR: Duration = Duration::from_hours(1);

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn hash(name: impl std::fmt::Display) -> PromptHash {
    prompt::hash(&name.to_string().into())
}

fn tag(text: &str) -> CacheTag {
    text.to_owned().try_into().unwrap()
}

/// A path in a directory of its own. The directory goes with the first value.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("prompts.cache");
    (directory, path)
}

fn open(path: &Path) -> CacheFile {
    CacheFile::open(path, 16 * 1024 * 1024).unwrap()
}

fn set(cache: &mut CacheFile, name: impl std::fmt::Display, value: &[u8]) {
    cache.set(&hash(name), value, &[], HOUR, now()).unwrap();
}

fn get(cache: &mut CacheFile, name: impl std::fmt::Display) -> Option<Vec<u8>> {
    cache.get(&hash(name), now()).map(|cached| cached.as_bytes().to_vec())
}

#[test]
fn what_was_set_is_got() {
    let (_directory, path) = place();
    let mut cache = open(&path);

    set(&mut cache, "a", b"answer");
    set(&mut cache, "bytes", b"\xff\0\xfe");
    set(&mut cache, "empty", b"");

    assert_eq!(get(&mut cache, "a"), Some(b"answer".to_vec()));
    assert_eq!(get(&mut cache, "bytes"), Some(b"\xff\0\xfe".to_vec()));
    assert_eq!(get(&mut cache, "empty"), Some(vec![]));
    assert_eq!(get(&mut cache, "b"), None);
}

#[test]
fn a_later_value_takes_the_place_of_an_earlier_one() {
    let (_directory, path) = place();
    let mut cache = open(&path);

    set(&mut cache, "a", b"one");
    set(&mut cache, "a", b"two");

    assert_eq!(get(&mut cache, "a"), Some(b"two".to_vec()));
    assert_eq!(cache.stats(now()).unwrap().entries, 1);
}

#[test]
fn an_entry_is_gone_when_its_time_is_over() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    set(&mut cache, "a", b"answer");

    let almost = Timestamp::from_micros(now().after(HOUR).as_micros() - 1);

    assert!(cache.get(&hash("a"), almost).is_some());
    assert_eq!(cache.get(&hash("a"), now().after(HOUR)), None);
    assert_eq!(cache.stats(now().after(HOUR)).unwrap().entries, 0);
}

#[test]
fn a_time_to_live_beyond_all_times_is_for_ever() {
    let (_directory, path) = place();
    let mut cache = open(&path);

    cache.set(&hash("a"), b"answer", &[], Duration::MAX, now()).unwrap();

    assert!(cache.get(&hash("a"), Timestamp::from_micros(i64::MAX - 1)).is_some());
}

#[test]
fn a_deleted_entry_is_gone() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    set(&mut cache, "a", b"answer");

    assert!(cache.delete(&hash("a"), now()).unwrap());
    assert!(!cache.delete(&hash("a"), now()).unwrap());
    assert_eq!(get(&mut cache, "a"), None);
}

#[test]
fn hashes_that_share_a_bucket_do_not_share_a_value() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    // The first eight bytes choose the bucket, and the next four are in the slot.
    let named = |middle: &str, end: &str| -> PromptHash {
        format!("0123456789abcdef{middle}{}", end.repeat(40)).parse().unwrap()
    };
    let hashes = [named("00000001", "0"), named("00000002", "0"), named("00000002", "1")];
    cache.set(&hashes[0], b"first", &[], HOUR, now()).unwrap();
    cache.set(&hashes[1], b"second", &[], HOUR, now()).unwrap();

    assert_eq!(cache.get(&hashes[2], now()), None);
    assert!(!cache.delete(&hashes[2], now()).unwrap());
    cache.set(&hashes[2], b"third", &[], HOUR, now()).unwrap();
    assert_eq!(cache.get(&hashes[0], now()).unwrap().as_bytes(), b"first");
    assert_eq!(cache.get(&hashes[1], now()), None, "one slot for one mark: the later one stays");
    assert_eq!(cache.get(&hashes[2], now()).unwrap().as_bytes(), b"third");
}

#[test]
fn a_full_bucket_gives_up_its_oldest_entry() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    let named = |number: u32| -> PromptHash {
        format!("{}{number:08x}{}", "0".repeat(16), "0".repeat(40)).parse().unwrap()
    };

    for number in 0..9 {
        cache.set(&named(number), b"answer", &[], HOUR, now()).unwrap();
    }

    assert_eq!(cache.get(&named(0), now()), None);
    assert!((1..9).all(|number| cache.get(&named(number), now()).is_some()));
    assert_eq!(cache.stats(now()).unwrap().evictions, 1);
}

#[test]
fn a_full_cache_gives_up_what_was_stored_first() {
    let (_directory, path) = place();
    let mut cache = CacheFile::open(&path, MIN_BYTES).unwrap();
    let value = vec![7; 16 * 1024];

    for number in 0..200 {
        set(&mut cache, number, &value);
    }

    let stats = cache.stats(now()).unwrap();
    assert!(stats.used_bytes <= stats.max_bytes, "{stats:?}");
    assert!(std::fs::metadata(&path).unwrap().len() <= MIN_BYTES, "the file is larger than its limit");
    assert_eq!(stats.entries + stats.evictions, 200, "{stats:?}");
    assert!(stats.entries >= 50, "{stats:?}");
    assert_eq!(get(&mut cache, 0), None);
    assert_eq!(get(&mut cache, 199), Some(value));
}

#[test]
fn every_value_is_whole_however_often_the_ring_goes_round() {
    let (_directory, path) = place();
    let mut cache = CacheFile::open(&path, MIN_BYTES).unwrap();
    let value = |number: usize| vec![u8::try_from(number % 251).unwrap(); number * 7919 % 60_000];

    for number in 0..500 {
        set(&mut cache, number, &value(number));
        assert_eq!(get(&mut cache, number), Some(value(number)), "{number}");
    }

    let found: Vec<_> = (0..500).filter(|number| get(&mut cache, number).is_some()).collect();
    assert!(found.iter().all(|number| get(&mut cache, number) == Some(value(*number))));
    assert_eq!(cache.stats(now()).unwrap().entries, u64::try_from(found.len()).unwrap());
}

#[test]
fn a_value_over_the_limit_is_refused() {
    let (_directory, path) = place();
    let mut cache = CacheFile::open(&path, MIN_BYTES).unwrap();
    let limit = cache.opened().unwrap().geometry.max_value_bytes();

    set(&mut cache, "as large as it may be", &vec![1; limit]);
    let error = cache.set(&hash("a"), &vec![1; limit + 1], &[], HOUR, now()).unwrap_err();
    let huge = cache.set(&hash("a"), &vec![1; MAX_CACHED_BYTES + 1], &[], HOUR, now()).unwrap_err();

    assert!(matches!(error, CacheError::ValueTooLarge { limit: at, .. } if at == limit), "{error:?}");
    assert!(matches!(huge, CacheError::ValueTooLarge { limit: MAX_CACHED_BYTES, .. }), "{huge:?}");
    assert_eq!(get(&mut cache, "as large as it may be"), Some(vec![1; limit]));
}

#[test]
fn a_cache_of_the_usual_size_takes_the_largest_value() {
    let (_directory, path) = place();
    let mut cache = CacheFile::open(&path, 64 * 1024 * 1024).unwrap();

    set(&mut cache, "a", &vec![b'x'; MAX_CACHED_BYTES]);

    assert_eq!(get(&mut cache, "a").map(|value| value.len()), Some(MAX_CACHED_BYTES));
}

#[test]
fn a_flushed_tag_takes_its_entries_and_no_others() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    // More tags than bits, so that some share one.
    for number in 0..100 {
        let tags = [tag("all"), tag(&format!("number:{number}"))];
        cache.set(&hash(number), b"answer", &tags, HOUR, now()).unwrap();
    }
    set(&mut cache, "untagged", b"answer");

    assert_eq!(cache.flush_tag(&tag("number:7"), now()).unwrap(), 1);
    assert_eq!(cache.flush_tag(&tag("number:7"), now()).unwrap(), 0);
    assert_eq!(get(&mut cache, 7), None);
    assert!((0..100).filter(|number| *number != 7).all(|number| get(&mut cache, number).is_some()));
    assert_eq!(cache.flush_tag(&tag("all"), now()).unwrap(), 99);
    assert_eq!(cache.stats(now()).unwrap().entries, 1);
    assert!(get(&mut cache, "untagged").is_some());
}

#[test]
fn an_entry_has_the_tags_it_was_last_stored_with() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    cache.set(&hash("a"), b"one", &[tag("version:1")], HOUR, now()).unwrap();
    cache.set(&hash("a"), b"two", &[tag("version:2")], HOUR, now()).unwrap();

    assert_eq!(cache.flush_tag(&tag("version:1"), now()).unwrap(), 0);
    assert_eq!(get(&mut cache, "a"), Some(b"two".to_vec()));
}

#[test]
fn hits_and_misses_are_counted_for_all() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    set(&mut cache, "a", b"answer");
    assert!(get(&mut cache, "a").is_some());
    assert!(get(&mut cache, "a").is_some());
    assert!(get(&mut cache, "b").is_none());
    assert!(matches!(
        cache.set(&hash("c"), &vec![0; MAX_CACHED_BYTES + 1], &[], HOUR, now()),
        Err(CacheError::ValueTooLarge { .. })
    ));

    let own = cache.stats(now()).unwrap();
    drop(cache);
    let of_others = open(&path).stats(now()).unwrap();

    assert_eq!((own.hits, own.misses, own.stores, own.failed_stores), (2, 1, 1, 1));
    assert_eq!(own, of_others);
}

#[test]
fn a_reader_writes_its_counts_once_a_second_at_most() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    set(&mut cache, "a", b"answer");
    let written = |cache: &CacheFile| progress(cache.opened.as_ref().unwrap()).unwrap().hits;

    for _ in 0..100 {
        cache.get(&hash("a"), now());
    }
    assert_eq!(written(&cache), 0);
    cache.get(&hash("a"), now().after(Duration::from_secs(1)));
    assert_eq!(written(&cache), 100);
}

#[test]
fn a_value_outlives_its_handle() {
    let (_directory, path) = place();
    set(&mut open(&path), "a", b"answer");

    assert_eq!(get(&mut open(&path), "a"), Some(b"answer".to_vec()));
}

#[test]
fn two_handles_see_each_others_writes() {
    let (_directory, path) = place();
    let (mut one, mut other) = (open(&path), open(&path));

    set(&mut one, "a", b"one");
    set(&mut other, "b", b"other");

    assert_eq!(get(&mut other, "a"), Some(b"one".to_vec()));
    assert_eq!(get(&mut one, "b"), Some(b"other".to_vec()));
}

#[test]
fn many_handles_may_read_and_write_at_once() {
    let (_directory, path) = place();
    open(&path);
    let start = Barrier::new(4);
    let worker = |name: u32| {
        let mut cache = open(&path);
        start.wait();
        let stored = (0..200_u32).filter(|number| {
            let key = hash(format!("{name}-{number}"));
            cache.set(&key, &number.to_be_bytes(), &[], HOUR, now()).is_ok()
                && cache.get(&key, now()).is_some_and(|found| found.as_bytes() == number.to_be_bytes())
        });
        u64::try_from(stored.count()).unwrap()
    };

    let stored: u64 = thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|name| scope.spawn(move || worker(name))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });

    // A write that would wait too long is given up, but that is rare.
    assert!(stored > 400, "only {stored} of 800 were stored");
    assert_eq!(open(&path).stats(now()).unwrap().entries, stored);
}

#[test]
fn a_locked_file_is_waited_for_shortly_and_once() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    set(&mut cache, "a", b"answer");
    let other = location::open(&path).unwrap();
    other.file.lock().unwrap();
    let before = std::time::Instant::now();

    for _ in 0..500 {
        let written = cache.set(&hash("b"), b"answer", &[], HOUR, now());
        assert!(matches!(written, Err(CacheError::Busy)), "{written:?}");
    }

    assert!(before.elapsed() < Duration::from_secs(5), "waited {:?}", before.elapsed());
    assert_eq!(get(&mut cache, "a"), Some(b"answer".to_vec()), "readers do not wait for a writer");
}

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::Barrier;
use std::thread;

use platen_core::prompt;
use tempfile::TempDir;

use super::*;

const HOUR: Duration = Duration::from_hours(1);

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn hash(name: impl std::fmt::Display) -> PromptHash {
    prompt::hash(&name.to_string().into())
}

/// A path in a directory of its own. The directory goes with the first value.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("cache.sqlite");
    (directory, path)
}

fn open(path: &Path) -> CacheFile {
    CacheFile::open(path, Limits::of_size(16 * 1024 * 1024)).unwrap()
}

fn overwrite(path: &Path, from: u64, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(bytes).unwrap();
}

#[test]
fn what_was_set_is_got() {
    let (_directory, path) = place();
    let mut cache = open(&path);

    cache.set(&hash("a"), b"answer", HOUR, now()).unwrap();
    cache.set(&hash("empty"), b"", HOUR, now()).unwrap();

    assert_eq!(cache.get(&hash("a"), now()), Some(b"answer".to_vec()));
    assert_eq!(cache.get(&hash("empty"), now()), Some(vec![]));
    assert_eq!(cache.get(&hash("b"), now()), None);
}

#[test]
fn a_later_value_takes_the_place_of_an_earlier_one() {
    let (_directory, path) = place();
    let mut cache = open(&path);

    cache.set(&hash("a"), b"one", HOUR, now()).unwrap();
    cache.set(&hash("a"), b"two", HOUR, now()).unwrap();

    assert_eq!(cache.get(&hash("a"), now()), Some(b"two".to_vec()));
    assert_eq!(cache.stats().unwrap().entries, 1);
}

#[test]
fn an_entry_is_gone_when_its_time_is_over() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    cache.set(&hash("a"), b"answer", HOUR, now()).unwrap();

    let almost = Timestamp::from_micros(now().after(HOUR).as_micros() - 1);

    assert!(cache.get(&hash("a"), almost).is_some());
    assert_eq!(cache.get(&hash("a"), now().after(HOUR)), None);
}

#[test]
fn a_write_removes_what_has_expired() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    for number in 0..10 {
        cache.set(&hash(number), b"old", HOUR, now()).unwrap();
    }

    cache.set(&hash("new"), b"new", HOUR, now().after(HOUR)).unwrap();

    assert_eq!(cache.stats().unwrap().entries, 1);
}

#[test]
fn a_deleted_entry_is_gone() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    cache.set(&hash("a"), b"answer", HOUR, now()).unwrap();

    assert!(cache.delete(&hash("a")).unwrap());
    assert!(!cache.delete(&hash("a")).unwrap());
    assert_eq!(cache.get(&hash("a"), now()), None);
}

#[test]
fn a_hash_that_only_begins_alike_is_a_miss() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    let one: PromptHash = format!("{}{}", "0123456789abcdef", "0".repeat(48)).parse().unwrap();
    let other: PromptHash = format!("{}{}", "0123456789abcdef", "1".repeat(48)).parse().unwrap();
    cache.set(&one, b"one", HOUR, now()).unwrap();

    assert_eq!(cache.get(&other, now()), None);
    assert!(!cache.delete(&other).unwrap());
    cache.set(&other, b"other", HOUR, now()).unwrap();
    assert_eq!(cache.get(&one, now()), None);
    assert_eq!(cache.get(&other, now()), Some(b"other".to_vec()));
}

#[test]
fn a_full_cache_evicts_what_expires_next() {
    let (_directory, path) = place();
    let limits = Limits::of_size(1024 * 1024);
    let mut cache = CacheFile::open(&path, limits).unwrap();
    let value = vec![7; 16 * 1024];

    for number in 0..200_u32 {
        cache.set(&hash(number), &value, HOUR + Duration::from_secs(number.into()), now()).unwrap();
    }

    let stats = cache.stats().unwrap();
    assert!(stats.used_bytes <= stats.max_bytes, "{stats:?}");
    assert!(fs::metadata(&path).unwrap().len() <= stats.max_bytes, "the file is larger than its limit");
    assert_eq!(cache.get(&hash(0), now()), None);
    assert_eq!(cache.get(&hash(199), now()), Some(value));
}

#[test]
fn a_value_over_the_limit_is_refused() {
    let (_directory, path) = place();
    let mut cache = CacheFile::open(&path, Limits::new(1024 * 1024, 10).unwrap()).unwrap();

    let error = cache.set(&hash("a"), &[0; 11], HOUR, now()).unwrap_err();

    assert!(matches!(error, CacheError::ValueTooLarge { actual: 11, limit: 10 }), "{error:?}");
}

#[test]
fn a_value_outlives_its_handle() {
    let (_directory, path) = place();
    open(&path).set(&hash("a"), b"answer", HOUR, now()).unwrap();

    assert_eq!(open(&path).get(&hash("a"), now()), Some(b"answer".to_vec()));
}

#[test]
fn two_handles_see_each_others_writes() {
    let (_directory, path) = place();
    let (mut one, mut other) = (open(&path), open(&path));

    one.set(&hash("a"), b"one", HOUR, now()).unwrap();
    other.set(&hash("b"), b"other", HOUR, now()).unwrap();

    assert_eq!(other.get(&hash("a"), now()), Some(b"one".to_vec()));
    assert_eq!(one.get(&hash("b"), now()), Some(b"other".to_vec()));
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
            cache.set(&key, &number.to_be_bytes(), HOUR, now()).is_ok()
                && cache.get(&key, now()).as_deref() == Some(&number.to_be_bytes())
        });
        stored.count()
    };

    let stored: usize = thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|name| scope.spawn(move || worker(name))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });

    // A write that would wait too long is given up, but that is rare.
    assert!(stored > 400, "only {stored} of 800 were stored");
    let entries = open(&path).stats().unwrap().entries;
    assert_eq!(usize::try_from(entries).unwrap(), stored);
}

#[test]
fn a_locked_file_is_waited_for_only_shortly() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    cache.set(&hash("a"), b"answer", HOUR, now()).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let before = std::time::Instant::now();

    let written = cache.set(&hash("b"), b"answer", HOUR, now());

    assert!(matches!(written, Err(CacheError::Busy)), "{written:?}");
    assert!(before.elapsed() < Duration::from_secs(1), "waited {:?}", before.elapsed());
    assert_eq!(cache.get(&hash("a"), now()), Some(b"answer".to_vec()), "readers do not wait for a writer");
}

#[test]
fn the_files_are_for_the_user_and_the_group() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    cache.set(&hash("a"), b"answer", HOUR, now()).unwrap();

    for suffix in ["", "-wal", "-shm", ".lock"] {
        let mode = fs::metadata(location::beside(&path, suffix)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o660, "{suffix}");
    }
}

#[test]
fn a_missing_directory_is_made_for_the_user_alone() {
    let (directory, _) = place();
    let path = directory.path().join("private").join("cache.sqlite");

    open(&path);

    let mode = fs::metadata(path.parent().unwrap()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_directory_that_anyone_can_change_is_refused() {
    let (directory, path) = place();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o1777)).unwrap();

    let opened = CacheFile::open(&path, Limits::of_size(0));

    assert!(matches!(opened, Err(CacheError::UnsafeDirectory)), "{opened:?}");
    assert!(!path.exists());
}

#[test]
fn a_link_is_not_followed() {
    let (directory, path) = place();
    let target = directory.path().join("target");
    fs::write(&target, "precious").unwrap();
    symlink(&target, &path).unwrap();

    let opened = CacheFile::open(&path, Limits::of_size(0));

    assert!(matches!(opened, Err(CacheError::NotAFile)), "{opened:?}");
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
}

#[test]
fn a_file_that_is_no_database_is_kept_aside_and_made_anew() {
    let (_directory, path) = place();
    fs::write(&path, "this is not a database, and longer than the header of one: ".repeat(20)).unwrap();

    let mut cache = open(&path);

    cache.set(&hash("a"), b"answer", HOUR, now()).unwrap();
    assert_eq!(cache.get(&hash("a"), now()), Some(b"answer".to_vec()));
    assert!(fs::read_to_string(location::beside(&path, ".damaged")).unwrap().starts_with("this is not"));
}

#[test]
fn a_sound_database_of_another_program_is_left_alone() {
    let (_directory, path) = place();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE wp_posts (id INTEGER); INSERT INTO wp_posts VALUES (1);").unwrap();

    let opened = CacheFile::open(&path, Limits::of_size(0));

    assert!(matches!(opened, Err(CacheError::Foreign)), "{opened:?}");
    assert_eq!(other.query_row("SELECT count(*) FROM wp_posts", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}

#[test]
fn the_file_of_a_later_version_is_left_alone_and_of_an_earlier_one_made_anew() {
    let (_directory, path) = place();
    open(&path);
    let change =
        |version: i32| Connection::open(&path).unwrap().pragma_update(None, "user_version", version).unwrap();

    change(2);
    let later = CacheFile::open(&path, Limits::of_size(0));
    change(0);
    let earlier = CacheFile::open(&path, Limits::of_size(0));

    assert!(matches!(later, Err(CacheError::Foreign)), "{later:?}");
    assert!(earlier.is_ok(), "{earlier:?}");
}

/// A cache of many entries, all in the main file.
fn filled(path: &Path) {
    let mut cache = open(path);
    for number in 0..300 {
        cache.set(&hash(number), &[b'x'; 3_000], HOUR, now()).unwrap();
    }
}

#[test]
fn damage_found_by_a_read_is_a_miss_and_the_file_is_made_anew() {
    let (_directory, path) = place();
    filled(&path);
    let mut cache = open(&path);
    let length = fs::metadata(&path).unwrap().len();
    // All but the first pages, so that the file opens well.
    overwrite(&path, 8 * 4096, &vec![0xA5; usize::try_from(length).unwrap() - 8 * 4096]);

    let found = (0..300).filter(|number| cache.get(&hash(number), now()).is_some()).count();

    assert!(found < 300, "nothing was damaged");
    assert!(location::beside(&path, ".damaged").exists());
    cache.set(&hash("new"), b"answer", HOUR, now()).unwrap();
    assert_eq!(open(&path).get(&hash("new"), now()), Some(b"answer".to_vec()));
}

#[test]
fn a_garbled_value_is_never_handed_out() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    cache.set(&hash("a"), &[b'x'; 100], HOUR, now()).unwrap();
    Connection::open(&path).unwrap().execute("UPDATE entries SET value = zeroblob(100)", []).unwrap();

    assert_eq!(cache.get(&hash("a"), now()), None);
}

#[test]
fn a_file_without_its_table_is_made_anew() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    Connection::open(&path).unwrap().execute_batch("DROP TABLE entries").unwrap();

    assert_eq!(cache.get(&hash("a"), now()), None);

    cache.set(&hash("a"), b"answer", HOUR, now()).unwrap();
    assert_eq!(cache.get(&hash("a"), now()), Some(b"answer".to_vec()));
}

#[test]
fn a_cut_file_is_made_anew() {
    let (_directory, path) = place();
    filled(&path);
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(5_000).unwrap();

    let mut cache = open(&path);
    // A damage that opening does not notice is noticed by the first write.
    let _ = cache.set(&hash("a"), b"answer", HOUR, now());
    cache.set(&hash("a"), b"answer", HOUR, now()).unwrap();

    assert_eq!(cache.get(&hash("a"), now()), Some(b"answer".to_vec()));
}

#[test]
fn a_file_that_was_removed_is_made_anew_by_the_next_write() {
    let (_directory, path) = place();
    let mut cache = open(&path);
    cache.set(&hash("a"), b"answer", HOUR, now()).unwrap();
    for suffix in ["", "-wal", "-shm"] {
        fs::remove_file(location::beside(&path, suffix)).unwrap();
    }

    cache.set(&hash("b"), b"answer", HOUR, now()).unwrap();

    assert_eq!(open(&path).get(&hash("b"), now()), Some(b"answer".to_vec()));
}

#[test]
fn a_handle_follows_when_another_one_makes_the_file_anew() {
    let (_directory, path) = place();
    filled(&path);
    let mut early = open(&path);
    overwrite(&path, 0, &[0xA5; 100]);

    let mut late = open(&path);
    late.set(&hash("a"), b"late", HOUR, now()).unwrap();
    early.set(&hash("b"), b"early", HOUR, now()).unwrap();

    assert_eq!(late.get(&hash("b"), now()), Some(b"early".to_vec()));
    assert_eq!(early.get(&hash("a"), now()), Some(b"late".to_vec()));
}

#[test]
fn many_handles_make_a_damaged_file_anew_once() {
    let (_directory, path) = place();
    fs::write(&path, [0xA5; 8192]).unwrap();
    let start = Barrier::new(4);
    let worker = |name: u32| {
        start.wait();
        // While one makes the file anew, the others miss and come again with the next request.
        let give_up = std::time::Instant::now() + Duration::from_secs(10);
        loop {
            let stored = CacheFile::open(&path, Limits::of_size(0))
                .and_then(|mut cache| cache.set(&hash(name), b"answer", HOUR, now()));
            match stored {
                Ok(()) => return,
                Err(error) => assert!(std::time::Instant::now() < give_up, "{error:?}"),
            }
            thread::yield_now();
        }
    };

    thread::scope(|scope| {
        for name in 0..4 {
            scope.spawn(move || worker(name));
        }
    });

    assert_eq!(open(&path).stats().unwrap().entries, 4);
    assert_eq!(fs::read(location::beside(&path, ".damaged")).unwrap(), [0xA5; 8192]);
}

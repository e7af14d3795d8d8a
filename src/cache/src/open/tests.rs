use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::PathBuf;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::prompt::{self, PromptHash};
use tempfile::TempDir;

use super::*;
use crate::layout::PROGRESS_AT;
use crate::{CacheFile, MIN_BYTES};

const HOUR: Duration = Duration::from_hours(1);

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn hash(name: impl std::fmt::Display) -> PromptHash {
    prompt::hash(&name.to_string().into())
}

fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("prompts.cache");
    (directory, path)
}

fn cache(path: &Path) -> CacheFile {
    CacheFile::open(path, MIN_BYTES).unwrap()
}

fn overwrite(path: &Path, from: u64, bytes: &[u8]) {
    fs::OpenOptions::new().write(true).open(path).unwrap().write_all_at(bytes, from).unwrap();
}

fn damaged(path: &Path) -> PathBuf {
    path.with_file_name("prompts.cache.damaged")
}

#[track_caller]
fn assert_works(cache: &mut CacheFile, name: &str) {
    cache.set(&hash(name), name.as_bytes(), &[], HOUR, now()).unwrap();
    assert_eq!(cache.get(&hash(name), now()).unwrap().as_bytes(), name.as_bytes());
}

#[test]
fn the_file_is_for_the_user_and_the_group() {
    let (directory, path) = place();

    cache(&path);

    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o660);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_missing_directory_is_made_for_the_user_alone() {
    let (directory, _) = place();
    let path = directory.path().join("private").join("prompts.cache");

    cache(&path);

    assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o700);
}

#[test]
fn a_directory_that_anyone_can_change_is_refused() {
    let (directory, path) = place();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o1777)).unwrap();

    let opened = CacheFile::open(&path, MIN_BYTES);

    assert!(matches!(opened, Err(CacheError::UnsafeDirectory)), "{opened:?}");
    assert!(!path.exists());
}

#[test]
fn a_link_is_not_followed() {
    let (directory, path) = place();
    let target = directory.path().join("target");
    fs::write(&target, "precious").unwrap();
    symlink(&target, &path).unwrap();

    let opened = CacheFile::open(&path, MIN_BYTES);

    assert!(matches!(opened, Err(CacheError::NotAFile)), "{opened:?}");
    assert_eq!(fs::read_to_string(&target).unwrap(), "precious");
}

#[test]
fn a_directory_in_its_place_is_no_cache() {
    let (_directory, path) = place();
    fs::create_dir(&path).unwrap();

    let opened = CacheFile::open(&path, MIN_BYTES);

    assert!(matches!(opened, Err(CacheError::NotAFile)), "{opened:?}");
}

#[test]
fn a_file_keeps_the_size_it_was_made_with() {
    let (_directory, path) = place();
    cache(&path);

    let larger = CacheFile::open(&path, 64 * MIN_BYTES).unwrap().stats(now()).unwrap();

    assert!(larger.max_bytes <= MIN_BYTES, "{larger:?}");
}

#[test]
fn a_file_that_is_no_cache_is_kept_aside_and_made_anew() {
    for content in [&b""[..], b"this is not a cache", &[0xA5; 8192], &[0; 8192]] {
        let (_directory, path) = place();
        fs::write(&path, content).unwrap();

        let mut cache = cache(&path);

        assert_works(&mut cache, "a");
        assert_eq!(fs::read(damaged(&path)).unwrap(), content);
    }
}

#[test]
fn the_database_of_another_program_is_left_alone() {
    let (_directory, path) = place();
    fs::write(&path, b"SQLite format 3\0and its pages").unwrap();

    let opened = CacheFile::open(&path, MIN_BYTES);

    assert!(matches!(opened, Err(CacheError::Foreign)), "{opened:?}");
    assert!(fs::read(&path).unwrap().starts_with(b"SQLite"));
}

#[test]
fn the_file_of_a_later_version_is_left_alone_and_of_an_earlier_one_made_anew() {
    let (_directory, path) = place();
    cache(&path);

    overwrite(&path, 8, &2_u32.to_le_bytes());
    let later = CacheFile::open(&path, MIN_BYTES);
    overwrite(&path, 8, &0_u32.to_le_bytes());
    let earlier = CacheFile::open(&path, MIN_BYTES);

    assert!(matches!(later, Err(CacheError::Foreign)), "{later:?}");
    assert!(earlier.is_ok(), "{earlier:?}");
}

#[test]
fn garbled_progress_is_found_by_a_write_and_the_next_one_succeeds() {
    let (_directory, path) = place();
    let mut cache = cache(&path);
    assert_works(&mut cache, "a");
    overwrite(&path, PROGRESS_AT, &[0xA5; 20]);

    let written = cache.set(&hash("b"), b"answer", &[], HOUR, now());

    assert!(matches!(written, Err(CacheError::Damaged)), "{written:?}");
    assert_works(&mut cache, "b");
    assert!(damaged(&path).exists());
}

#[test]
fn a_cut_file_is_a_miss_and_is_used_on() {
    for length in [0, 100, 4096, 5000, 300_000] {
        let (_directory, path) = place();
        let mut cache = cache(&path);
        for number in 0..100 {
            cache.set(&hash(number), &[b'x'; 3000], &[], HOUR, now()).unwrap();
        }
        fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length).unwrap();

        let found = (0..100).filter_map(|number| cache.get(&hash(number), now()));
        assert!(found.into_iter().all(|cached| cached.as_bytes() == [b'x'; 3000]));
        // A damage that opening and reading do not notice is noticed by the first write.
        let _ = cache.set(&hash("a"), b"answer", &[], HOUR, now());
        assert_works(&mut cache, "a");
    }
}

#[test]
fn a_file_that_was_removed_is_made_anew_by_the_next_write() {
    let (_directory, path) = place();
    let mut one = cache(&path);
    assert_works(&mut one, "a");
    fs::remove_file(&path).unwrap();

    assert_works(&mut one, "b");

    assert!(cache(&path).get(&hash("b"), now()).is_some());
}

#[test]
fn a_reader_leaves_a_removed_file_within_a_second() {
    let (_directory, path) = place();
    let mut reader = cache(&path);
    assert_works(&mut reader, "a");
    assert!(reader.get(&hash("a"), now()).is_some());
    fs::remove_file(&path).unwrap();

    assert!(reader.get(&hash("a"), now().after(Duration::from_secs(1))).is_none());
}

#[test]
fn a_handle_follows_when_another_one_makes_the_file_anew() {
    let (_directory, path) = place();
    let mut early = cache(&path);
    overwrite(&path, 0, &[0xA5; 100]);

    let mut late = cache(&path);
    late.set(&hash("a"), b"late", &[], HOUR, now()).unwrap();
    early.set(&hash("b"), b"early", &[], HOUR, now()).unwrap();

    assert_eq!(late.get(&hash("b"), now()).unwrap().as_bytes(), b"early");
    assert_eq!(early.get(&hash("a"), now()).unwrap().as_bytes(), b"late");
}

#[test]
fn many_handles_make_a_damaged_file_anew_once() {
    let (_directory, path) = place();
    fs::write(&path, [0xA5; 8192]).unwrap();
    let start = Barrier::new(4);
    let worker = |name: u32| {
        start.wait();
        let give_up = std::time::Instant::now() + Duration::from_secs(10);
        loop {
            let stored = CacheFile::open(&path, MIN_BYTES)
                .and_then(|mut cache| cache.set(&hash(name), b"answer", &[], HOUR, now()));
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

    assert_eq!(cache(&path).stats(now()).unwrap().entries, 4);
    assert_eq!(fs::read(damaged(&path)).unwrap(), [0xA5; 8192]);
}

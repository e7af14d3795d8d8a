//! Several processes on one file, some of which are killed while they write.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use platen_cache::{CacheFile, MIN_BYTES};
use platen_core::clock::Timestamp;
use platen_core::prompt::{self, PromptHash};

const KEYS: u32 = 200;
const HOUR: Duration = Duration::from_hours(1);
const PATH: &str = "PLATEN_TEST_CACHE";

fn now() -> Timestamp {
    Timestamp::from_seconds(1_800_000_000)
}

fn hash(key: u32) -> PromptHash {
    prompt::hash(&key.into())
}

/// A value that tells whose it is and whether it is whole.
fn value(key: u32, round: u32) -> Vec<u8> {
    let length = 100 + usize::try_from(key * 7919 + round * 104_729).unwrap() % 30_000;
    let mut value = format!("{key} ").into_bytes();
    value.resize(length, u8::try_from(round % 251).unwrap());
    value
}

fn is_whole(key: u32, value: &[u8]) -> bool {
    let head = format!("{key} ").into_bytes();
    let rest = value.strip_prefix(head.as_slice());
    rest.is_some_and(|rest| rest.windows(2).all(|pair| pair[0] == pair[1]))
}

/// No test, but the other process of those below: writes until it is killed.
#[test]
#[ignore = "started by the other tests"]
#[expect(clippy::disallowed_methods, reason = "the only way to tell a test of another process its file")]
fn writer() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let mut cache = CacheFile::open(Path::new(&path), MIN_BYTES).unwrap();
    let give_up = Instant::now() + Duration::from_mins(1);
    for round in 0.. {
        for key in 0..KEYS {
            // Refused while another one holds the lock for long, which is no wrong value.
            let _ = cache.set(&hash(key), &value(key, round), &[], HOUR, now());
        }
        assert!(Instant::now() < give_up, "nobody has killed this writer");
    }
}

struct Writer(Child);

impl Writer {
    fn start(path: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "writer", "--ignored"]).env(PATH, path);
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Writer {
    /// SIGKILL.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads until so many values were found; all of them must be whole.
fn read_some(cache: &mut CacheFile, wanted: u32) {
    let give_up = Instant::now() + Duration::from_secs(30);
    let mut found = 0;
    for key in (0..KEYS).cycle() {
        if let Some(cached) = cache.get(&hash(key), now()) {
            assert!(is_whole(key, cached.as_bytes()), "a value of {key} is garbled");
            found += 1;
        }
        if found == wanted {
            return;
        }
        assert!(Instant::now() < give_up, "only {found} values were found");
    }
}

#[test]
fn readers_beside_several_writers_find_whole_values_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("prompts.cache");
    let mut cache = CacheFile::open(&path, MIN_BYTES).unwrap();
    let _writers = [Writer::start(&path), Writer::start(&path)];

    read_some(&mut cache, 2000);
}

#[test]
fn a_writer_that_is_killed_leaves_a_sound_cache() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("prompts.cache");
    let mut cache = CacheFile::open(&path, MIN_BYTES).unwrap();
    for round in 0..10 {
        let writer = Writer::start(&path);
        // Each time it is killed after another number of reads, so somewhere else in its work.
        read_some(&mut cache, 50 + 37 * round);
        drop(writer);

        let written = cache.set(&hash(KEYS), &value(KEYS, round), &[], HOUR, now());
        assert!(written.is_ok(), "the lock of a killed writer is free: {written:?}");
        assert_eq!(cache.get(&hash(KEYS), now()).unwrap().as_bytes(), value(KEYS, round));
        let all = (0..KEYS).filter_map(|key| Some((key, cache.get(&hash(key), now())?)));
        assert!(all.into_iter().all(|(key, cached)| is_whole(key, cached.as_bytes())));
    }
    assert!(!path.with_file_name("prompts.cache.damaged").exists(), "a kill is no damage");
}

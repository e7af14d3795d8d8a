//! The table in a real file: exactness across processes, and files that must not be trusted.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::PathBuf;
use std::time::Duration;

use platen_core::rate::Quota;
use platen_limits::{Guest, OpenError, Owned, Owner, SLOTS, beside, uptime_micros};
use proptest::prelude::*;
use tempfile::TempDir;

const SITE: &str = "demo";
const NOW: u64 = 1_000_000_000;
const BOOT_OFFSET: u64 = 16;
const FIRST_SLOT: u64 = 4096;

struct Place {
    path: PathBuf,
    _directory: TempDir,
}

fn place() -> Place {
    let directory = tempfile::tempdir().unwrap();
    Place { path: beside(&directory.path().join("platend.sock")), _directory: directory }
}

fn open(place: &Place) -> Owner {
    Owner::open(&place.path, 0o660, None, [1, 2]).unwrap()
}

fn quota(limit: u32) -> Quota {
    Quota::new("key", limit, Duration::from_hours(1), 1).unwrap()
}

fn own(owner: &Owner, key: &str, quota: Quota, now: u64) -> bool {
    match owner.take(owner.key(SITE, key), quota, 0, now) {
        Owned::Decided(decision) => decision.is_allowed,
        Owned::NoRoom => panic!("no room for {key}"),
    }
}

#[test]
fn both_sides_take_from_the_same_bucket() {
    let place = place();
    let owner = open(&place);
    let guest = Guest::open(&place.path).unwrap();
    assert_eq!(guest.take(SITE, "a", quota(3), NOW), None, "only the owner puts a key into the table");

    assert!(own(&owner, "a", quota(3), NOW));
    let decision = guest.take(SITE, "a", quota(3), NOW).unwrap();

    assert_eq!((decision.is_allowed, decision.remaining), (true, 1));
    assert!(own(&owner, "a", quota(3), NOW));
    assert!(!guest.take(SITE, "a", quota(3), NOW).unwrap().is_allowed);
    assert_eq!(guest.take("other", "a", quota(3), NOW), None, "a key belongs to its site");
    assert_eq!(owner.in_use(NOW), 1);
}

/// Forks on purpose: shared memory is only proven by processes.
#[test]
#[expect(unsafe_code, reason = "std does not fork")]
fn processes_together_take_exactly_the_limit() {
    const PROCESSES: usize = 6;
    const LIMIT: u32 = 40_000;
    let place = place();
    let owner = open(&place);
    let look = Quota::new("key", LIMIT, Duration::from_hours(700), 0).unwrap();
    let one = Quota::new("key", LIMIT, Duration::from_hours(700), 1).unwrap();
    owner.take(owner.key(SITE, "hot"), look, 0, NOW);
    let guest = Guest::open(&place.path).unwrap();
    let (mut reader, writer) = std::io::pipe().unwrap();

    for _ in 0..PROCESSES {
        // SAFETY: the child allocates nothing, takes no lock and leaves by `_exit`.
        if unsafe { libc::fork() } == 0 {
            let mut allowed = 0_u32;
            for _ in 0..LIMIT {
                let decision = guest.take(SITE, "hot", one, NOW);
                allowed += u32::from(decision.is_some_and(|decision| decision.is_allowed));
            }
            let _ = (&writer).write(&allowed.to_ne_bytes());
            // SAFETY: ends the child without running anything of the parent's.
            unsafe { libc::_exit(0) };
        }
    }
    drop(writer);
    let mut counts = Vec::new();
    reader.read_to_end(&mut counts).unwrap();

    let counts: Vec<u32> =
        counts.chunks_exact(4).map(|bytes| u32::from_ne_bytes(bytes.try_into().unwrap())).collect();
    assert_eq!(counts.len(), PROCESSES);
    assert_eq!(counts.iter().sum::<u32>(), LIMIT, "{counts:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// The owner gives slots away while guests decide, on keys that share their neighbours.
    #[test]
    fn no_key_gets_more_than_its_limit_while_slots_move(
        keys in 1_usize..40, limit in 1_u32..6, rounds in 1_usize..60
    ) {
        let place = place();
        let owner = open(&place);
        let guest = Guest::open(&place.path).unwrap();
        let names: Vec<String> = (0..keys).map(|key| format!("key:{key}")).collect();

        let allowed: Vec<u32> = std::thread::scope(|scope| {
            let owned = scope.spawn(|| {
                let mut allowed = vec![0; keys];
                for round in 0..rounds * keys {
                    let key = round % keys;
                    allowed[key] += u32::from(own(&owner, &names[key], quota(limit), NOW));
                }
                allowed
            });
            let guests: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| {
                    let mut allowed = vec![0; keys];
                    for round in 0..rounds * keys {
                        let key = round % keys;
                        let decision = guest.take(SITE, &names[key], quota(limit), NOW);
                        allowed[key] += u32::from(decision.is_some_and(|decision| decision.is_allowed));
                    }
                    allowed
                }))
                .collect();
            let mut sums = owned.join().unwrap();
            for guest in guests {
                for (sum, count) in sums.iter_mut().zip(guest.join().unwrap()) {
                    *sum += count;
                }
            }
            sums
        });

        for count in allowed {
            prop_assert!(count <= limit);
        }
    }
}

#[test]
fn a_slot_is_given_on_when_its_bucket_is_full_again() {
    let place = place();
    let owner = open(&place);
    let short = Quota::new("key", 1, Duration::from_secs(1), 1).unwrap();
    let mut round = 0;
    let has_room = |number: u64, now: u64| {
        !matches!(owner.take(owner.key(SITE, &format!("k{number}")), short, 0, now), Owned::NoRoom)
    };
    while has_room(round, NOW) {
        round += 1;
        assert!(round < u64::try_from(SLOTS).unwrap() * 2, "the table never fills");
    }

    assert!(has_room(round, NOW + 1_000_001));
    assert!(owner.in_use(NOW + 1_000_001) == 1);
}

#[test]
fn what_was_decided_survives_the_owner() {
    let place = place();
    assert!(own(&open(&place), "a", quota(1), NOW));

    let owner = open(&place);

    assert!(!own(&owner, "a", quota(1), NOW));
    assert!(matches!(Owner::open(&place.path, 0o660, None, [3, 4]), Err(OpenError::InUse)));
}

#[test]
fn the_file_is_for_the_owner_and_the_group() {
    let place = place();
    let _owner = open(&place);

    assert_eq!(fs::metadata(&place.path).unwrap().permissions().mode() & 0o777, 0o660);
    assert!(fs::read_dir(place.path.parent().unwrap()).unwrap().count() == 1, "no temporary file stays");
}

#[test]
fn files_that_are_no_table_are_refused_by_a_guest_and_replaced_by_an_owner() {
    let place = place();
    let state = || Guest::open(&place.path).unwrap_err().as_str();
    assert_eq!(state(), "missing");
    for (spoil, expected) in [
        (Box::new(|_: &File| ()) as Box<dyn Fn(&File)>, "fine"),
        (Box::new(|file| file.set_len(8192).unwrap()), "foreign"),
        (Box::new(|file| file.set_len(0).unwrap()), "foreign"),
        (Box::new(|file| file.set_len(64 * 1024 * 1024).unwrap()), "foreign"),
        (Box::new(|file| file.write_all_at(b"SQLite format 3\0", 0).unwrap()), "foreign"),
        (Box::new(|file| file.write_all_at(&[7; 16], BOOT_OFFSET).unwrap()), "of_earlier_boot"),
        (Box::new(|file| file.set_permissions(Permissions::from_mode(0o666)).unwrap()), "unsafe"),
    ] {
        drop(open(&place));
        spoil(&OpenOptions::new().write(true).open(&place.path).unwrap());
        if expected == "fine" {
            Guest::open(&place.path).unwrap();
        } else {
            assert_eq!(state(), expected);
        }
        drop(open(&place));
        Guest::open(&place.path).unwrap();
    }
}

#[test]
fn a_link_or_a_directory_is_no_table() {
    let place = place();
    let target = place.path.with_extension("target");
    drop(Owner::open(&target, 0o660, None, [1, 2]).unwrap());
    std::os::unix::fs::symlink(&target, &place.path).unwrap();
    assert_eq!(Guest::open(&place.path).unwrap_err().as_str(), "unreadable");
    fs::remove_file(&place.path).unwrap();
    fs::create_dir(&place.path).unwrap();

    Guest::open(&place.path).unwrap_err();
    Owner::open(&place.path, 0o660, None, [1, 2]).unwrap_err();
}

#[test]
fn a_table_that_was_cut_or_replaced_is_let_go_of_within_a_second() {
    let place = place();
    let owner = open(&place);
    let later = uptime_micros() + 5_000_000;
    let mut guest = Guest::open(&place.path).unwrap();
    assert!(guest.is_current(later));

    OpenOptions::new().write(true).open(&place.path).unwrap().set_len(0).unwrap();
    assert!(guest.is_current(later + 999_999), "it is looked at once a second");
    assert!(!guest.is_current(later + 1_000_000));

    drop(owner);
    let _replaced = open(&place);
    assert!(!guest.is_current(later + 9_000_000));
}

#[test]
fn garbled_slots_make_nobody_wait_longer_than_a_window() {
    let place = place();
    let owner = open(&place);
    assert!(own(&owner, "a", quota(2), NOW));
    let file = OpenOptions::new().write(true).read(true).open(&place.path).unwrap();
    for slot in 0..u64::try_from(SLOTS).unwrap() {
        // The numbers only: the keys stay.
        file.write_all_at(&(u64::MAX - 7).to_ne_bytes(), FIRST_SLOT + slot * 16 + 8).unwrap();
    }
    let guest = Guest::open(&place.path).unwrap();

    let refused = guest.take(SITE, "a", quota(2), NOW).unwrap();
    let wait = u64::from(!refused.is_allowed) * refused.retry_after_ms * 1000;

    assert!(wait > 0 && wait <= 3_600_000_000, "{refused:?}");
    assert!(guest.take(SITE, "a", quota(2), NOW + wait).unwrap().is_allowed);
}

#[test]
fn a_slot_that_a_killed_owner_was_giving_away_is_free_again() {
    let place = place();
    assert!(own(&open(&place), "a", quota(1), NOW));
    let file = OpenOptions::new().write(true).open(&place.path).unwrap();
    for slot in 0..u64::try_from(SLOTS).unwrap() {
        file.write_all_at(&u64::MAX.to_ne_bytes(), FIRST_SLOT + slot * 16 + 8).unwrap();
    }

    let owner = open(&place);

    assert!(own(&owner, "a", quota(1), NOW));
    assert_eq!(owner.in_use(NOW), 1);
}

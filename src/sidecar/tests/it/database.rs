//! A daemon and its commands over PostgreSQL.

use std::fs;

use platen_core::job::JobStatus;

use crate::daemon::{Home, SITE, chat};
use crate::postgres::Database;

/// A home whose address of the database holds a password, which the server does not ask for.
fn home(database: &Database, settings: &str) -> Home {
    let mut home = Home::offline(settings);
    home.export("PLATEN_DATABASE_URL", &format!("{} password=planted", database.url()));
    home
}

#[tokio::test]
async fn every_command_works_and_none_shows_the_password() {
    let database = Database::new().await;
    let home = home(&database, "");
    home.add_site("http://127.0.0.1:9");
    let _daemon = home.start().await;
    let spec = chat("?");
    let mut client = home.client().await;
    client.submit(spec.clone()).await;
    client.wait_for(&spec.id, JobStatus::Succeeded).await;

    let checked = home.ok(&["check-config"]);
    let doctor = home.run(&["doctor"]);
    let jobs = home.ok(&["jobs", "list"]);
    let shown = home.ok(&["jobs", "show", spec.id.as_str()]);
    let dead = home.ok(&["jobs", "dead", "list"]);
    let sites = home.ok(&["site", "list"]);
    let erased = home.ok(&["erase", "--site", SITE, "--subject", "user:1"]);

    assert!(checked.contains("PostgreSQL, test_"), "{checked}");
    let doctor = String::from_utf8(doctor.stdout).unwrap();
    assert!(doctor.contains("can be written"), "{doctor}");
    assert!(jobs.contains(spec.id.as_str()) && shown.contains("job.succeeded"), "{jobs}{shown}");
    assert!(sites.contains(SITE), "{sites}");
    assert!(erased.contains("1 jobs erased"), "{erased}");
    for text in [&checked, &doctor, &jobs, &shown, &dead, &sites, &erased, &home.log()] {
        assert!(!text.contains("planted"), "{text}");
    }
    assert!(!home.database().exists(), "nothing is kept in SQLite");
}

#[tokio::test]
async fn a_second_daemon_of_the_same_name_does_not_start() {
    let database = Database::new().await;
    let (first, second) = (home(&database, ""), home(&database, ""));
    // Nobody drains: the wait for that is short.
    second.set("daemon.drain_deadline_s = 0");
    let _daemon = first.start().await;

    let refused = second.fails(&["serve"]);

    assert!(refused.contains("another daemon with the name \"main\""), "{refused}");
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_said_without_its_password() {
    let home = Home::offline("");
    let file = home.dir.path().join("url");
    home.set(&format!("database.url_file = \"{}\"", file.display()));
    for (address, reason) in [
        ("postgres://platen:planted@127.0.0.1:1/platen", "platen on 127.0.0.1"),
        ("postgres//platen:planted@host", "not of the form"),
        ("", "the file is empty"),
    ] {
        fs::write(&file, address).unwrap();

        let refused = home.fails(&["site", "list"]);

        assert!(refused.contains(reason) && !refused.contains("planted"), "{address}: {refused}");
    }
}

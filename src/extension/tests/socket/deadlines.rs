//! How long a call may take, and what is not tried again.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixListener;
use std::time::{Duration, Instant};

use platen_core::code::ErrorCode;
use platen_core::wire::{Tag, encode};

use crate::daemon::{DEADLINE, accept, code_of, connect_briefly, daemon, ping, read_request, target};
use crate::extension::socket::{Client, Deadline, SocketError};

#[test]
fn a_daemon_that_never_answers_costs_one_deadline() {
    let daemon = daemon();
    let mut client = Client::default();
    let start = Instant::now();

    let first = code_of(client.call(Tag::Ping, &ping(), target(&daemon.path)));
    let waited = start.elapsed();
    let second = code_of(client.call(Tag::Ping, &ping(), target(&daemon.path)));

    assert_eq!((first, second), (ErrorCode::DeadlineExceeded, ErrorCode::DaemonUnavailable));
    assert!(waited >= DEADLINE && waited < DEADLINE * 3, "{waited:?}");
    assert!(start.elapsed() < DEADLINE * 4);
}

#[test]
fn a_full_backlog_ends_at_the_deadline() {
    let daemon = daemon();
    #[expect(unsafe_code, reason = "std cannot set the length of the backlog")]
    // SAFETY: a listening socket that lives over the call.
    let shortened = unsafe { libc::listen(daemon.listener.as_raw_fd(), 1) };
    assert_eq!(shortened, 0);
    let mut waiting = Vec::new();
    while let Ok(stream) = connect_briefly(&daemon.path) {
        waiting.push(stream);
        assert!(waiting.len() < 100, "the backlog does not fill");
    }
    let start = Instant::now();

    let code = code_of(Client::default().call(Tag::Ping, &ping(), target(&daemon.path)));

    assert_eq!(code, ErrorCode::DeadlineExceeded);
    assert!(start.elapsed() < DEADLINE * 3, "{:?}", start.elapsed());
}

#[test]
fn an_answer_that_drips_in_still_ends_at_the_deadline() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut stream = accept(&listener);
        read_request(&mut stream);
        for byte in encode(Tag::Pong, &[b' '; 100]).unwrap() {
            if stream.write_all(&[byte]).is_err() {
                return;
            }
            // Each byte alone comes well within the deadline.
            let _ = stream.set_read_timeout(Some(Duration::from_millis(20)));
            let _ = stream.read(&mut [0]);
        }
    });
    let start = Instant::now();

    let code = code_of(Client::default().call(Tag::Ping, &ping(), target(&daemon.path)));

    assert_eq!(code, ErrorCode::DeadlineExceeded);
    assert!(start.elapsed() < DEADLINE * 3, "{:?}", start.elapsed());
    server.join().unwrap();
}

#[test]
fn a_deadline_runs_out() {
    assert!(Deadline::after(Duration::ZERO).remaining().is_none());
    assert!(Deadline::after(DEADLINE).remaining().is_some());
}

#[test]
fn nothing_there_fails_at_once_and_is_not_asked_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("platend.sock");
    let mut client = Client::default();
    let start = Instant::now();

    let first = client.call(Tag::Ping, &ping(), target(&path)).unwrap_err();
    let daemon = UnixListener::bind(&path).unwrap();
    let second = client.call(Tag::Ping, &ping(), target(&path)).unwrap_err();

    assert!(matches!(first, SocketError::Connect { .. }), "{first}");
    assert!(matches!(second, SocketError::CircuitOpen { .. }), "{second}");
    assert!(start.elapsed() < DEADLINE);
    drop(daemon);
}

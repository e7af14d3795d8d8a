//! Requests and their answers on one connection.

use std::io::Write;
use std::time::Duration;

use platen_core::code::ErrorCode;
use platen_core::wire::{Tag, encode};

use crate::daemon::{accept, answer, answer_first, code_of, daemon, ping, read_request, target};
use crate::extension::socket::{Client, SocketError, Target};

#[test]
fn calls_share_one_connection() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut stream = accept(&listener);
        for body in [b"1", b"2"] {
            read_request(&mut stream);
            answer(&mut stream, body);
        }
    });
    let mut client = Client::default();

    let first = client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();
    let second = client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();

    assert_eq!((first, second), ((Tag::Pong, b"1".to_vec()), (Tag::Pong, b"2".to_vec())));
    server.join().unwrap();
}

#[test]
fn a_large_frame_passes_in_both_directions() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut stream = accept(&listener);
        let (_, body) = read_request(&mut stream);
        answer(&mut stream, &body);
    });
    let body = vec![b'x'; 1024 * 1024 - 2];
    let patient = Target { deadline: Duration::from_secs(5), ..target(&daemon.path) };

    let (_, echoed) =
        Client::default().call(Tag::Ping, &encode(Tag::Submit, &body).unwrap(), patient).unwrap();

    assert_eq!(echoed, body);
    server.join().unwrap();
}

#[test]
fn a_late_reply_is_never_the_answer_to_a_later_request() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut late = accept(&listener);
        read_request(&mut late);
        let mut prompt = accept(&listener);
        // The first caller has given up by now.
        let _ = late.write_all(&encode(Tag::Pong, b"late").unwrap());
        read_request(&mut prompt);
        answer(&mut prompt, b"prompt");
    });
    let mut client = Client::default();

    let first = code_of(client.call(Tag::Ping, &ping(), target(&daemon.path)));
    let (_, body) = client.call_now(Tag::Ping, &ping(), target(&daemon.path)).unwrap();

    assert_eq!(first, ErrorCode::DeadlineExceeded);
    assert_eq!(body, b"prompt");
    server.join().unwrap();
}

#[test]
fn a_lost_peer_raises_no_signal() {
    #[expect(unsafe_code, reason = "Rust's own runtime ignores the signal, PHP does not")]
    // SAFETY: the default action is no function of ours.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
    let daemon = daemon();
    let server = daemon.serve(|listener| drop(answer_first(&listener, b"1")));
    let mut client = Client::default();
    client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();
    server.join().unwrap();
    let path = daemon.path.clone();
    drop(daemon);

    let error = client.push(&encode(Tag::Push, b"1").unwrap(), target(&path)).unwrap_err();

    assert!(matches!(error, SocketError::Connect { .. }), "{error}");
}

#[test]
fn another_path_is_another_daemon() {
    let directory = tempfile::tempdir().unwrap();
    let daemon = daemon();
    let server = daemon.serve(|listener| drop(answer_first(&listener, b"1")));
    let mut client = Client::default();
    client.call(Tag::Ping, &ping(), target(&directory.path().join("none"))).unwrap_err();

    let (_, body) = client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();

    assert_eq!(body, b"1");
    server.join().unwrap();
}

//! Frames that nobody waits for.

use std::io::{Read, Write};
use std::os::fd::AsRawFd;

use platen_core::code::ErrorCode;
use platen_core::wire::{Tag, encode};

use crate::daemon::{accept, answer, daemon, ping, read_request, target};
use crate::extension::socket::{Client, SocketError};

#[test]
fn pushes_arrive_in_order_and_wait_for_nothing() {
    let daemon = daemon();
    let mut client = Client::default();
    for number in 0..10_u8 {
        let frame = encode(Tag::Push, &[number]).unwrap();
        assert_eq!(client.push(&frame, target(&daemon.path)).unwrap(), None);
    }

    let mut stream = accept(&daemon.listener);
    for number in 0..10_u8 {
        assert_eq!(read_request(&mut stream), (Tag::Push, vec![number]));
    }
}

#[test]
fn a_push_into_a_full_buffer_fails_at_once_and_cuts_no_frame() {
    let daemon = daemon();
    let mut client = Client::default();
    let frame = encode(Tag::Push, &vec![b'x'; 40_000]).unwrap();
    let mut sent = 0;
    let error = loop {
        match client.push(&frame, target(&daemon.path)) {
            Ok(_) => sent += 1,
            Err(error) => break error,
        }
        assert!(sent < 1000, "the buffer never fills");
    };
    assert!(matches!(error, SocketError::Full), "{error}");
    assert_eq!(error.code(), ErrorCode::Busy);
    drop(client);

    // Whatever was cut off lies at the end of a connection: before it are whole frames.
    let mut whole = 0;
    daemon.listener.set_nonblocking(true).unwrap();
    while let Ok((mut stream, _)) = daemon.listener.accept() {
        let mut bytes = Vec::new();
        stream.set_nonblocking(false).unwrap();
        stream.read_to_end(&mut bytes).unwrap();
        whole += bytes.chunks(frame.len()).filter(|chunk| *chunk == frame).count();
        assert!(bytes.chunks(frame.len()).all(|chunk| frame.starts_with(chunk)));
    }
    assert_eq!(whole, sent);
}

#[test]
fn a_push_finds_a_restarted_daemon() {
    let daemon = daemon();
    let mut client = Client::default();
    client.push(&encode(Tag::Push, b"1").unwrap(), target(&daemon.path)).unwrap();
    drop(accept(&daemon.listener));

    client.push(&encode(Tag::Push, b"2").unwrap(), target(&daemon.path)).unwrap();

    let (_, body) = read_request(&mut accept(&daemon.listener));
    assert_eq!(body, b"2");
}

#[test]
fn a_push_to_nobody_is_told_and_a_full_backlog_too() {
    let directory = tempfile::tempdir().unwrap();
    let frame = encode(Tag::Push, b"1").unwrap();
    let absent = Client::default().push(&frame, target(&directory.path().join("none"))).unwrap_err();
    assert!(matches!(absent, SocketError::Connect { .. }), "{absent}");

    let daemon = daemon();
    #[expect(unsafe_code, reason = "std cannot set the length of the backlog")]
    // SAFETY: a listening socket that lives over the call.
    let shortened = unsafe { libc::listen(daemon.listener.as_raw_fd(), 1) };
    assert_eq!(shortened, 0);
    let mut clients: Vec<Client> = Vec::new();
    let full = loop {
        let mut client = Client::default();
        match client.push(&frame, target(&daemon.path)) {
            Ok(_) => clients.push(client),
            Err(error) => break error,
        }
        assert!(clients.len() < 100, "the backlog does not fill");
    };
    assert!(matches!(full, SocketError::Full), "{full}");
}

#[test]
fn what_the_daemon_says_about_a_push_is_told_by_the_next_and_is_no_answer_to_a_call() {
    let daemon = daemon();
    let mut client = Client::default();
    let frame = encode(Tag::Push, b"1").unwrap();
    for expects_refusal in [true, false] {
        client.push(&frame, target(&daemon.path)).unwrap();
        let mut stream = accept(&daemon.listener);
        read_request(&mut stream);
        stream.write_all(&encode(Tag::Refusal, b"no").unwrap()).unwrap();
        drop(stream);

        if expects_refusal {
            let told = client.push(&frame, target(&daemon.path)).unwrap();
            assert_eq!(told, Some((Tag::Refusal, b"no".to_vec())));
        } else {
            let server = daemon.serve(|listener| {
                let mut stream = accept(&listener);
                read_request(&mut stream);
                answer(&mut stream, b"mine");
            });
            let (tag, body) = client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();
            assert_eq!((tag, body), (Tag::Pong, b"mine".to_vec()));
            server.join().unwrap();
        }
    }
}

//! Connections that die with their daemon.

use std::io::Write;

use platen_core::wire::{Tag, encode};

use crate::daemon::{accept, answer, answer_first, daemon, ping, read_request, target};
use crate::extension::socket::{Client, ClientState, SocketError};

#[test]
fn after_a_restart_the_first_call_reconnects() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        for body in [b"1", b"2"] {
            answer_first(&listener, body);
        }
    });
    let mut client = Client::default();

    client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();
    let (_, body) = client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();

    assert_eq!(body, b"2");
    server.join().unwrap();
}

#[test]
fn a_request_that_dies_with_a_kept_connection_is_sent_once_more() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut stream = answer_first(&listener, b"1");
        read_request(&mut stream);
        drop(stream);
        let mut stream = accept(&listener);
        let (_, body) = read_request(&mut stream);
        answer(&mut stream, &body);
    });
    let mut client = Client::default();

    client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();
    let (_, body) = client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();

    assert_eq!(body, b"{}");
    server.join().unwrap();
}

#[test]
fn a_request_that_counts_is_not_sent_again_when_it_may_have_been_read() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut stream = answer_first(&listener, b"1");
        read_request(&mut stream);
    });
    let mut client = Client::default();
    client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();

    let frame = encode(Tag::RateLimit, b"{}").unwrap();
    let error = client.call(Tag::RateLimit, &frame, target(&daemon.path)).unwrap_err();

    assert!(matches!(error, SocketError::Disconnected { was_sent: true }), "{error}");
    server.join().unwrap();
}

#[test]
fn a_request_that_counts_is_sent_on_a_new_connection_when_the_old_one_was_closed_before() {
    let daemon = daemon();
    let (closed, is_closed) = std::sync::mpsc::channel();
    let server = daemon.serve(move |listener| {
        drop(answer_first(&listener, b"1"));
        closed.send(()).unwrap();
        let mut stream = accept(&listener);
        let (tag, _) = read_request(&mut stream);
        assert_eq!(tag, Tag::RateLimit);
        stream.write_all(&encode(Tag::RateDecision, b"{}").unwrap()).unwrap();
    });
    let mut client = Client::default();
    client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();
    is_closed.recv().unwrap();

    let frame = encode(Tag::RateLimit, b"{}").unwrap();
    let (tag, _) = client.call(Tag::RateLimit, &frame, target(&daemon.path)).unwrap();

    assert_eq!(tag, Tag::RateDecision);
    assert_eq!(client.state(), ClientState { is_connected: true, connects: 2, reconnects: 1 });
    server.join().unwrap();
}

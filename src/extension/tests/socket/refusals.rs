//! A daemon that says no, or speaks another version.

use std::io::Write;

use platen_core::code::ErrorCode;
use platen_core::wire::{Tag, encode};

use crate::daemon::{accept, code_of, daemon, ping, read_request, target};
use crate::extension::socket::{Client, SocketError};

#[test]
fn a_refusal_is_read_even_when_the_daemon_closed_before_the_request() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut stream = accept(&listener);
        stream.write_all(&encode(Tag::Refusal, b"{}").unwrap()).unwrap();
    });
    let mut client = Client::default();
    let path = daemon.path.clone();

    let (tag, _) = client.call(Tag::Ping, &ping(), target(&path)).unwrap();

    assert_eq!(tag, Tag::Refusal);
    server.join().unwrap();
}

#[test]
fn an_answer_of_another_version_has_a_code_of_its_own() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut stream = accept(&listener);
        read_request(&mut stream);
        stream.write_all(&[0, 0, 0, 4, 9, 0x81, b'{', b'}']).unwrap();
    });
    let mut client = Client::default();

    let code = code_of(client.call(Tag::Ping, &ping(), target(&daemon.path)));

    assert_eq!(code, ErrorCode::UnsupportedVersion);
    server.join().unwrap();
}

#[test]
fn another_version_is_told_with_both_numbers_and_asked_again() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        for _ in 0..2 {
            let mut stream = accept(&listener);
            read_request(&mut stream);
            stream.write_all(&[0, 0, 0, 4, 9, 0x81, b'{', b'}']).unwrap();
        }
    });
    let mut client = Client::default();

    for _ in 0..2 {
        let error = client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap_err();
        assert!(matches!(error, SocketError::Version { theirs: 9, ours: 1 }), "{error}");
        assert!(
            error.to_string().contains("version 9") && error.to_string().contains("version 1"),
            "{error}"
        );
    }
    server.join().unwrap();
}

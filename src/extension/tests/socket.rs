//! The socket client without PHP, against listeners of the test: the module is compiled in as it is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../src"]
mod extension {
    pub(crate) mod socket;
}

use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use extension::socket::{Circuit, Client, ClientState, Deadline, SocketError, Target};
use platen_core::code::ErrorCode;
use platen_core::wire::{HEADER_BYTES, Tag, decode_header, encode};

const DEADLINE: Duration = Duration::from_millis(200);

struct Daemon {
    listener: UnixListener,
    path: PathBuf,
    _directory: tempfile::TempDir,
}

fn daemon() -> Daemon {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("platend.sock");
    Daemon { listener: UnixListener::bind(&path).unwrap(), path, _directory: directory }
}

impl Daemon {
    fn serve(&self, script: impl FnOnce(UnixListener) + Send + 'static) -> JoinHandle<()> {
        let listener = self.listener.try_clone().unwrap();
        std::thread::spawn(move || script(listener))
    }
}

fn accept(listener: &UnixListener) -> UnixStream {
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

fn read_request(stream: &mut UnixStream) -> (Tag, Vec<u8>) {
    let mut header = [0; HEADER_BYTES];
    stream.read_exact(&mut header).unwrap();
    let frame = decode_header(header).unwrap();
    let mut body = vec![0; frame.body_bytes];
    stream.read_exact(&mut body).unwrap();
    (frame.tag, body)
}

fn answer(stream: &mut UnixStream, body: &[u8]) {
    stream.write_all(&encode(Tag::Pong, body).unwrap()).unwrap();
}

fn target(path: &Path) -> Target<'_> {
    Target { path: path.to_str().unwrap(), deadline: DEADLINE, retry_after: Duration::from_secs(10) }
}

fn ping() -> Vec<u8> {
    encode(Tag::Ping, b"{}").unwrap()
}

fn code_of(result: Result<(Tag, Vec<u8>), SocketError>) -> ErrorCode {
    result.unwrap_err().code()
}

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
fn after_a_restart_the_first_call_reconnects() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        for body in [b"1", b"2"] {
            let mut stream = accept(&listener);
            read_request(&mut stream);
            answer(&mut stream, body);
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
        let mut stream = accept(&listener);
        read_request(&mut stream);
        answer(&mut stream, b"1");
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

#[test]
fn another_path_is_another_daemon() {
    let directory = tempfile::tempdir().unwrap();
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut stream = accept(&listener);
        read_request(&mut stream);
        answer(&mut stream, b"1");
    });
    let mut client = Client::default();
    client.call(Tag::Ping, &ping(), target(&directory.path().join("none"))).unwrap_err();

    let (_, body) = client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();

    assert_eq!(body, b"1");
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

#[test]
fn a_request_that_counts_is_not_sent_again_when_it_may_have_been_read() {
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut stream = accept(&listener);
        read_request(&mut stream);
        answer(&mut stream, b"1");
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
        let mut stream = accept(&listener);
        read_request(&mut stream);
        answer(&mut stream, b"1");
        drop(stream);
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

#[test]
fn a_lost_peer_raises_no_signal() {
    #[expect(unsafe_code, reason = "Rust's own runtime ignores the signal, PHP does not")]
    // SAFETY: the default action is no function of ours.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_DFL);
    }
    let daemon = daemon();
    let server = daemon.serve(|listener| {
        let mut stream = accept(&listener);
        read_request(&mut stream);
        answer(&mut stream, b"1");
    });
    let mut client = Client::default();
    client.call(Tag::Ping, &ping(), target(&daemon.path)).unwrap();
    server.join().unwrap();
    let path = daemon.path.clone();
    drop(daemon);

    let error = client.push(&encode(Tag::Push, b"1").unwrap(), target(&path)).unwrap_err();

    assert!(matches!(error, SocketError::Connect { .. }), "{error}");
}

#[test]
fn the_circuit_opens_for_its_pause_and_closes_again() {
    let (start, pause) = (Instant::now(), Duration::from_secs(1));
    let mut circuit = Circuit::default();
    assert_eq!(circuit.retry_after_at(start, pause), None);

    circuit.fail(start);

    assert_eq!(circuit.retry_after_at(start + pause / 4, pause), Some(pause * 3 / 4));
    assert_eq!(circuit.retry_after_at(start + pause, pause), None);
    assert_eq!(circuit.retry_after_at(start, Duration::ZERO), None);
    circuit.reset();
    assert_eq!(circuit.retry_after_at(start, pause), None);
}

#[test]
fn a_deadline_runs_out() {
    assert!(Deadline::after(Duration::ZERO).remaining().is_none());
    assert!(Deadline::after(DEADLINE).remaining().is_some());
}

fn connect_briefly(path: &Path) -> std::io::Result<UnixStream> {
    // std's connect waits for a place in the backlog for ever, so a thread that is left behind does the waiting.
    let (sender, receiver) = std::sync::mpsc::channel();
    let path = path.to_owned();
    std::thread::spawn(move || sender.send(UnixStream::connect(path)));
    let waited = receiver.recv_timeout(Duration::from_millis(300));
    waited.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut)))
}

//! A daemon of the test, and what is said to it.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::Duration;

use platen_core::code::ErrorCode;
use platen_core::wire::{HEADER_BYTES, Tag, decode_header, encode};

use crate::extension::socket::{SocketError, Target};

pub(crate) const DEADLINE: Duration = Duration::from_millis(200);

pub(crate) struct Daemon {
    pub(crate) listener: UnixListener,
    pub(crate) path: PathBuf,
    _directory: tempfile::TempDir,
}

pub(crate) fn daemon() -> Daemon {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("platend.sock");
    Daemon { listener: UnixListener::bind(&path).unwrap(), path, _directory: directory }
}

impl Daemon {
    pub(crate) fn serve(&self, script: impl FnOnce(UnixListener) + Send + 'static) -> JoinHandle<()> {
        let listener = self.listener.try_clone().unwrap();
        std::thread::spawn(move || script(listener))
    }
}

pub(crate) fn accept(listener: &UnixListener) -> UnixStream {
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    stream
}

pub(crate) fn read_request(stream: &mut UnixStream) -> (Tag, Vec<u8>) {
    let mut header = [0; HEADER_BYTES];
    stream.read_exact(&mut header).unwrap();
    let frame = decode_header(header).unwrap();
    let mut body = vec![0; frame.body_bytes];
    stream.read_exact(&mut body).unwrap();
    (frame.tag, body)
}

pub(crate) fn answer(stream: &mut UnixStream, body: &[u8]) {
    stream.write_all(&encode(Tag::Pong, body).unwrap()).unwrap();
}

/// Takes a connection and answers its first request.
pub(crate) fn answer_first(listener: &UnixListener, body: &[u8]) -> UnixStream {
    let mut stream = accept(listener);
    read_request(&mut stream);
    answer(&mut stream, body);
    stream
}

pub(crate) fn target(path: &Path) -> Target<'_> {
    Target {
        path: path.to_str().unwrap(),
        deadline: DEADLINE,
        usual_deadline: DEADLINE,
        retry_after: Duration::from_secs(10),
    }
}

pub(crate) fn ping() -> Vec<u8> {
    encode(Tag::Ping, b"{}").unwrap()
}

pub(crate) fn code_of(result: Result<(Tag, Vec<u8>), SocketError>) -> ErrorCode {
    result.unwrap_err().code()
}

pub(crate) fn connect_briefly(path: &Path) -> std::io::Result<UnixStream> {
    // std's connect waits for a place in the backlog for ever, so a thread that is left behind does the waiting.
    let (sender, receiver) = std::sync::mpsc::channel();
    let path = path.to_owned();
    std::thread::spawn(move || sender.send(UnixStream::connect(path)));
    let waited = receiver.recv_timeout(Duration::from_millis(300));
    waited.unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut)))
}

//! One connection: a request frame, a reply frame, and again.

use std::io;
use std::time::Duration;

use platen_core::code::ErrorCode;
use platen_core::wire::{
    FrameError, HEADER_BYTES, Refusal, Reply, Request, Tag, decode_header, describe_invalid, encode,
};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{Dispatcher, PeerPolicy};
use crate::telemetry::names;

/// How long a connection may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Between two requests.
    pub(super) idle: Duration,
    /// For a request to arrive once it has begun, and for its reply to be taken.
    pub(super) frame: Duration,
}

/// Why a connection ends. An orderly end is one of these too.
#[derive(Debug, Error)]
enum Ended {
    #[error("the peer may not use the socket")]
    NotAllowed,
    #[error("the peer closed the connection, was silent for too long, or the daemon drains")]
    Idle,
    #[error("the peer broke the protocol")]
    Frame(#[from] FrameError),
    #[error("the connection broke")]
    Io(#[from] io::Error),
    #[error("the peer was too slow")]
    Slow,
}

/// Serves one connection until it ends.
pub(super) async fn serve(
    stream: UnixStream,
    limits: Limits,
    policy: &PeerPolicy,
    dispatcher: &Dispatcher,
    draining: CancellationToken,
) {
    match requests(stream, limits, policy, dispatcher, draining).await {
        Ended::Idle | Ended::NotAllowed => {}
        ended @ (Ended::Frame(_) | Ended::Io(_) | Ended::Slow) => {
            tracing::debug!({ names::ERROR } = %ended, "a connection on the socket ended early");
        }
    }
}

async fn requests(
    stream: UnixStream,
    limits: Limits,
    policy: &PeerPolicy,
    dispatcher: &Dispatcher,
    draining: CancellationToken,
) -> Ended {
    let mut stream = BufReader::new(stream);
    if let Err(ended) = admit(&mut stream, limits, policy, &draining).await {
        return ended;
    }
    loop {
        let received = match receive(&mut stream, limits, &draining).await {
            Ok(received) => received,
            Err(Ended::Frame(error)) => {
                // The rest of the frame cannot be told from the next one.
                let refusal = Refusal { code: error.code(), message: error.to_string() };
                let _ = send(&mut stream, limits, &Reply::Refusal(refusal)).await;
                return Ended::Frame(error);
            }
            Err(ended) => return ended,
        };
        let reply = match received {
            Received::Request(request) => dispatcher.answer(request).await,
            Received::Refused(refusal) => Some(Reply::Refusal(refusal)),
            Received::Unreadable(refusal) => {
                tracing::warn!(
                    { names::ERROR_CODE } = refusal.code.as_str(),
                    { names::ERROR } = refusal.message,
                    "a job that came without a wish for an answer cannot be read"
                );
                None
            }
        };
        if let Some(reply) = reply
            && let Err(ended) = send(&mut stream, limits, &reply).await
        {
            return ended;
        }
    }
}

async fn admit(
    stream: &mut BufReader<UnixStream>,
    limits: Limits,
    policy: &PeerPolicy,
    draining: &CancellationToken,
) -> Result<(), Ended> {
    let peer = stream.get_ref().peer_cred()?;
    if policy.admits(peer.uid(), peer.gid()) {
        return Ok(());
    }
    tracing::warn!(
        { names::PEER_UID } = peer.uid(),
        peer.gid = peer.gid(),
        "a peer was refused on the socket"
    );
    let message =
        format!("a process of user {} and group {} may not use this socket", peer.uid(), peer.gid());
    let refusal = Refusal { code: ErrorCode::PeerNotAllowed, message };
    // Taken but not looked at: closing over unread bytes would reset the connection, and the peer would never
    // read why.
    let brief = Limits { idle: limits.frame, frame: limits.frame };
    drop(receive(stream, brief, draining).await);
    send(stream, limits, &Reply::Refusal(refusal)).await?;
    Err(Ended::NotAllowed)
}

/// A frame that was read wholly: the connection goes on after it.
enum Received {
    Request(Request),
    /// It cannot be served, and its sender is told.
    Refused(Refusal),
    /// It cannot be served, and its sender takes no answer: one would be read as that to its next request.
    Unreadable(Refusal),
}

/// Reads one request.
async fn receive(
    stream: &mut BufReader<UnixStream>,
    limits: Limits,
    draining: &CancellationToken,
) -> Result<Received, Ended> {
    let first = tokio::select! {
        first = timeout(limits.idle, stream.read_u8()) => first,
        () = draining.cancelled() => return Err(Ended::Idle),
    };
    // An end of file between two frames is how a client says goodbye.
    let Ok(Ok(first)) = first else { return Err(Ended::Idle) };
    timeout(limits.frame, rest_of_request(stream, first)).await.map_err(|_| Ended::Slow)?
}

async fn rest_of_request(stream: &mut BufReader<UnixStream>, first: u8) -> Result<Received, Ended> {
    let mut rest = [0; HEADER_BYTES - 1];
    stream.read_exact(&mut rest).await?;
    let [b, c, d, version, tag] = rest;
    match decode_header([first, b, c, d, version, tag]) {
        Ok(frame) => {
            let body = read_body(stream, frame.body_bytes).await?;
            Ok(match Request::decode(frame.tag, &body) {
                Ok(Some(request)) => Received::Request(request),
                Ok(None) => {
                    let message = "the frame is a reply; the daemon takes requests".to_owned();
                    Received::Refused(Refusal { code: ErrorCode::UnknownRequest, message })
                }
                Err(error) => {
                    let refusal =
                        Refusal { code: ErrorCode::InvalidRequest, message: describe_invalid(&error) };
                    if frame.tag == Tag::Push {
                        Received::Unreadable(refusal)
                    } else {
                        Received::Refused(refusal)
                    }
                }
            })
        }
        Err(error @ FrameError::UnknownTag { tag: _, body_bytes }) => {
            read_body(stream, body_bytes).await?;
            Ok(Received::Refused(Refusal { code: error.code(), message: error.to_string() }))
        }
        Err(error @ (FrameError::TooLarge(_) | FrameError::TooShort(_) | FrameError::Version(_))) => {
            Err(error.into())
        }
    }
}

/// The header's check has bounded the length.
async fn read_body(stream: &mut (impl AsyncRead + Unpin), body_bytes: usize) -> io::Result<Vec<u8>> {
    let mut body = vec![0; body_bytes];
    stream.read_exact(&mut body).await?;
    Ok(body)
}

async fn send(stream: &mut BufReader<UnixStream>, limits: Limits, reply: &Reply) -> Result<(), Ended> {
    let encoded = reply.encode().map_err(io::Error::from)?;
    let bytes = match encode(encoded.0, &encoded.1) {
        Ok(bytes) => bytes,
        // An answer of a megabyte with its escapes: the client can still read it by webhook and stream.
        Err(error) => {
            let refusal =
                Refusal { code: error.code(), message: "the reply does not fit a frame".to_owned() };
            let (tag, body) = Reply::Refusal(refusal).encode().map_err(io::Error::from)?;
            encode(tag, &body)?
        }
    };
    timeout(limits.frame, stream.write_all(&bytes)).await.map_err(|_| Ended::Slow)??;
    Ok(())
}

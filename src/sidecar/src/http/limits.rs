//! What a client may take of the server: bytes and time.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use platen_core::code::ErrorCode;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::error::ApiError;

/// How long a request's head may take to arrive, and how long a connection may be idle between two requests.
pub(super) const HEAD_DEADLINE: Duration = Duration::from_secs(10);

/// The longest request head, in bytes: a token of the longest kind and the headers of a browser.
pub(super) const MAX_HEAD_BYTES: usize = 32 * 1024;

/// The most headers of a request.
pub(super) const MAX_HEADERS: usize = 64;

/// Connections beside those of streams: for health, metrics and refusals.
pub(super) const SPARE_CONNECTIONS: usize = 64;

/// How long a client may leave its end of the connection full before it counts as gone. Longer than two
/// heartbeats, so a laptop that wakes up again finds its stream.
pub(super) const WRITE_DEADLINE: Duration = Duration::from_secs(40);

/// Refuses a request with a body, for the routes that take none.
pub(super) async fn refuse_body(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_empty = headers.get(CONTENT_LENGTH).is_none_or(|length| length == "0");
    if is_empty && !headers.contains_key(TRANSFER_ENCODING) {
        return next.run(request).await;
    }
    let message = "this path takes no body";
    ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::PayloadTooLarge, message).into_response()
}

/// A connection whose writes fail once the other end has taken nothing for a while. Reads have no deadline
/// of their own: a client that only listens to a stream has nothing to send.
pub(super) struct WriteDeadline<S> {
    inner: S,
    deadline: Duration,
    /// Set while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> WriteDeadline<S> {
    pub(super) fn new(inner: S, deadline: Duration) -> Self {
        Self { inner, deadline, waiting: None }
    }

    /// Passes a write's result on, and ends the wait of one that takes too long.
    fn limit<T>(
        &mut self,
        context: &mut Context<'_>,
        result: Poll<std::io::Result<T>>,
    ) -> Poll<std::io::Result<T>> {
        if result.is_ready() {
            self.waiting = None;
            return result;
        }
        let deadline = self.deadline;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(deadline)));
        ready!(waiting.as_mut().poll(context));
        waiting.as_mut().reset(Instant::now() + deadline);
        Poll::Ready(Err(std::io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteDeadline<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteDeadline<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.limit(context, result)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_flush(context);
        self.limit(context, result)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        let result = Pin::new(&mut self.inner).poll_shutdown(context);
        self.limit(context, result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        let result = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.limit(context, result)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_is_given_up() {
        let (server, _client) = duplex(4);
        let mut server = WriteDeadline::new(server, Duration::from_secs(40));
        let began = Instant::now();

        let error = server.write_all(b"more than fits").await.unwrap_err();

        assert_eq!(error.kind(), std::io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed(), Duration::from_secs(40));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_reads_now_and_then_is_not() {
        let (server, mut client) = duplex(4);
        let mut server = WriteDeadline::new(server, Duration::from_secs(40));
        let reading = async {
            let mut received = [0; 12];
            for part in received.chunks_mut(4) {
                sleep(Duration::from_secs(30)).await;
                client.read_exact(part).await.unwrap();
            }
            received
        };

        let (written, received) = tokio::join!(server.write_all(b"twelve bytes"), reading);

        assert!(written.is_ok(), "{written:?}");
        assert_eq!(&received, b"twelve bytes");
    }
}

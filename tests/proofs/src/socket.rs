//! A client of the daemon's socket that expects the daemon to die at any moment.

use std::io;
use std::path::Path;
use std::time::Duration;

use platen_core::wire::{HEADER_BYTES, Reply, Request, decode_header, encode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;

/// How long the daemon may take, with its disk full and both processors busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection. After an error it is of no more use.
pub struct Client(UnixStream);

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens.
    pub async fn connect(socket: &Path) -> io::Result<Self> {
        Ok(Self(UnixStream::connect(socket).await?))
    }

    /// Asks once.
    ///
    /// # Errors
    /// When the connection broke, or the answer took too long or is no reply. The daemon may have done what was
    /// asked all the same.
    pub async fn call(&mut self, request: &Request) -> io::Result<Reply> {
        let (tag, body) = request.encode()?;
        let frame = encode(tag, &body).map_err(io::Error::other)?;
        let exchange = async {
            self.0.write_all(&frame).await?;
            let mut header = [0; HEADER_BYTES];
            self.0.read_exact(&mut header).await?;
            let frame = decode_header(header).map_err(io::Error::other)?;
            let mut body = vec![0; frame.body_bytes];
            self.0.read_exact(&mut body).await?;
            Reply::decode(frame.tag, &body)?.ok_or_else(|| io::Error::other("the daemon sent a request"))
        };
        timeout(PATIENCE, exchange).await?
    }
}

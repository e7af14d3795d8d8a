use anyhow::Context;
use platen_core::wire::{HEADER_BYTES, Reply, decode_header};
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

/// One connection to the daemon's socket.
pub(crate) struct Connection(BufReader<UnixStream>);

impl Connection {
    pub(crate) async fn open(socket: &str) -> anyhow::Result<Self> {
        let stream = UnixStream::connect(socket).await.context("no daemon listens")?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends a frame and reads the reply.
    pub(crate) async fn call(&mut self, frame: &[u8]) -> anyhow::Result<Reply> {
        self.0.write_all(frame).await?;
        let mut header = [0; HEADER_BYTES];
        self.0.read_exact(&mut header).await?;
        let reply = decode_header(header)?;
        let mut body = vec![0; reply.body_bytes];
        self.0.read_exact(&mut body).await?;
        Reply::decode(reply.tag, &body)?.context("the daemon sent a request")
    }
}

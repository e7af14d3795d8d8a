//! The Unix socket that the PHP extension speaks to: frames in, use cases called, frames out.

mod connection;
mod dispatch;
mod listener;
mod peer;

pub use dispatch::Dispatcher;
pub use listener::{BindError, SocketFile, bind, make_directory, serve};
pub use peer::PeerPolicy;

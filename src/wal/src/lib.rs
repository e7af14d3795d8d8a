#![doc = include_str!("../README.md")]

mod gathered;
mod methods;

use rusqlite::Connection;

/// The write-ahead log of a connection.
#[derive(Debug, Default)]
pub struct CommitLog {
    spare: Vec<u8>,
}

impl CommitLog {
    /// The log of a connection that is in WAL mode and has a transaction behind it. In any other it is written as always.
    pub fn of(connection: &Connection) -> Self {
        methods::replace(connection);
        Self::default()
    }

    /// Runs a commit of that connection, whose pages go into the log in one piece.
    pub fn commit<T>(&mut self, commit: impl FnOnce() -> T) -> T {
        let _gathering = gathered::begin(std::mem::take(&mut self.spare));
        let committed = commit();
        self.spare = gathered::end();
        committed
    }
}

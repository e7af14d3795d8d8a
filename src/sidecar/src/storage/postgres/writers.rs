//! Threads that make changes. What gathers while one of them commits is made in its next transaction.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::Address;
use super::owner::Announcer;
use super::session::Session;
use crate::storage::StoreError;
use crate::storage::change::{Change, asked};
use crate::storage::sql::connection::Connection;

/// Changes that wait. When it is full, callers wait: the database sets the pace, and nothing is dropped.
const QUEUE_LENGTH: usize = 1024;

/// Sends changes to the threads. They end when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Writers {
    queue: mpsc::Sender<Box<dyn Change>>,
}

impl Writers {
    /// Starts so many threads, each with a connection that makes up to `together` changes in one transaction.
    pub(super) fn start(
        address: &Address,
        announcer: &Arc<Announcer>,
        threads: usize,
        together: usize,
    ) -> Self {
        let (queue, changes) = mpsc::channel(QUEUE_LENGTH);
        let changes = Arc::new(Mutex::new(changes));
        for _ in 0..threads {
            let session = Session::new(address.clone(), Arc::clone(announcer));
            let changes = Arc::clone(&changes);
            std::thread::spawn(move || serve(session, &changes, together));
        }
        Self { queue }
    }

    /// Makes a change in a transaction. It is durable when this returns; on an error nothing of it is.
    pub(super) async fn write<T, F>(&self, what: &'static str, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (change, answer) = asked(what, change);
        self.queue.send(change).await.map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }
}

fn serve(mut session: Session, changes: &Mutex<mpsc::Receiver<Box<dyn Change>>>, together: usize) {
    loop {
        let gathered = gather(changes, together);
        if gathered.is_empty() {
            return;
        }
        session.make(gathered);
    }
}

/// Waits for a change, and takes those that wait with it. None when there will be no more.
fn gather(changes: &Mutex<mpsc::Receiver<Box<dyn Change>>>, together: usize) -> Vec<Box<dyn Change>> {
    // One thread waits for work, the others wait for its place.
    let mut changes = changes.lock();
    let mut gathered: Vec<_> = changes.blocking_recv().into_iter().collect();
    while !gathered.is_empty() && gathered.len() < together {
        let Ok(next) = changes.try_recv() else { break };
        gathered.push(next);
    }
    gathered
}

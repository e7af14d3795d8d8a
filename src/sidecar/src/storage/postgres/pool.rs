//! Threads that hold connections. The client blocks, and must neither run nor end on a thread of the runtime.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot};

use super::Address;
use super::owner::Announcer;
use super::session::Session;
use crate::storage::StoreError;

/// Work that waits. When it is full, callers wait: the database sets the pace, and nothing is dropped.
const QUEUE_LENGTH: usize = 1024;

/// Sends work to the threads. They end when the last clone is dropped.
#[derive(Clone)]
pub(super) struct Pool {
    queue: mpsc::Sender<Work>,
}

type Work = Box<dyn FnOnce(&mut Session) + Send>;

impl Pool {
    pub(super) fn start(address: &Address, announcer: &Arc<Announcer>, threads: usize) -> Self {
        let (queue, works) = mpsc::channel(QUEUE_LENGTH);
        let works = Arc::new(Mutex::new(works));
        for _ in 0..threads {
            let session = Session::new(address.clone(), Arc::clone(announcer));
            let works = Arc::clone(&works);
            std::thread::spawn(move || serve(session, &works));
        }
        Self { queue }
    }

    /// Does something with a connection that is free.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Session) -> Result<T, StoreError> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel();
        let work: Work = Box::new(move |session| {
            // The caller may have been dropped; the change stands all the same.
            let _ = sender.send(work(session));
        });
        self.queue.send(work).await.map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }
}

fn serve(mut session: Session, works: &Mutex<mpsc::Receiver<Work>>) {
    loop {
        // One thread waits for work, the others wait for its place.
        let next = works.lock().blocking_recv();
        let Some(work) = next else { return };
        work(&mut session);
    }
}

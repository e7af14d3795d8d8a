//! Threads that make changes. What gathers while one of them commits is made in its next transaction.

use std::sync::Arc;

use parking_lot::Mutex;

use super::Address;
use super::owner::Announcer;
use super::session::Session;
use crate::storage::change::{Changes, Waiting};

/// Starts so many threads, each with a connection that makes up to `together` changes in one transaction.
pub(super) fn start(
    address: &Address,
    announcer: &Arc<Announcer>,
    threads: usize,
    together: usize,
) -> Changes {
    let (changes, waiting) = Changes::new();
    let waiting = Arc::new(Mutex::new(waiting));
    for _ in 0..threads {
        let session = Session::new(address.clone(), Arc::clone(announcer));
        let waiting = Arc::clone(&waiting);
        std::thread::spawn(move || serve(session, &waiting, together));
    }
    changes
}

fn serve(mut session: Session, waiting: &Mutex<Waiting>, together: usize) {
    loop {
        // One thread waits for changes, the others wait for its place.
        let gathered = waiting.lock().gather(together);
        if gathered.is_empty() {
            return;
        }
        session.make(gathered);
    }
}

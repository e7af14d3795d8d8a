//! What went against a promise, found on the way.

use parking_lot::Mutex;

/// Faults that are kept; what follows is mostly the same again.
const MAX_KEPT: usize = 20;

/// A list that everyone may add to.
#[derive(Default)]
pub struct Faults(Mutex<Vec<String>>);

impl Faults {
    /// Notes a fault.
    pub fn add(&self, fault: String) {
        let mut list = self.0.lock();
        if list.len() < MAX_KEPT {
            list.push(fault);
        }
    }

    /// All faults so far.
    pub fn all(&self) -> Vec<String> {
        self.0.lock().clone()
    }
}

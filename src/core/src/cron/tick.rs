use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::job::{JobId, SiteId};

/// The idempotency key of the job of one tick. The same tick of the same schedule always has the same key, so it
/// is run once, whoever finds it due and however often. `schedule` is at most 64 bytes.
pub fn tick_key(schedule: &str, tick: Timestamp) -> String {
    format!("schedule:{schedule}:{tick}")
}

/// The id of the job of one tick: that of no other tick, schedule or site, and the same every time.
pub fn tick_job_id(site: &SiteId, schedule: &str, tick: Timestamp) -> JobId {
    let hash = Sha256::new()
        .chain_update(site.as_str())
        // No site and no schedule has this in its name, so no two pairs run together.
        .chain_update([0])
        .chain_update(schedule)
        .chain_update([0])
        .chain_update(tick.as_micros().to_be_bytes())
        .finalize();
    let mut random = [0; 10];
    random.iter_mut().zip(hash).for_each(|(byte, hashed)| *byte = hashed);
    JobId::generate(tick, random)
}

use std::hash::Hasher;
use std::num::NonZeroU64;

use siphasher::sip::SipHasher13;

/// A key of a rate limit as the table knows it: a hash with the table's own secret. Two keys are taken for one in
/// 2⁶⁴ times, and nobody who does not read the file can choose such two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RateKey(NonZeroU64);

impl RateKey {
    pub(crate) fn new(secret: [u64; 2], site: &str, key: &str) -> Self {
        let [first, second] = secret;
        let mut hasher = SipHasher13::new_with_keys(first, second);
        hasher.write(site.as_bytes());
        // No site id holds it, so no two pairs run together.
        hasher.write_u8(0);
        hasher.write(key.as_bytes());
        Self(NonZeroU64::new(hasher.finish()).unwrap_or(NonZeroU64::MIN))
    }

    pub(crate) fn number(self) -> u64 {
        self.0.get()
    }
}

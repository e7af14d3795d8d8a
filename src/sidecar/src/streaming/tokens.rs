//! One-time use of stream tokens.

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;

use crate::storage::StoreFuture;

/// Remembers which stream tokens were used.
pub trait TokenStore: Send + Sync {
    /// Uses a token up. `false` when it was used before, also by an earlier process. Durable before it is
    /// ready. The memory of it may go once `expires_at` has passed.
    fn redeem(
        &self,
        site: SiteId,
        token_id: String,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> StoreFuture<'_, bool>;
}

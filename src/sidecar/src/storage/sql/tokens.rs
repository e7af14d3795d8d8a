//! Stream tokens that were used.

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;

use super::connection::params;
use super::{Store, failed};
use crate::site_tokens::TokenStore;
use crate::storage::StoreFuture;

impl TokenStore for Store {
    fn redeem(
        &self,
        site: SiteId,
        token_id: String,
        expires_at: Timestamp,
        _now: Timestamp,
    ) -> StoreFuture<'_, bool> {
        Box::pin(self.write("redeem a token", move |connection| {
            let inserted = connection
                .execute(
                    "INSERT INTO stream_tokens (site_id, token_id, expires_at) VALUES (?1, ?2, ?3) \
                     ON CONFLICT DO NOTHING",
                    params![site.as_str(), &token_id, expires_at],
                )
                .map_err(failed("redeem a token"))?;
            Ok(inserted == 1)
        }))
    }
}

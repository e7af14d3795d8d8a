//! Rate limits as they stood.

use platen_core::clock::Timestamp;
use rusqlite::params;

use super::{SqliteStore, failed, row};
use crate::ratelimit::{Bucket, BucketKey, BucketStore};
use crate::storage::StoreFuture;

impl BucketStore for SqliteStore {
    fn load_buckets(&self, now: Timestamp) -> StoreFuture<'_, Vec<Bucket>> {
        Box::pin(self.read("read rate limits", move |connection| {
            let mut statement = connection
                .prepare("SELECT site_id, key, full_at FROM rate_buckets WHERE full_at > ?1")
                .map_err(failed("read rate limits"))?;
            let rows = statement
                .query_map([now.as_micros()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .map_err(failed("read rate limits"))?;
            rows.map(|row| {
                let (site, key, full_at) = row.map_err(failed("read rate limits"))?;
                let key = BucketKey { site: row::site_id(site)?, key };
                Ok(Bucket { key, full_at: Timestamp::from_micros(full_at) })
            })
            .collect()
        }))
    }

    fn save_buckets(&self, buckets: Vec<Bucket>) -> StoreFuture<'_, ()> {
        Box::pin(self.write("keep rate limits", move |connection| {
            let mut statement = connection
                .prepare_cached(
                    "INSERT INTO rate_buckets (site_id, key, full_at) VALUES (?1, ?2, ?3) \
                     ON CONFLICT DO UPDATE SET full_at = excluded.full_at",
                )
                .map_err(failed("keep rate limits"))?;
            buckets.iter().try_for_each(|bucket| {
                let values = params![bucket.key.site.as_str(), bucket.key.key, bucket.full_at.as_micros()];
                statement.execute(values).map(drop).map_err(failed("keep rate limits"))
            })
        }))
    }
}

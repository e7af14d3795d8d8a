//! Taking away what is no longer of use.

use platen_core::clock::Timestamp;
use rusqlite::{Connection, params};

use super::failed;
use crate::jobs::store::Swept;
use crate::storage::StoreError;

/// Rows that one sweep takes of each kind: it shares the writer with the jobs and must stay short.
const MAX_ROWS: usize = 500;

pub(super) fn sweep(
    connection: &Connection,
    now: Timestamp,
    ended_before: Timestamp,
) -> Result<Swept, StoreError> {
    let delete = |query: &str, before: Timestamp| {
        connection
            .prepare_cached(query)
            .and_then(|mut statement| {
                statement.execute(params![before.as_micros(), i64::try_from(MAX_ROWS).unwrap_or(i64::MAX)])
            })
            .map_err(failed("sweep"))
    };
    let jobs = delete(
        "DELETE FROM jobs WHERE job_id IN (SELECT job_id FROM jobs WHERE finished_at < ?1 AND NOT EXISTS \
         (SELECT 1 FROM deliveries WHERE deliveries.job_id = jobs.job_id AND next_at IS NOT NULL) LIMIT ?2)",
        ended_before,
    )?;
    let tokens = delete(
        "DELETE FROM stream_tokens WHERE (site_id, token_id) IN \
         (SELECT site_id, token_id FROM stream_tokens WHERE expires_at < ?1 LIMIT ?2)",
        now,
    )?;
    let has_more = [jobs, tokens].contains(&MAX_ROWS);
    Ok(Swept { jobs, leftovers: tokens, has_more })
}

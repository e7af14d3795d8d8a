//! Taking away what is no longer of use, and what may no longer be kept.

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;

use super::connection::{Connection, JobChange, params};
use super::{Store, failed, locks, row};
use crate::jobs::store::{Erased, PurgeRule, RetentionStore, Swept};
use crate::storage::{Line, StoreError, StoreFuture};

/// A webhook that is still to be delivered keeps its job. That of a site without webhooks waits for a page of
/// results, and goes with its job.
const TOLD: &str = "NOT EXISTS (SELECT 1 FROM deliveries JOIN sites ON sites.site_id = deliveries.site_id \
     WHERE deliveries.job_no = jobs.job_no AND next_at IS NOT NULL AND sites.webhooks = 'on')";

/// Rows that one sweep takes of each kind: it shares the writer with the jobs and must stay short.
const MAX_ROWS: usize = 500;

impl RetentionStore for Store {
    fn sweep(&self, now: Timestamp, ended_before: Timestamp) -> StoreFuture<'_, Swept> {
        Box::pin(self.write_in(Line::Alone, "sweep", move |connection| sweep(connection, now, ended_before)))
    }

    fn purge(&self, rule: PurgeRule, limit: u32, now: Timestamp) -> StoreFuture<'_, u64> {
        Box::pin(
            self.write_in(Line::Alone, "purge content", move |connection| {
                purge(connection, &rule, limit, now)
            }),
        )
    }

    fn erase(&self, site: SiteId, subject: String, limit: u32) -> StoreFuture<'_, Erased> {
        Box::pin(async move {
            // There is no index for so rare a question: the long look happens beside the writer.
            let (of_site, of_subject) = (site.clone(), subject.clone());
            let found = self
                .read("find a subject's jobs", move |connection| {
                    jobs_of(connection, &of_site, &of_subject, limit)
                })
                .await?;
            let has_more = found.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
            self.write_in(Line::Alone, "erase a subject", move |connection| {
                let mut erased = erase(connection, &site, &found)?;
                erased.budgets = forget(connection, &site, &subject)?;
                Ok(Erased { has_more, ..erased })
            })
            .await
        })
    }

    fn shrink(&self, pages: u32) -> StoreFuture<'_, bool> {
        Box::pin(self.shrink_file(pages))
    }
}

fn sweep(connection: &Connection, now: Timestamp, ended_before: Timestamp) -> Result<Swept, StoreError> {
    let delete = |query: &str, before: Timestamp| {
        connection
            .execute(query, params![before, i64::try_from(MAX_ROWS).unwrap_or(i64::MAX)])
            .map_err(failed("sweep"))
    };
    let jobs = delete(
        &format!(
            "DELETE FROM jobs WHERE job_no IN (SELECT job_no FROM jobs WHERE finished_at IS NOT NULL \
             AND status IN ('succeeded', 'dead', 'cancelled') AND finished_at < ?1 AND {TOLD} LIMIT ?2 \
             /*pg: FOR UPDATE SKIP LOCKED */)"
        ),
        ended_before,
    )?;
    let tokens = delete(
        "DELETE FROM stream_tokens WHERE (site_id, token_id) IN \
         (SELECT site_id, token_id FROM stream_tokens WHERE expires_at < ?1 LIMIT ?2 \
         /*pg: FOR UPDATE SKIP LOCKED */)",
        now,
    )?;
    let shares = connection
        .execute(
            "DELETE FROM shares WHERE (lane_no, subject) IN (SELECT shares.lane_no, subject FROM shares \
             JOIN lanes ON lanes.lane_no = shares.lane_no WHERE shares.turn <= lanes.turn LIMIT ?1 \
             /*pg: FOR UPDATE OF shares SKIP LOCKED */)",
            params![i64::try_from(MAX_ROWS).unwrap_or(i64::MAX)],
        )
        .map_err(failed("sweep"))?;
    let has_more = [jobs, tokens, shares].contains(&MAX_ROWS);
    Ok(Swept { jobs, leftovers: tokens.saturating_add(shares), has_more })
}

/// Takes the content out of ended jobs and leaves their figures.
fn purge(connection: &Connection, rule: &PurgeRule, limit: u32, now: Timestamp) -> Result<u64, StoreError> {
    let site = rule.site.as_ref().map(SiteId::as_str);
    let except = row::list(&rule.except);
    let purged: Vec<i64> = connection
        .query_all(
            &format!(
                "UPDATE jobs SET purged_at = ?4, subject = NULL, conversation = NULL, prompt_hash = NULL, \
                 input_key = NULL, \
                 error_message = CASE WHEN error_code IS NULL THEN NULL ELSE '' END \
                 WHERE job_no IN (SELECT job_no FROM jobs WHERE finished_at IS NOT NULL \
                 AND status IN ('succeeded', 'dead', 'cancelled') AND finished_at < ?1 AND purged_at IS NULL \
                 AND (CAST(?2 AS TEXT) IS NULL OR site_id = ?2) AND REPLACE(?3, ',' || site_id || ',', '') = ?3 \
                 AND {TOLD} LIMIT ?5 /*pg: FOR NO KEY UPDATE SKIP LOCKED */) RETURNING job_no"
            ),
            params![rule.ended_before, site, &except, now, limit],
            |row| row.get(0),
        )
        .map_err(failed("purge content"))?;
    for job_no in &purged {
        for query in [
            "DELETE FROM payloads WHERE job_no = ?1",
            "DELETE FROM results WHERE job_no = ?1",
            "DELETE FROM answers WHERE job_no = ?1",
            "DELETE FROM chunks WHERE job_no = ?1",
            "UPDATE steps SET item = NULL WHERE job_no = ?1 AND item IS NOT NULL",
            "UPDATE attempts SET partial_text = NULL WHERE job_no = ?1 AND partial_text IS NOT NULL",
            "UPDATE attempts SET error_message = '' WHERE job_no = ?1 AND error_message IS NOT NULL",
            "UPDATE hops SET detail = '{}' WHERE job_no = ?1 AND name = 'provider.failed'",
            "UPDATE deliveries SET body = NULL, given_up_at = COALESCE(next_at, given_up_at), \
             next_at = NULL WHERE job_no = ?1 AND body IS NOT NULL",
        ] {
            connection.execute(query, params![*job_no]).map_err(failed("purge content"))?;
        }
    }
    Ok(u64::try_from(purged.len()).unwrap_or(u64::MAX))
}

/// Their numbers and ids.
fn jobs_of(
    connection: &Connection,
    site: &SiteId,
    subject: &str,
    limit: u32,
) -> Result<Vec<(i64, String)>, StoreError> {
    connection
        .query_all(
            "SELECT job_no, job_id FROM jobs WHERE site_id = ?1 AND subject = ?2 LIMIT ?3",
            params![site.as_str(), subject, limit],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .map_err(failed("find a subject's jobs"))
}

fn erase(connection: &Connection, site: &SiteId, found: &[(i64, String)]) -> Result<Erased, StoreError> {
    let mut erased = Erased::default();
    connection.overwrite_removed().map_err(failed("erase a subject"))?;
    for (job_no, job_id) in found {
        locks::job(connection, *job_no)?;
        let untold: u64 = connection
            .query_one(
                "SELECT COUNT(*) FROM deliveries WHERE job_no = ?1 AND next_at IS NOT NULL",
                params![*job_no],
                |row| row.get(0),
            )
            .map_err(failed("erase a subject"))?;
        let removed = connection
            .execute("DELETE FROM jobs WHERE job_no = ?1 AND job_id = ?2", params![*job_no, job_id])
            .map_err(failed("erase a subject"))?;
        if removed > 0 {
            connection.announce_job(JobChange::Ended, site.as_str(), job_id);
            erased.jobs.push(row::job_id(job_id.clone())?);
            erased.deliveries = erased.deliveries.saturating_add(untold);
        }
    }
    Ok(erased)
}

/// Takes away what names a subject outside its jobs: its budgets, and its places in the lanes. Gives how many budgets.
fn forget(connection: &Connection, site: &SiteId, subject: &str) -> Result<u64, StoreError> {
    connection
        .execute(
            "DELETE FROM shares WHERE subject = ?2 AND lane_no IN \
             (SELECT lane_no FROM lanes WHERE site_id = ?1)",
            params![site.as_str(), subject],
        )
        .map_err(failed("erase a subject"))?;
    let budgets = connection
        .execute("DELETE FROM budgets WHERE site_id = ?1 AND key = ?2", params![site.as_str(), subject])
        .map_err(failed("erase a subject"))?;
    Ok(u64::try_from(budgets).unwrap_or(u64::MAX))
}

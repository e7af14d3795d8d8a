use std::path::{Path, PathBuf};
use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::prompt::PromptHash;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use sha2::{Digest, Sha256};

use crate::open::{self, Opened};
use crate::{CacheError, Limits, location};

/// How many entries go at once when room is needed.
const EVICTION_BATCH: i64 = 64;

/// How many expired entries a write removes in passing.
const EXPIRED_BATCH: i64 = 16;

/// What an entry takes beside its value: the hash, the numbers and its place in the index, rounded up.
const ENTRY_OVERHEAD_BYTES: u64 = 128;

/// A handle to the cache file. Each process and each thread opens its own.
pub struct CacheFile {
    path: PathBuf,
    limits: Limits,
    /// Nothing after a failure that the next use may overcome.
    opened: Option<Opened>,
}

/// How full a cache is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheStats {
    /// Entries in the file, also expired ones that were not removed yet.
    pub entries: u64,
    /// What they take in the file, in bytes.
    pub used_bytes: u64,
    /// What they may take, in bytes.
    pub max_bytes: u64,
}

impl CacheFile {
    /// Opens the cache. A missing file is made, with its directory if only that is missing; a damaged one is
    /// renamed to `<name>.damaged` and made anew.
    ///
    /// # Errors
    /// [`CacheError`] says why there is no cache now. Nothing was changed then.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, CacheError> {
        let opened = open::open(path)?;
        Ok(Self { path: path.to_owned(), limits, opened: Some(opened) })
    }

    /// The value that was stored for a prompt, unless it has expired. Whatever fails is a miss.
    pub fn get(&mut self, hash: &PromptHash, now: Timestamp) -> Option<Vec<u8>> {
        self.using(|connection, _| read(connection, hash, now)).ok().flatten()
    }

    /// Stores a value for a prompt, in the place of an earlier one. What has expired goes, and if the cache is
    /// full, what expires next.
    ///
    /// # Errors
    /// [`CacheError`] says why the value was not stored.
    pub fn set(
        &mut self,
        hash: &PromptHash,
        value: &[u8],
        ttl: Duration,
        now: Timestamp,
    ) -> Result<(), CacheError> {
        let limit = self.limits.max_value_bytes();
        if value.len() > limit {
            return Err(CacheError::ValueTooLarge { actual: value.len(), limit });
        }
        self.reopen_if_replaced();
        self.using(|connection, limits| write(connection, limits, hash, value, now, now.after(ttl)))
    }

    /// Removes what was stored for a prompt, and tells whether there was something.
    ///
    /// # Errors
    /// [`CacheError`] says why nothing was removed.
    pub fn delete(&mut self, hash: &PromptHash) -> Result<bool, CacheError> {
        self.reopen_if_replaced();
        self.using(|connection, _| {
            let mut statement =
                connection.prepare_cached("DELETE FROM entries WHERE key = ?1 AND hash = ?2")?;
            Ok(statement.execute(params![key(hash), hash.as_bytes()])? > 0)
        })
    }

    /// Tells how full the cache is.
    ///
    /// # Errors
    /// [`CacheError`] says why it cannot be told.
    pub fn stats(&mut self) -> Result<CacheStats, CacheError> {
        self.reopen_if_replaced();
        self.using(|connection, limits| {
            let entries =
                connection.query_row("SELECT count(*) FROM entries", [], |row| row.get::<_, i64>(0))?;
            Ok(CacheStats {
                entries: u64::try_from(entries).unwrap_or(0),
                used_bytes: used_bytes(connection)?,
                max_bytes: limits.max_bytes(),
            })
        })
    }

    /// Uses the open file, opens it first if need be, and makes it anew when it turns out to be damaged.
    fn using<T>(
        &mut self,
        action: impl FnOnce(&mut Connection, &Limits) -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        let opened = match self.opened.take() {
            Some(opened) => opened,
            None => open::open(&self.path)?,
        };
        let Opened { connection, id } = self.opened.insert(opened);
        let result = action(connection, &self.limits);
        if matches!(result, Err(CacheError::Damaged)) {
            let damaged = *id;
            self.opened = None;
            self.opened = open::open_after_damage(&self.path, damaged).ok();
        }
        result
    }

    /// Lets go of a file that the path no longer leads to: what is written to it nobody would read.
    fn reopen_if_replaced(&mut self) {
        let current = location::file_id(&self.path).ok();
        self.opened.take_if(|opened| Some(opened.id) != current);
    }
}

impl std::fmt::Debug for CacheFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CacheFile")
            .field("path", &self.path)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

fn read(connection: &Connection, hash: &PromptHash, now: Timestamp) -> Result<Option<Vec<u8>>, CacheError> {
    let mut statement = connection.prepare_cached(
        "SELECT value_sum, value FROM entries WHERE key = ?1 AND hash = ?2 AND expires_at > ?3",
    )?;
    let found = statement
        .query_row(params![key(hash), hash.as_bytes(), now.as_micros()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })
        .optional()?;
    match found {
        Some((sum, value)) if sum == value_sum(&value) => Ok(Some(value)),
        Some(_) => Err(CacheError::Damaged),
        None => Ok(None),
    }
}

fn write(
    connection: &mut Connection,
    limits: &Limits,
    hash: &PromptHash,
    value: &[u8],
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), CacheError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    remove_next(&transaction, now, EXPIRED_BATCH)?;
    make_room(&transaction, limits, value.len())?;
    transaction
        .prepare_cached(
            "REPLACE INTO entries (key, hash, expires_at, value_sum, value) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![key(hash), hash.as_bytes(), expires_at.as_micros(), value_sum(value), value])?;
    transaction.commit()?;
    Ok(())
}

/// Removes entries until the value fits.
fn make_room(connection: &Connection, limits: &Limits, value_bytes: usize) -> Result<(), CacheError> {
    let needed = u64::try_from(value_bytes).unwrap_or(u64::MAX).saturating_add(ENTRY_OVERHEAD_BYTES);
    while used_bytes(connection)?.saturating_add(needed) > limits.max_bytes() {
        if remove_next(connection, Timestamp::from_micros(i64::MAX), EVICTION_BATCH)? == 0 {
            break;
        }
    }
    Ok(())
}

/// Removes up to `most` of the entries that have expired by then, those that expired first.
fn remove_next(connection: &Connection, by: Timestamp, most: i64) -> Result<usize, CacheError> {
    let mut statement = connection.prepare_cached(
        "DELETE FROM entries
         WHERE key IN (SELECT key FROM entries WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)",
    )?;
    Ok(statement.execute(params![by.as_micros(), most])?)
}

/// What tables and values take: the pages of the file that are in use.
fn used_bytes(connection: &Connection) -> Result<u64, CacheError> {
    let number = |sql: &str| connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0));
    let pages = number("PRAGMA page_count")?.saturating_sub(number("PRAGMA freelist_count")?);
    Ok(u64::try_from(pages.saturating_mul(number("PRAGMA page_size")?)).unwrap_or(0))
}

/// The place of a hash in the table. Two hashes with one key replace each other, which is rare and harmless.
fn key(hash: &PromptHash) -> i64 {
    first_eight(hash.as_bytes())
}

/// Notices a value that the disk has garbled.
fn value_sum(value: &[u8]) -> i64 {
    first_eight(&Sha256::digest(value))
}

fn first_eight(bytes: &[u8]) -> i64 {
    bytes.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests;

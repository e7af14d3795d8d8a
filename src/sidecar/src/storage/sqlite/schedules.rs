//! How far schedules are.

use platen_core::clock::Timestamp;
use rusqlite::params;

use super::{SqliteStore, failed};
use crate::jobs::schedules::ScheduleStore;
use crate::storage::StoreFuture;

impl ScheduleStore for SqliteStore {
    fn last_tick(&self, name: String, now: Timestamp) -> StoreFuture<'_, Timestamp> {
        Box::pin(self.write("read a schedule", move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO schedules (name, last_tick) VALUES (?1, ?2) \
                     ON CONFLICT DO UPDATE SET last_tick = last_tick RETURNING last_tick",
                )
                .and_then(|mut statement| {
                    statement.query_row(params![name, now.as_micros()], |row| row.get(0))
                })
                .map(Timestamp::from_micros)
                .map_err(failed("read a schedule"))
        }))
    }

    fn ticked(&self, name: String, tick: Timestamp) -> StoreFuture<'_, ()> {
        Box::pin(self.write("keep a schedule", move |connection| {
            connection
                .prepare_cached("UPDATE schedules SET last_tick = MAX(last_tick, ?2) WHERE name = ?1")
                .and_then(|mut statement| statement.execute(params![name, tick.as_micros()]))
                .map(drop)
                .map_err(failed("keep a schedule"))
        }))
    }
}

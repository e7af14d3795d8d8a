//! How far schedules are.

use platen_core::clock::Timestamp;

use super::connection::params;
use super::{Store, failed};
use crate::jobs::schedules::ScheduleStore;
use crate::storage::StoreFuture;

impl ScheduleStore for Store {
    fn last_tick(&self, name: String, now: Timestamp) -> StoreFuture<'_, Timestamp> {
        Box::pin(self.write("read a schedule", move |connection| {
            connection
                .query_one(
                    "INSERT INTO schedules (name, last_tick) VALUES (?1, ?2) \
                     ON CONFLICT (name) DO UPDATE SET last_tick = schedules.last_tick RETURNING last_tick",
                    params![&name, now],
                    |row| row.get(0),
                )
                .map_err(failed("read a schedule"))
        }))
    }

    fn ticked(&self, name: String, tick: Timestamp) -> StoreFuture<'_, ()> {
        Box::pin(self.write("keep a schedule", move |connection| {
            connection
                .execute(
                    "UPDATE schedules SET last_tick = ?2 WHERE name = ?1 AND last_tick < ?2",
                    params![&name, tick],
                )
                .map(drop)
                .map_err(failed("keep a schedule"))
        }))
    }
}

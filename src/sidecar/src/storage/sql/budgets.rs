//! Budgets and what is held of them.

use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::job::SiteId;
use platen_core::wire::{BudgetRequest, Reservation, SettleRequest, Settlement};

use super::connection::{Connection, Row, SqlError, params};
use super::{Store, failed, locks};
use crate::budgets::{BudgetStore, Period, Reserved};
use crate::storage::{Line, StoreError, StoreFuture};

/// Periods that one sweep takes: it shares the writer with the jobs and must stay short.
const MAX_SWEPT: i64 = 200;

impl BudgetStore for Store {
    fn reserve(&self, request: BudgetRequest, period: Period, now: Timestamp) -> StoreFuture<'_, Reserved> {
        Box::pin(self.write_in(Line::Alone, "hold an amount", move |connection| {
            reserve(connection, &request, period, now)
        }))
    }

    fn settle(&self, request: SettleRequest, now: Timestamp) -> StoreFuture<'_, Option<Settlement>> {
        Box::pin(
            self.write_in(Line::Alone, "book an amount", move |connection| settle(connection, &request, now)),
        )
    }

    fn sweep_budgets(&self, ended_before: Timestamp) -> StoreFuture<'_, usize> {
        Box::pin(self.write_in(Line::Alone, "take ended budgets away", move |connection| {
            connection
                .execute(
                    "DELETE FROM budgets WHERE budget_id IN \
                     (SELECT budget_id FROM budgets WHERE ends_at < ?1 ORDER BY ends_at LIMIT ?2 \
                     /*pg: FOR UPDATE SKIP LOCKED */)",
                    params![ended_before, MAX_SWEPT],
                )
                .map_err(failed("take ended budgets away"))
        }))
    }
}

fn reserve(
    connection: &Connection,
    request: &BudgetRequest,
    period: Period,
    now: Timestamp,
) -> Result<Reserved, StoreError> {
    let expires_at = now.after(request.ttl());
    hold_reservation(connection, &request.site, &request.reservation_id)?;
    if let Some(earlier) = find(connection, request)? {
        if !earlier.is_of(request) {
            return Ok(Reserved::Conflict);
        }
        let budget = Budget::find(connection, earlier.budget_id)?;
        if earlier.is_settled || earlier.expires_at > now {
            let remaining = budget.remaining(connection, request.limit, now)?;
            return Ok(Reserved::Decided(held(request, remaining, earlier.expires_at, true)));
        }
        // It expired: its amount is free, and may be held once more if there is still room.
        return budget.hold(connection, request, now, |connection| {
            let renew =
                "UPDATE budget_reservations SET expires_at = ?3 WHERE site_id = ?1 AND reservation_id = ?2";
            connection.execute(renew, params![request.site.as_str(), &request.reservation_id, expires_at])
        });
    }
    let budget = open_budget(connection, request, period)?;
    budget.hold(connection, request, now, |connection| {
        let insert = "INSERT INTO budget_reservations (site_id, reservation_id, budget_id, amount, expires_at) \
                      VALUES (?1, ?2, ?3, ?4, ?5)";
        let (site, id, amount) = (request.site.as_str(), &request.reservation_id, whole(request.amount));
        connection.execute(insert, params![site, id, budget.id, amount, expires_at])
    })
}

/// A reservation that was made before, with its budget.
struct Earlier {
    budget_id: i64,
    key: String,
    unit: String,
    period: String,
    amount: u64,
    expires_at: Timestamp,
    is_settled: bool,
}

impl Earlier {
    fn is_of(&self, request: &BudgetRequest) -> bool {
        self.key == request.key
            && self.unit == request.unit.as_str()
            && self.period == request.period.as_str()
            && self.amount == request.amount
    }
}

fn find(connection: &Connection, request: &BudgetRequest) -> Result<Option<Earlier>, StoreError> {
    let query = "SELECT b.budget_id, b.key, b.unit, b.period, r.amount, r.expires_at, r.settled_at \
                 FROM budget_reservations r JOIN budgets b ON b.budget_id = r.budget_id \
                 WHERE r.site_id = ?1 AND r.reservation_id = ?2";
    let read = |row: &dyn Row| {
        Ok(Earlier {
            budget_id: row.get(0)?,
            key: row.get(1)?,
            unit: row.get(2)?,
            period: row.get(3)?,
            amount: row.get(4)?,
            expires_at: row.get(5)?,
            is_settled: row.get::<Option<Timestamp>>(6)?.is_some(),
        })
    };
    connection
        .query_opt(query, params![request.site.as_str(), &request.reservation_id], read)
        .map_err(failed("look for a reservation"))
}

/// Two requests of the same reservation follow each other.
fn hold_reservation(connection: &Connection, site: &SiteId, id: &str) -> Result<(), StoreError> {
    locks::words(connection, &["reservation", site.as_str(), id])
}

struct Budget {
    id: i64,
    spent: u64,
    ends_at: Timestamp,
}

fn open_budget(
    connection: &Connection,
    request: &BudgetRequest,
    period: Period,
) -> Result<Budget, StoreError> {
    let upsert = "INSERT INTO budgets (site_id, key, unit, period, began_at, ends_at) \
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                  ON CONFLICT (site_id, key, unit, period, began_at) \
                  DO UPDATE SET ends_at = excluded.ends_at RETURNING budget_id, spent";
    let (site, key) = (request.site.as_str(), &request.key);
    let (unit, calendar) = (request.unit.as_str(), request.period.as_str());
    connection
        .query_one(upsert, params![site, key, unit, calendar, period.began_at, period.ends_at], |row| {
            Ok(Budget { id: row.get(0)?, spent: row.get(1)?, ends_at: period.ends_at })
        })
        .map_err(failed("open a budget"))
}

impl Budget {
    /// A budget that exists, held to the end of the transaction.
    fn find(connection: &Connection, id: i64) -> Result<Self, StoreError> {
        let query = "SELECT spent, ends_at FROM budgets WHERE budget_id = ?1 /*pg: FOR NO KEY UPDATE */";
        connection
            .query_one(query, params![id], |row| Ok(Self { id, spent: row.get(0)?, ends_at: row.get(1)? }))
            .map_err(failed("look into a budget"))
    }

    /// Writes the reservation if there is room for it.
    fn hold(
        &self,
        connection: &Connection,
        request: &BudgetRequest,
        now: Timestamp,
        write: impl FnOnce(&Connection) -> Result<usize, SqlError>,
    ) -> Result<Reserved, StoreError> {
        let remaining = self.remaining(connection, request.limit, now)?;
        let Some(left) = remaining.checked_sub(request.amount) else {
            let missing = request.amount.saturating_sub(remaining);
            let free_at = self.free_at(connection, missing, now)?;
            return Ok(Reserved::Decided(Reservation {
                is_allowed: false,
                reservation_id: request.reservation_id.clone(),
                remaining,
                retry_after_ms: millis(free_at.since(now)),
                expires_at: None,
                is_duplicate: false,
            }));
        };
        write(connection).map_err(failed("hold an amount"))?;
        Ok(Reserved::Decided(held(request, left, now.after(request.ttl()), false)))
    }

    /// What is neither spent nor held.
    fn remaining(&self, connection: &Connection, limit: u64, now: Timestamp) -> Result<u64, StoreError> {
        let query = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM budget_reservations \
                     WHERE budget_id = ?1 AND settled_at IS NULL AND expires_at > ?2";
        let reserved: u64 = connection
            .query_one(query, params![self.id, now], |row| row.get(0))
            .map_err(failed("sum a budget"))?;
        Ok(limit.saturating_sub(self.spent).saturating_sub(reserved))
    }

    /// When so much more may be free: when enough reservations have expired, at the latest when the period ends.
    fn free_at(
        &self,
        connection: &Connection,
        missing: u64,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let query = "SELECT expires_at FROM (SELECT expires_at, \
                     CAST(SUM(amount) OVER (ORDER BY expires_at, reservation_id) AS BIGINT) AS freed \
                     FROM budget_reservations \
                     WHERE budget_id = ?1 AND settled_at IS NULL AND expires_at > ?2) AS next \
                     WHERE freed >= ?3 ORDER BY expires_at LIMIT 1";
        let values = params![self.id, now, whole(missing)];
        let expires_at: Option<Timestamp> =
            connection.query_opt(query, values, |row| row.get(0)).map_err(failed("look into a budget"))?;
        Ok(expires_at.map_or(self.ends_at, |expires_at| expires_at.min(self.ends_at)))
    }
}

fn settle(
    connection: &Connection,
    request: &SettleRequest,
    now: Timestamp,
) -> Result<Option<Settlement>, StoreError> {
    let what = "book an amount";
    hold_reservation(connection, &request.site, &request.reservation_id)?;
    let (site, id) = (request.site.as_str(), &request.reservation_id);
    let book = "UPDATE budget_reservations SET settled_amount = ?3, settled_at = ?4 \
                WHERE site_id = ?1 AND reservation_id = ?2 AND settled_at IS NULL";
    let booked =
        connection.execute(book, params![site, id, whole(request.amount), now]).map_err(failed(what))?;
    if booked == 1 {
        let add = "UPDATE budgets SET spent = spent + ?3 WHERE budget_id = \
                   (SELECT budget_id FROM budget_reservations WHERE site_id = ?1 AND reservation_id = ?2)";
        connection.execute(add, params![site, id, whole(request.amount)]).map_err(failed(what))?;
    }
    let query = "SELECT r.settled_amount, b.spent FROM budget_reservations r \
                 JOIN budgets b ON b.budget_id = r.budget_id WHERE r.site_id = ?1 AND r.reservation_id = ?2";
    connection
        .query_opt(query, params![site, id], |row| Ok((row.get(0)?, row.get(1)?)))
        .map(|found| {
            found.map(|(amount, spent)| Settlement {
                reservation_id: id.clone(),
                amount,
                spent,
                is_duplicate: booked == 0,
            })
        })
        .map_err(failed(what))
}

fn held(request: &BudgetRequest, remaining: u64, expires_at: Timestamp, is_duplicate: bool) -> Reservation {
    Reservation {
        is_allowed: true,
        reservation_id: request.reservation_id.clone(),
        remaining,
        retry_after_ms: 0,
        expires_at: Some(expires_at),
        is_duplicate,
    }
}

/// Amounts have 53 bits.
fn whole(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX).max(1)
}

#[cfg(test)]
mod tests;

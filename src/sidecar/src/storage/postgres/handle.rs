//! A connection to the server, as the statements see it.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use bytes::{BufMut, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Row as PostgresRow, Statement};

use super::bulletin::Bulletin;
use super::client::Client;
use super::{PostgresError, dialect};
use crate::storage::sql::connection::{JobChange, News, Row, Sql, SqlError, Value};

/// Statements are prepared once per connection and kept by their text. They are few: no text has values in it.
pub(super) struct Handle {
    client: Client,
    statements: RefCell<HashMap<String, Statement>>,
    has_failed: Cell<bool>,
    is_shared: Cell<bool>,
    locks: RefCell<HashSet<i64>>,
    news: RefCell<Bulletin>,
}

/// Whether a transaction is one caller's or that of several, who know nothing of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callers {
    One,
    Several,
}

impl Handle {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client,
            statements: RefCell::default(),
            has_failed: Cell::new(false),
            is_shared: Cell::new(false),
            locks: RefCell::default(),
            news: RefCell::default(),
        }
    }

    /// Begins a transaction with the first statement of it. An error means that the connection was lost meanwhile.
    pub(super) fn begin(&self, text: &str, callers: Callers) -> Result<(), SqlError> {
        if !self.client.is_open() {
            return Err(PostgresError::silent().into());
        }
        self.has_failed.set(false);
        self.is_shared.set(callers == Callers::Several);
        self.locks.take();
        self.news.take();
        self.client.put_off(text);
        Ok(())
    }

    /// Lets the server tell what others should hear of, when the transaction is committed: for a process that has
    /// no connection for that.
    pub(super) fn notify(&self) -> Result<(), SqlError> {
        let told = self.news.take();
        for (channel, payload) in told.notifications() {
            self.execute("SELECT pg_notify(?1, ?2)", &[Value::Text(channel), Value::Text(&payload)])?;
        }
        Ok(())
    }

    /// Ends the transaction; tells what others should hear of.
    pub(super) fn commit(&self) -> Result<Bulletin, SqlError> {
        if self.has_failed.get() {
            // PostgreSQL would roll back and say nothing.
            self.rollback()?;
            return Err(PostgresError::aborted().into());
        }
        self.client.batch("COMMIT").map_err(PostgresError::in_commit)?;
        Ok(self.news.take())
    }

    pub(super) fn rollback(&self) -> Result<(), SqlError> {
        self.client.forget();
        self.batch("ROLLBACK")
    }

    /// Ends a transaction in which nothing was changed and nothing has failed; nobody waits for it.
    pub(super) fn leave(&self) -> Result<(), SqlError> {
        Ok(self.client.send_off("ROLLBACK")?)
    }

    fn prepared(&self, text: &str) -> Result<Statement, PostgresError> {
        if let Some(statement) = self.statements.borrow().get(text) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(&dialect::postgres(text))?;
        self.statements.borrow_mut().insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Notes a failure: PostgreSQL takes no more statements in this transaction.
    fn noted<T>(&self, outcome: Result<T, PostgresError>) -> Result<T, SqlError> {
        Ok(outcome.inspect_err(|_| self.has_failed.set(true))?)
    }
}

impl Sql for Handle {
    fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<usize, SqlError> {
        let changed = self.prepared(statement).and_then(|statement| self.client.execute(&statement, values));
        self.noted(changed).map(|rows| usize::try_from(rows).unwrap_or(usize::MAX))
    }

    fn execute_later(&self, statement: &str, values: &[Value<'_>]) -> Result<(), SqlError> {
        let put_off =
            self.prepared(statement).and_then(|statement| self.client.put_off_statement(statement, values));
        self.noted(put_off)
    }

    fn each_row(
        &self,
        statement: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let rows = self.prepared(statement).and_then(|statement| self.client.query(&statement, values));
        self.noted(rows)?.iter().try_for_each(|row| each(row))
    }

    fn batch(&self, statements: &str) -> Result<(), SqlError> {
        self.noted(self.client.batch(statements))
    }

    fn overwrite_removed(&self) -> Result<(), SqlError> {
        // A row that others may still see stays in its place until a vacuum.
        Ok(())
    }

    fn has_other_writers(&self) -> bool {
        true
    }

    fn is_shared(&self) -> bool {
        self.is_shared.get()
    }

    fn is_first(&self, lock: i64) -> bool {
        self.locks.borrow_mut().insert(lock)
    }

    fn announce(&self, news: News) {
        self.news.borrow_mut().wake(news);
    }

    fn announce_job(&self, change: JobChange, site: &str, job_id: &str) {
        self.news.borrow_mut().tell_of(change, site.to_owned(), job_id.to_owned());
    }
}

/// A parameter takes the width that PostgreSQL derives for it from its place.
impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match *self {
            Value::Null => return Ok(IsNull::Yes),
            Value::Integer(number) if *kind == Type::INT4 => out.put_i32(number.try_into()?),
            Value::Integer(number) => out.put_i64(number),
            // PostgreSQL keeps every character but this one.
            Value::Text(text) if text.contains('\0') => {
                out.put_slice(text.replace('\0', "\u{fffd}").as_bytes());
            }
            Value::Text(text) => out.put_slice(text.as_bytes()),
            Value::Bytes(bytes) => out.put_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::TEXT, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}

/// What a column holds, whatever its width.
struct Held<'a>(Value<'a>);

impl<'a> FromSql<'a> for Held<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let value = match *kind {
            Type::INT8 => Value::Integer(i64::from_be_bytes(raw.try_into()?)),
            Type::INT4 => Value::Integer(i32::from_be_bytes(raw.try_into()?).into()),
            Type::BYTEA => Value::Bytes(raw),
            _ => Value::Text(std::str::from_utf8(raw)?),
        };
        Ok(Self(value))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::INT4, Type::TEXT, Type::BYTEA].contains(kind)
    }
}

impl Row for PostgresRow {
    fn value(&self, place: usize) -> Result<Value<'_>, SqlError> {
        let held: Result<Held<'_>, _> = self.try_get(place);
        held.map(|held| held.0).map_err(|_| SqlError::Column(place))
    }
}

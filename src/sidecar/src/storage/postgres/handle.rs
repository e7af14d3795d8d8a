//! A connection to the server, as the statements see it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use ::postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use ::postgres::{Client, Row as PostgresRow, Statement};
use bytes::{BufMut, BytesMut};

use super::PostgresError;
use super::bulletin::Bulletin;
use super::dialect;
use crate::storage::sql::connection::{JobChange, News, Row, Sql, SqlError, Value};

/// Statements are prepared once per connection and kept by their text. They are few: no text has values in it.
pub(super) struct Handle {
    client: RefCell<Client>,
    statements: RefCell<HashMap<String, Statement>>,
    has_failed: Cell<bool>,
    news: RefCell<Bulletin>,
}

impl Handle {
    pub(super) fn new(client: Client) -> Self {
        Self {
            client: RefCell::new(client),
            statements: RefCell::default(),
            has_failed: Cell::new(false),
            news: RefCell::default(),
        }
    }

    pub(super) fn begin(&self, text: &str) -> Result<(), SqlError> {
        self.has_failed.set(false);
        self.news.take();
        self.batch(text)
    }

    /// Lets the server tell what others should hear of, when the transaction is committed: for a process that has
    /// no connection for that.
    pub(super) fn notify(&self) -> Result<(), SqlError> {
        let told = self.news.take();
        for (channel, payload) in told.notifications() {
            let told = self.client.borrow_mut().execute("SELECT pg_notify($1, $2)", &[&channel, &payload]);
            self.noted(told)?;
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
        let ended = self.client.borrow_mut().batch_execute("COMMIT");
        ended.map_err(|error| PostgresError::from(error).in_commit())?;
        Ok(self.news.take())
    }

    pub(super) fn rollback(&self) -> Result<(), SqlError> {
        self.batch("ROLLBACK")
    }

    fn prepared(&self, text: &str) -> Result<Statement, ::postgres::Error> {
        if let Some(statement) = self.statements.borrow().get(text) {
            return Ok(statement.clone());
        }
        let statement = self.client.borrow_mut().prepare(&dialect::postgres(text))?;
        self.statements.borrow_mut().insert(text.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Notes a failure: PostgreSQL takes no more statements in this transaction.
    fn noted<T>(&self, outcome: Result<T, ::postgres::Error>) -> Result<T, SqlError> {
        outcome.map_err(|error| {
            self.has_failed.set(true);
            PostgresError::from(error).into()
        })
    }
}

impl Sql for Handle {
    fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<usize, SqlError> {
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        let changed = self
            .prepared(statement)
            .and_then(|statement| self.client.borrow_mut().execute(&statement, &values));
        self.noted(changed).map(|rows| usize::try_from(rows).unwrap_or(usize::MAX))
    }

    fn each_row(
        &self,
        statement: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
        let rows = self
            .prepared(statement)
            .and_then(|statement| self.client.borrow_mut().query(&statement, &values));
        self.noted(rows)?.iter().try_for_each(|row| each(row))
    }

    fn batch(&self, statements: &str) -> Result<(), SqlError> {
        let outcome = self.client.borrow_mut().batch_execute(statements);
        self.noted(outcome)
    }

    fn overwrite_removed(&self) -> Result<(), SqlError> {
        // A row that others may still see stays in its place until a vacuum.
        Ok(())
    }

    fn has_other_writers(&self) -> bool {
        true
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

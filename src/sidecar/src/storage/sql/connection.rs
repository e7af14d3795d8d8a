//! What the statements are written against: a connection inside a transaction, whichever engine it belongs to.
//!
//! A statement has its parameters as `?1`, `?2` … and uses only what both engines understand. Where PostgreSQL,
//! which has other writers beside this transaction, needs more than SQLite, the addition stands in a comment
//! `/*pg: … */` in its place: SQLite skips it, PostgreSQL's engine takes the marks away.
//! Integers are 64 bits wide, texts are UTF-8, times are microseconds; there are no other types.

use platen_core::clock::Timestamp;
use thiserror::Error;

use crate::storage::postgres::PostgresError;

/// A connection inside a transaction.
pub(in crate::storage) type Connection = dyn Sql;

/// What an engine does.
pub(in crate::storage) trait Sql {
    /// Runs a statement; tells how many rows it changed.
    fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<usize, SqlError>;

    /// Runs a statement that nobody has to know more of than that it did not fail. An engine may wait with it for the
    /// next one that somebody asks something of, or for the commit; then they fail in its place.
    fn execute_later(&self, statement: &str, values: &[Value<'_>]) -> Result<(), SqlError>;

    /// Runs a statement and shows each of its rows.
    fn each_row(
        &self,
        statement: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), SqlError>,
    ) -> Result<(), SqlError>;

    /// Runs statements without parameters, separated by semicolons.
    fn batch(&self, statements: &str) -> Result<(), SqlError>;

    /// Overwrites what this connection removes from here on, where the engine can.
    fn overwrite_removed(&self) -> Result<(), SqlError>;

    /// Whether others may write while this transaction does.
    fn has_other_writers(&self) -> bool;

    /// Whether the transaction holds changes of several callers.
    fn is_shared(&self) -> bool;

    /// Whether the transaction has not asked for this lock before.
    fn is_first(&self, lock: i64) -> bool;

    /// Tells the other daemons that share the database, once the transaction is committed.
    fn announce(&self, news: News);

    /// The same of a job that somebody may wait for or watch there.
    fn announce_job(&self, change: JobChange, site: &str, job_id: &str);
}

/// What others may have to hear of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::storage) enum JobChange {
    /// Its attempt has begun, has more text, or was given up.
    Moved,
    /// It has ended, or is gone.
    Ended,
}

/// What a transaction made that others may wait for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::storage) struct News(pub(in crate::storage) u8);

impl News {
    /// A step that is due, or room for one.
    pub(in crate::storage) const WORK: Self = Self(1);
    /// A delivery that is due.
    pub(in crate::storage) const DELIVERIES: Self = Self(2);
    /// Everything.
    pub(in crate::storage) const ALL: Self = Self(3);

    pub(in crate::storage) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(in crate::storage) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl dyn Sql {
    /// The only row of a statement.
    pub(in crate::storage) fn query_one<T>(
        &self,
        statement: &str,
        values: &[Value<'_>],
        read: impl FnMut(&dyn Row) -> Result<T, SqlError>,
    ) -> Result<T, SqlError> {
        self.query_opt(statement, values, read)?.ok_or(SqlError::NoRow)
    }

    /// The first row of a statement, if it has any.
    pub(in crate::storage) fn query_opt<T>(
        &self,
        statement: &str,
        values: &[Value<'_>],
        mut read: impl FnMut(&dyn Row) -> Result<T, SqlError>,
    ) -> Result<Option<T>, SqlError> {
        let mut found = None;
        self.each_row(statement, values, &mut |row| {
            if found.is_none() {
                found = Some(read(row)?);
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Changes a row and reads it; `None` when there was none to change. The change has its `RETURNING` for
    /// PostgreSQL only: for SQLite it costs a table of its own and a journal, several times as much as `back`,
    /// which reads the same columns once the change is made.
    pub(in crate::storage) fn change_one<T>(
        &self,
        change: &str,
        values: &[Value<'_>],
        back: (&str, &[Value<'_>]),
        read: impl FnMut(&dyn Row) -> Result<T, SqlError>,
    ) -> Result<Option<T>, SqlError> {
        if self.has_other_writers() {
            return self.query_opt(change, values, read);
        }
        if self.execute(change, values)? == 0 {
            return Ok(None);
        }
        let (statement, values) = back;
        self.query_one(statement, values, read).map(Some)
    }

    /// All rows of a statement.
    pub(in crate::storage) fn query_all<T>(
        &self,
        statement: &str,
        values: &[Value<'_>],
        mut read: impl FnMut(&dyn Row) -> Result<T, SqlError>,
    ) -> Result<Vec<T>, SqlError> {
        let mut found = Vec::new();
        self.each_row(statement, values, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }
}

/// A statement failed. The texts quote no value of a row.
#[derive(Debug, Error)]
pub(in crate::storage) enum SqlError {
    /// SQLite refused.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL refused.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// A statement that must find a row found none.
    #[error("the statement found no row")]
    NoRow,
    /// A column holds something else than the statement says.
    #[error("column {0} of the statement holds a value of another type or range")]
    Column(usize),
}

/// A parameter, or what a column holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::storage) enum Value<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// A row of an answer.
pub(in crate::storage) trait Row {
    /// What the column at this place holds.
    fn value(&self, place: usize) -> Result<Value<'_>, SqlError>;
}

impl dyn Row + '_ {
    /// Reads the column at this place.
    pub(in crate::storage) fn get<T: Column>(&self, place: usize) -> Result<T, SqlError> {
        T::read(self.value(place)?).ok_or(SqlError::Column(place))
    }
}

/// What a column is read as.
pub(in crate::storage) trait Column: Sized {
    /// `None` when the value is of another type or out of range.
    fn read(value: Value<'_>) -> Option<Self>;
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        impl Column for $number {
            fn read(value: Value<'_>) -> Option<Self> {
                match value {
                    Value::Integer(number) => number.try_into().ok(),
                    Value::Null | Value::Text(_) | Value::Bytes(_) => None,
                }
            }
        }
    )*};
}
whole_numbers!(i64, u64, u32, u16, usize);

impl Column for Timestamp {
    fn read(value: Value<'_>) -> Option<Self> {
        i64::read(value).map(Self::from_micros)
    }
}

impl Column for String {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.to_owned()),
            Value::Null | Value::Integer(_) | Value::Bytes(_) => None,
        }
    }
}

impl Column for Vec<u8> {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes.to_owned()),
            Value::Null | Value::Integer(_) | Value::Text(_) => None,
        }
    }
}

impl<T: Column> Column for Option<T> {
    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            present => T::read(present).map(Some),
        }
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<u16> for Value<'_> {
    fn from(number: u16) -> Self {
        Self::Integer(number.into())
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(at: Timestamp) -> Self {
        Self::Integer(at.as_micros())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<T> From<Option<T>> for Value<'_>
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

/// The parameters of a statement, in their order.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$($crate::storage::sql::connection::Value::from($value)),*]
    };
}
pub(in crate::storage) use params;

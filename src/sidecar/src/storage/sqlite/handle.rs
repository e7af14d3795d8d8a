//! A connection to the file, as the statements see it.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, Row as SqliteRow};

use crate::storage::sql::connection::{JobChange, News, Row, Sql, SqlError, Value};

/// Statements are prepared once per connection and kept by their text.
pub(super) struct Handle(pub(super) Connection);

impl Handle {
    fn bound(&self, statement: &str, values: &[Value<'_>]) -> Result<CachedStatement<'_>, SqlError> {
        let mut statement = self.0.prepare_cached(statement)?;
        // What only PostgreSQL's addition to the statement names has no place here.
        for (place, value) in (1..=statement.parameter_count()).zip(values) {
            let value = match *value {
                Value::Null => ValueRef::Null,
                Value::Integer(number) => ValueRef::Integer(number),
                Value::Text(text) => ValueRef::Text(text.as_bytes()),
                Value::Bytes(bytes) => ValueRef::Blob(bytes),
            };
            statement.raw_bind_parameter(place, ToSqlOutput::Borrowed(value))?;
        }
        Ok(statement)
    }
}

impl Sql for Handle {
    fn execute(&self, statement: &str, values: &[Value<'_>]) -> Result<usize, SqlError> {
        Ok(self.bound(statement, values)?.raw_execute()?)
    }

    fn execute_later(&self, statement: &str, values: &[Value<'_>]) -> Result<(), SqlError> {
        self.execute(statement, values).map(drop)
    }

    fn each_row(
        &self,
        statement: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), SqlError>,
    ) -> Result<(), SqlError> {
        let mut statement = self.bound(statement, values)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            each(row)?;
        }
        Ok(())
    }

    fn batch(&self, statements: &str) -> Result<(), SqlError> {
        Ok(self.0.execute_batch(statements)?)
    }

    fn overwrite_removed(&self) -> Result<(), SqlError> {
        // It answers with a row.
        self.each_row("PRAGMA secure_delete = ON", &[], &mut |_| Ok(()))
    }

    fn has_other_writers(&self) -> bool {
        false
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn is_first(&self, _lock: i64) -> bool {
        false
    }

    fn announce(&self, _news: News) {}

    fn announce_job(&self, _change: JobChange, _site: &str, _job_id: &str) {}
}

impl Row for SqliteRow<'_> {
    fn value(&self, place: usize) -> Result<Value<'_>, SqlError> {
        match self.get_ref(place)? {
            ValueRef::Null => Ok(Value::Null),
            ValueRef::Integer(number) => Ok(Value::Integer(number)),
            ValueRef::Text(text) => {
                std::str::from_utf8(text).map(Value::Text).map_err(|_| SqlError::Column(place))
            }
            ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes)),
            // No column of the schema holds any.
            ValueRef::Real(_) => Err(SqlError::Column(place)),
        }
    }
}

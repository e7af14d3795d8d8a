//! Both engines have the same tables.

use std::collections::BTreeSet;

use platen_core::clock::Timestamp;
use platen_sidecar::config::DatabaseConfig;
use platen_sidecar::storage::Store;

use crate::postgres::Database;

/// What the engines agree on of a column: its table, its name, its type, and whether it may be absent.
type Column = (String, String, &'static str, bool);

/// Types that hold the same values.
fn class(of: &str) -> &'static str {
    match of.to_ascii_uppercase().as_str() {
        "INTEGER" | "BIGINT" => "whole number",
        "TEXT" => "text",
        "BLOB" | "BYTEA" => "bytes",
        other => panic!("no column has the type {other}"),
    }
}

struct Schema {
    columns: BTreeSet<Column>,
    /// Names of indexes with their tables; those that constraints made have names of the engine's own.
    indexes: BTreeSet<(String, String)>,
    /// The columns of primary keys and foreign keys: table, `primary` or the table it points to, columns.
    keys: BTreeSet<(String, String, String)>,
}

fn sqlite() -> Schema {
    let dir = tempfile::tempdir().unwrap();
    let _store = Store::open(&DatabaseConfig::Sqlite, dir.path(), Timestamp::from_seconds(1)).unwrap();
    let connection = rusqlite::Connection::open(dir.path().join("platen.db")).unwrap();
    let texts = |query: &str| -> Vec<(String, String)> {
        let mut statement = connection.prepare(query).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let columns = "SELECT m.name, c.name, c.type, c.\"notnull\" FROM sqlite_schema m \
                   JOIN pragma_table_info(m.name) c WHERE m.type = 'table'";
    let mut statement = connection.prepare(columns).unwrap();
    let columns = statement
        .query_map([], |row| {
            let kind: String = row.get(2)?;
            Ok((row.get(0)?, row.get(1)?, class(&kind), row.get::<_, i64>(3)? == 0))
        })
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let indexes = "SELECT tbl_name, name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL";
    let primary = "SELECT m.name, group_concat(c.name, ' ' ORDER BY c.pk) FROM sqlite_schema m \
                   JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.pk > 0 GROUP BY m.name";
    let foreign = "SELECT m.name || '>' || f.\"table\", group_concat(f.\"from\", ' ' ORDER BY f.seq) \
                   FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f \
                   WHERE m.type = 'table' GROUP BY m.name, f.id";
    Schema {
        columns,
        indexes: texts(indexes).into_iter().collect(),
        keys: keys(texts(primary), texts(foreign)),
    }
}

async fn postgresql() -> Schema {
    let database = Database::new().await;
    let dir = tempfile::tempdir().unwrap();
    let _store = Store::open(&database.settings(), dir.path(), Timestamp::from_seconds(1)).unwrap();
    let pairs = async |query: &'static str| -> Vec<(String, String)> {
        database.rows(query).await.iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    let columns = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES' \
                   FROM information_schema.columns WHERE table_schema = 'public'";
    let rows = database.rows(columns).await;
    let columns = rows.iter().map(|row| (row.get(0), row.get(1), class(row.get(2)), row.get(3))).collect();
    let indexes = "SELECT tablename::text, indexname::text FROM pg_indexes WHERE schemaname = 'public' \
                   AND indexname NOT IN (SELECT conname FROM pg_constraint)";
    let primary = "SELECT conrelid::regclass::text, string_agg(attname, ' ' ORDER BY place) FROM pg_constraint, \
                   UNNEST(conkey) WITH ORDINALITY AS k (no, place) JOIN pg_attribute ON attnum = no \
                   WHERE attrelid = conrelid AND contype = 'p' AND connamespace = 'public'::regnamespace \
                   GROUP BY conname, conrelid";
    let foreign = "SELECT conrelid::regclass::text || '>' || confrelid::regclass::text, \
                   string_agg(attname, ' ' ORDER BY place) FROM pg_constraint, \
                   UNNEST(conkey) WITH ORDINALITY AS k (no, place) JOIN pg_attribute ON attnum = no \
                   WHERE attrelid = conrelid AND contype = 'f' AND connamespace = 'public'::regnamespace \
                   GROUP BY conname, conrelid, confrelid";
    Schema {
        columns,
        indexes: pairs(indexes).await.into_iter().collect(),
        keys: keys(pairs(primary).await, pairs(foreign).await),
    }
}

fn keys(
    primary: Vec<(String, String)>,
    foreign: Vec<(String, String)>,
) -> BTreeSet<(String, String, String)> {
    let primary = primary.into_iter().map(|(table, columns)| (table, "primary".to_owned(), columns));
    let foreign = foreign.into_iter().map(|(tables, columns)| (tables, "foreign".to_owned(), columns));
    primary.chain(foreign).collect()
}

fn assert_same<T: Ord + std::fmt::Debug>(what: &str, sqlite: &BTreeSet<T>, postgresql: &BTreeSet<T>) {
    let only_sqlite: Vec<_> = sqlite.difference(postgresql).collect();
    let only_postgresql: Vec<_> = postgresql.difference(sqlite).collect();
    assert!(
        only_sqlite.is_empty() && only_postgresql.is_empty(),
        "{what}: only in SQLite {only_sqlite:#?}, only in PostgreSQL {only_postgresql:#?}"
    );
}

#[tokio::test]
async fn both_engines_have_the_same_tables() {
    let (sqlite, postgresql) = (sqlite(), postgresql().await);

    assert!(sqlite.columns.len() > 80, "{:?}", sqlite.columns);
    assert_same("columns", &sqlite.columns, &postgresql.columns);
    assert_same("indexes", &sqlite.indexes, &postgresql.indexes);
    assert_same("keys", &sqlite.keys, &postgresql.keys);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn daemons_that_start_at_once_migrate_once() {
    let database = Database::new().await;
    let open = || {
        let settings = database.settings();
        tokio::task::spawn_blocking(move || {
            let dir = tempfile::tempdir().unwrap();
            Store::open(&settings, dir.path(), Timestamp::from_seconds(1)).map(drop)
        })
    };

    let opened = tokio::join!(open(), open(), open(), open());

    assert!([opened.0, opened.1, opened.2, opened.3].into_iter().all(|outcome| outcome.unwrap().is_ok()));
    let applied = database.rows("SELECT COUNT(*), COUNT(DISTINCT number) FROM schema_migrations").await;
    let counts: (i64, i64) = (applied[0].get(0), applied[0].get(1));
    assert!(counts.0 > 0 && counts.0 == counts.1, "{counts:?}");
}

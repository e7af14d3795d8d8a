//! Databases of a private PostgreSQL, which all tests of a run share.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use platen_core::secret::Secret;
use platen_sidecar::config::DatabaseConfig;
use postgres::{Client, NoTls};

/// The server, for as long as this process lives.
struct Server {
    folder: PathBuf,
    _in_use: File,
}

impl Server {
    fn get() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| Self::start("postgres", &[]))
    }

    /// The same with TLS, and a state of its own.
    fn with_tls() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| Self::start("postgres-tls", &["--tls"]))
    }

    fn start(name: &str, options: &[&str]) -> Self {
        let state = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&state).unwrap();
        let users = state.join("users");
        let in_use = File::options().create(true).truncate(false).write(true).open(users).unwrap();
        in_use.lock_shared().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/postgres/server");
        let started = Command::new(script).arg(&state).args(options).output().unwrap();
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        let folder = String::from_utf8(started.stdout).unwrap().trim().into();
        Self { folder, _in_use: in_use }
    }

    fn url(&self, database: &str) -> String {
        format!("host={} user=platen dbname={database}", self.folder.display())
    }

    fn administer(&self, statement: &str) {
        Client::connect(&self.url("postgres"), NoTls).unwrap().batch_execute(statement).unwrap();
    }
}

/// The folder of a server that is reached with TLS: its port and the authorities are there.
pub(crate) async fn with_tls() -> PathBuf {
    blocking(|| Server::with_tls().folder.clone()).await
}

/// An empty database. It goes away when this is dropped.
pub(crate) struct Database {
    name: String,
}

impl Database {
    pub(crate) async fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let statement = format!("CREATE DATABASE {name}");
        blocking(move || Server::get().administer(&statement)).await;
        Self { name }
    }

    pub(crate) fn url(&self) -> String {
        Server::get().url(&self.name)
    }

    pub(crate) fn settings(&self) -> DatabaseConfig {
        DatabaseConfig::Postgres { url: Secret::new(self.url()), ca_file: None }
    }

    /// Asks the database, beside the store.
    pub(crate) async fn rows(&self, query: &'static str) -> Vec<postgres::Row> {
        let url = self.url();
        blocking(move || Client::connect(&url, NoTls).unwrap().query(query, &[]).unwrap()).await
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // The client must not run on a thread of the runtime.
        drop(std::thread::spawn(move || Server::get().administer(&statement)).join());
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

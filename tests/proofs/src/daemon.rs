//! The built `platend` in a folder of its own: processes come and go in it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use platen_core::signing::SigningKey;
use platen_core::wire::{Reply, Request};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::sleep;

use crate::socket::Client;

/// How long a daemon may take to serve, or to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often somebody looks whether a process has come to something.
const LOOK: Duration = Duration::from_millis(2);

/// Lines of the log that an error shows.
const SHOWN_LINES: usize = 20;

/// A configuration, a state directory and a log.
#[derive(Clone)]
pub struct Home {
    dir: PathBuf,
    platend: PathBuf,
    database_url: Option<String>,
}

impl Home {
    /// Writes the configuration: a provider in OpenAI's format at this address, and these settings.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn new(dir: &Path, platend: &Path, provider: &str, settings: &str) -> anyhow::Result<Self> {
        let shown = dir.display();
        let config = format!(
            "daemon.state_dir = \"{shown}/state\"\nipc.socket = \"{shown}/platend.sock\"\n\
             http.listen = \"127.0.0.1:0\"\n\
             [[providers]]\nname = \"fake\"\nkind = \"openai\"\nbase_url = \"{provider}/v1\"\n\
             [models.default]\nprovider = \"fake\"\nmodel = \"fake-model\"\n{settings}"
        );
        fs::write(dir.join("platend.toml"), config).context("the configuration cannot be written")?;
        let platend = platend.canonicalize().with_context(|| format!("no {}", platend.display()))?;
        Ok(Self { dir: dir.to_owned(), platend, database_url: None })
    }

    /// The same over this PostgreSQL, in place of SQLite.
    #[must_use]
    pub fn over(self, database_url: Option<&str>) -> Self {
        Self { database_url: database_url.map(str::to_owned), ..self }
    }

    /// The socket.
    pub fn socket(&self) -> PathBuf {
        self.dir.join("platend.sock")
    }

    /// Where the database is.
    pub fn state_dir(&self) -> PathBuf {
        self.dir.join("state")
    }

    /// All that its daemons wrote.
    pub fn log(&self) -> String {
        fs::read(self.dir.join("platend.log"))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Runs a command of the daemon's command line; gives its output.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command(arguments).output().context("platend cannot be run")?;
        ensure!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Adds a site; gives the key of its webhooks.
    ///
    /// # Errors
    /// When it cannot be added.
    pub fn add_site(&self, id: &str, url: &str) -> anyhow::Result<SigningKey> {
        let printed = self.run(&["site", "add", id, "--url", url, "--format", "json"])?;
        let constants: serde_json::Value = serde_json::from_str(&printed)?;
        let secret = constants.get("PLATEN_WEBHOOK_SECRET").and_then(serde_json::Value::as_str);
        Ok(secret.context("no webhook secret was printed")?.parse()?)
    }

    /// Starts a process, without waiting for anything.
    ///
    /// # Errors
    /// When there is no process.
    pub fn spawn(&self) -> anyhow::Result<Daemon> {
        let log = File::options().create(true).append(true).open(self.dir.join("platend.log"))?;
        let mut command = self.command(&["serve"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
        Ok(Daemon { child: child.context("platend cannot be started")? })
    }

    /// Starts a process and waits until it answers; gives how long that took, too.
    ///
    /// # Errors
    /// When it ends, or does not answer in time.
    pub async fn start(&self) -> anyhow::Result<(Daemon, Duration)> {
        let began = Instant::now();
        match self.start_or_end().await? {
            Ok(daemon) => Ok((daemon, began.elapsed())),
            Err(status) => bail!("platend ended at its start with {status}:\n{}", self.log_tail()),
        }
    }

    /// Starts a process and waits until it answers or ends.
    ///
    /// # Errors
    /// When it does neither in time.
    pub async fn start_or_end(&self) -> anyhow::Result<Result<Daemon, ExitStatus>> {
        let began = Instant::now();
        let mut daemon = self.spawn()?;
        while !self.answers(daemon.child.id()).await {
            if let Some(status) = daemon.child.try_wait()? {
                return Ok(Err(status));
            }
            ensure!(began.elapsed() < PATIENCE, "platend does not answer:\n{}", self.log_tail());
            sleep(LOOK).await;
        }
        Ok(Ok(daemon))
    }

    async fn answers(&self, pid: u32) -> bool {
        let Ok(mut client) = Client::connect(&self.socket()).await else { return false };
        matches!(client.call(&Request::Ping).await, Ok(Reply::Pong(pong)) if pong.pid == pid)
    }

    /// The last lines of the log.
    pub fn log_tail(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let (_, shown) = lines.split_at(lines.len().saturating_sub(SHOWN_LINES));
        shown.join("\n")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.platend);
        command.env_clear().arg("--config").arg(self.dir.join("platend.toml")).args(arguments);
        command.envs(self.database_url.iter().map(|url| ("PLATEN_DATABASE_URL", url)));
        command
    }
}

/// A running process; killed when dropped.
pub struct Daemon {
    child: Child,
}

impl Daemon {
    /// `kill -9`: no chance to write anything.
    ///
    /// # Errors
    /// When it had ended by itself before.
    pub fn kill(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("platend had ended by itself with {status}");
        }
        self.child.kill().context("platend cannot be killed")?;
        self.child.wait().context("platend cannot be waited for")?;
        Ok(())
    }

    /// Whether it still lives.
    ///
    /// # Errors
    /// When it ended by itself.
    pub fn check(&mut self, home: &Home) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("platend ended by itself with {status}:\n{}", home.log_tail());
        }
        Ok(())
    }

    /// SIGTERM, and waits for the end.
    ///
    /// # Errors
    /// When it does not end in time.
    pub async fn terminate(mut self) -> anyhow::Result<ExitStatus> {
        kill_process(Pid::from_child(&self.child), Signal::TERM).context("platend cannot be told to end")?;
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(began.elapsed() < PATIENCE, "platend does not end");
            sleep(LOOK).await;
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

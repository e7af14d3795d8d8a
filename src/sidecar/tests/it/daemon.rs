//! The real `platend` in a directory of its own, and a client of its socket.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use platen_core::clock::{Clock, Timestamp};
use platen_core::code::ErrorCode;
use platen_core::job::{
    ChatPayload, JobId, JobSnapshot, JobSpec, JobStatus, Message, Priority, Role, SiteId, Work,
};
use platen_core::signing::SigningKey;
use platen_core::wire::{
    HEADER_BYTES, JobRef, Receipt, Refusal, Reply, Request, Submit, Tag, decode_header, encode,
};
use platen_sidecar::clock::SystemClock;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::{sleep, timeout};

/// No step of any test takes this long.
const PATIENCE: Duration = Duration::from_secs(20);

/// The site of most tests.
pub(crate) const SITE: &str = "demo";

/// A configuration and a state directory; daemons come and go in it.
pub(crate) struct Home {
    pub(crate) dir: TempDir,
    environment: Vec<(String, String)>,
}

impl Home {
    /// A home whose daemon asks the provider at this address, in OpenAI's format. `settings` is more TOML.
    pub(crate) fn with_provider(url: &str, settings: &str) -> Self {
        let provider = format!(
            "[[providers]]\nname = \"main\"\nkind = \"openai\"\nbase_url = \"{url}/v1\"\n\
             api_key_env = \"TEST_PROVIDER_KEY\"\n\
             [models.default]\nprovider = \"main\"\nmodel = \"tiny\"\n\
             input_usd_per_million = 1.0\noutput_usd_per_million = 2.0\n"
        );
        let mut home = Self::with_settings(&format!("{provider}{settings}"));
        home.environment.push(("TEST_PROVIDER_KEY".to_owned(), "sk-planted-key".to_owned()));
        home
    }

    /// A home whose daemon answers by itself, quickly.
    pub(crate) fn offline(settings: &str) -> Self {
        Self::with_settings(&format!(
            "[[providers]]\nname = \"offline\"\nkind = \"offline\"\npace_ms = 1\n\
             [models.default]\nprovider = \"offline\"\nmodel = \"offline-demo\"\n{settings}"
        ))
    }

    fn with_settings(settings: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let shown = dir.path().display();
        let config = format!(
            "daemon.state_dir = \"{shown}/state\"\nipc.socket = \"{shown}/run/platend.sock\"\n\
             http.listen = \"127.0.0.1:0\"\n{settings}"
        );
        fs::write(dir.path().join("platend.toml"), config).unwrap();
        Self { dir, environment: Vec::new() }
    }

    /// Puts a line at the beginning of the configuration.
    pub(crate) fn set(&self, line: &str) {
        let file = self.dir.path().join("platend.toml");
        let settings = fs::read_to_string(&file).unwrap();
        fs::write(file, format!("{line}\n{settings}")).unwrap();
    }

    /// Replaces text of the configuration.
    pub(crate) fn replace(&self, from: &str, to: &str) {
        let file = self.dir.path().join("platend.toml");
        let settings = fs::read_to_string(&file).unwrap();
        assert!(settings.contains(from), "{settings}");
        fs::write(file, settings.replace(from, to)).unwrap();
    }

    /// Adds a variable to the environment of this home's daemons.
    pub(crate) fn export(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.dir.path().join("run/platend.sock")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.dir.path().join("state/platen.db")
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    /// `platend` with this home's configuration and nothing else in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_platend"));
        command.env_clear().envs(self.environment.iter().cloned());
        command.arg("--config").arg(self.dir.path().join("platend.toml")).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that must succeed; gives its standard output.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must fail with exit code 1; gives its standard error.
    pub(crate) fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Adds the site of most tests; gives its webhook key.
    pub(crate) fn add_site(&self, url: &str) -> SigningKey {
        let text = self.ok(&["site", "add", SITE, "--url", url, "--format", "json"]);
        let constants: serde_json::Value = serde_json::from_str(&text).unwrap();
        constants["PLATEN_WEBHOOK_SECRET"].as_str().unwrap().parse().unwrap()
    }

    /// Starts a daemon and waits until it serves.
    pub(crate) async fn start(&self) -> Daemon {
        let log = File::options().create(true).append(true).open(self.dir.path().join("log")).unwrap();
        let ready_before = ready_lines(&self.log());
        let child = self.command(&["serve"]).stderr(log).stdout(Stdio::null()).spawn().unwrap();
        let mut daemon = Daemon { child };
        let deadline = Instant::now() + PATIENCE;
        while ready_lines(&self.log()) == ready_before {
            assert!(daemon.child.try_wait().unwrap().is_none(), "platend ended:\n{}", self.log());
            assert!(Instant::now() < deadline, "platend is not ready:\n{}", self.log());
            sleep(Duration::from_millis(5)).await;
        }
        daemon
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(&self.socket()).await
    }
}

fn ready_lines(log: &str) -> usize {
    log.matches("platend is ready").count()
}

/// A running daemon; killed when dropped.
pub(crate) struct Daemon {
    pub(crate) child: Child,
}

impl Daemon {
    /// `kill -9`: no chance to write anything.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, without waiting.
    pub(crate) fn terminate(&self) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
    }

    /// Waits for the process to end by itself.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "platend did not end");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It has ended already in most tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection to the socket.
pub(crate) struct Client(UnixStream);

impl From<UnixStream> for Client {
    fn from(stream: UnixStream) -> Self {
        Self(stream)
    }
}

impl Client {
    pub(crate) async fn connect(socket: &Path) -> Self {
        Self(UnixStream::connect(socket).await.unwrap())
    }

    /// Sends bytes as they are.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write_all(bytes).await
    }

    /// Reads one reply frame.
    pub(crate) async fn receive(&mut self) -> std::io::Result<Reply> {
        let reading = async {
            let mut header = [0; HEADER_BYTES];
            self.0.read_exact(&mut header).await?;
            let frame = decode_header(header).unwrap();
            let mut body = vec![0; frame.body_bytes];
            self.0.read_exact(&mut body).await?;
            Ok(Reply::decode(frame.tag, &body).unwrap().unwrap())
        };
        timeout(PATIENCE, reading).await.expect("the daemon answers")
    }

    /// Asks, when the daemon may be killed meanwhile.
    pub(crate) async fn try_call(&mut self, request: &Request) -> std::io::Result<Reply> {
        let (tag, body) = request.encode().unwrap();
        self.send(&encode(tag, &body).unwrap()).await?;
        self.receive().await
    }

    pub(crate) async fn call(&mut self, request: &Request) -> Reply {
        self.try_call(request).await.unwrap()
    }

    /// Sends a frame with a body of one's own.
    pub(crate) async fn call_raw(&mut self, tag: Tag, body: &str) -> Reply {
        self.send(&encode(tag, body.as_bytes()).unwrap()).await.unwrap();
        self.receive().await.unwrap()
    }

    pub(crate) async fn submit(&mut self, job: JobSpec) -> Receipt {
        match self.call(&submission(job)).await {
            Reply::Receipt(receipt) => receipt,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn job(&mut self, id: &JobId) -> JobSnapshot {
        match self.call(&Request::Status(reference(id))).await {
            Reply::Job(job) => *job,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn refused(&mut self, request: &Request) -> ErrorCode {
        match self.call(request).await {
            Reply::Refusal(Refusal { code, message: _ }) => code,
            other => panic!("{other:?}"),
        }
    }

    /// Waits until the job stands somewhere.
    pub(crate) async fn wait_for(&mut self, id: &JobId, status: JobStatus) -> JobSnapshot {
        self.wait_until(id, &format!("{status}"), |job| job.status == status).await
    }

    pub(crate) async fn wait_until(
        &mut self,
        id: &JobId,
        what: &str,
        condition: impl Fn(&JobSnapshot) -> bool,
    ) -> JobSnapshot {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let job = self.job(id).await;
            if condition(&job) {
                return job;
            }
            assert!(Instant::now() < deadline, "the job is not {what}: {job:?}");
            sleep(Duration::from_millis(10)).await;
        }
    }
}

/// A fresh job that asks this.
pub(crate) fn chat(question: &str) -> JobSpec {
    let now: Timestamp = SystemClock.now();
    let id = JobId::generate(now, rand::random());
    JobSpec {
        idempotency_key: format!("key-{id}"),
        request_id: format!("req-{id}"),
        traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
        prompt_hash: None,
        subject: Some("user:1".to_owned()),
        conversation: None,
        priority: Priority::Standard,
        run_at: None,
        deadline_ms: None,
        created_at: now,
        work: Work::Chat(ChatPayload {
            model: "default".to_owned(),
            messages: vec![Message { role: Role::User, content: question.to_owned() }],
            max_output_tokens: None,
            temperature: None,
            cache: None,
        }),
        id,
    }
}

pub(crate) fn site() -> SiteId {
    SITE.to_owned().try_into().unwrap()
}

pub(crate) fn submission(job: JobSpec) -> Request {
    Request::Submit(Box::new(Submit { site: site(), job }))
}

pub(crate) fn reference(id: &JobId) -> JobRef {
    JobRef { site: site(), job_id: id.clone() }
}

//! The scripted model provider (`tests/fake-provider`), as a process.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, ensure};
use reqwest::Client;
use serde::Deserialize;
use serde_json::Value;

/// How long it may take for anything.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running provider; killed when dropped.
pub struct Provider {
    child: Child,
    client: Client,
    /// Its address, without a path.
    pub url: String,
}

/// A call as the provider saw it.
#[derive(Debug, Deserialize)]
pub struct Call {
    /// The id that follows the job through every part.
    pub request_id: Option<String>,
}

/// How often a script decided.
#[derive(Debug, Deserialize)]
pub struct Use {
    /// Calls that it answered.
    pub used: u64,
}

impl Provider {
    /// Starts one; the seed draws the calls that fail.
    ///
    /// # Errors
    /// When there is no process, or it does not say where it listens.
    pub fn start(binary: &Path, seed: u64) -> anyhow::Result<Self> {
        let mut child = Command::new(binary)
            .args(["--listen", "127.0.0.1:0", "--seed", &seed.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{} cannot be started", binary.display()))?;
        let output = child.stdout.take().context("the provider has no output")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address).context("the provider's address cannot be read")?;
        // One for the whole process; a second one is refused, and the first one serves.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self { child, client, url: format!("http://{}", address.trim()) })
    }

    /// Adds a script; see the provider's README.
    ///
    /// # Errors
    /// When the provider refuses it.
    pub async fn script(&self, script: &Value) -> anyhow::Result<()> {
        let answer = self.client.post(format!("{}/_scripts", self.url)).json(script).send().await?;
        ensure!(answer.status().is_success(), "the provider refused a script with {}", answer.status());
        Ok(())
    }

    /// How often each script decided, in their order.
    ///
    /// # Errors
    /// When the provider does not answer.
    pub async fn uses(&self) -> anyhow::Result<Vec<Use>> {
        Ok(self.client.get(format!("{}/_scripts", self.url)).send().await?.json().await?)
    }

    /// All calls so far, oldest first.
    ///
    /// # Errors
    /// When the provider does not answer.
    pub async fn calls(&self) -> anyhow::Result<Vec<Call>> {
        Ok(self.client.get(format!("{}/_calls", self.url)).send().await?.json().await?)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

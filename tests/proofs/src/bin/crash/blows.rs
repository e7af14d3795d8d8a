//! Carries the plan out on the daemon, and watches how it comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use proofs::daemon::{Daemon, Home};
use proofs::disk::Disk;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::ledger::Ledger;
use crate::plan::{Blow, Plan};

/// How long the next job may take to be refused on a full disk, or to be accepted when there is room again.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often somebody looks whether the daemon still lives.
const LOOK: Duration = Duration::from_millis(100);

pub(crate) struct Arena {
    home: Home,
    disk: Option<Arc<Disk>>,
    effects: watch::Receiver<u64>,
    ledger: Arc<Ledger>,
    is_full: watch::Sender<bool>,
}

/// What was done, and the daemon that is left.
pub(crate) struct Struck {
    pub(crate) daemon: Daemon,
    pub(crate) figures: Figures,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) kills: u32,
    /// From the start of each process that was let live to its first answer.
    pub(crate) starts: Vec<Duration>,
    pub(crate) disk: Option<FullDisk>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct FullDisk {
    pub(crate) full_for: Duration,
    pub(crate) refusals: u64,
    /// From the moment with room again to the next receipt.
    pub(crate) recovered_after: Duration,
}

impl Arena {
    pub(crate) fn new(
        home: Home,
        disk: Option<Arc<Disk>>,
        effects: watch::Receiver<u64>,
        ledger: Arc<Ledger>,
    ) -> Self {
        Self { home, disk, effects, ledger, is_full: watch::Sender::new(false) }
    }

    /// Whether the disk is full.
    pub(crate) fn is_full(&self) -> watch::Receiver<bool> {
        self.is_full.subscribe()
    }

    /// One blow after the other.
    pub(crate) async fn strike(mut self, mut daemon: Daemon, plan: Plan) -> anyhow::Result<Struck> {
        let mut figures = Figures::default();
        for planned in plan.0 {
            self.wait_for(planned.after_effects, &mut daemon).await?;
            match planned.blow {
                Blow::Kill { pause, again } => {
                    sleep(pause).await;
                    daemon.kill()?;
                    figures.kills += 1;
                    if let Some(pause) = again {
                        let starting = self.home.spawn()?;
                        sleep(pause).await;
                        starting.kill()?;
                        figures.kills += 1;
                    }
                    let (next, took) = self.home.start().await?;
                    daemon = next;
                    figures.starts.push(took);
                }
                Blow::FillDisk { hold } => {
                    let outcome = match self.fill_disk(hold, &mut daemon).await {
                        Ok(full) => self.start_on_full_disk(daemon).await.map(|started| (full, started)),
                        Err(error) => Err(error),
                    };
                    // Whatever went wrong is not to be blamed on a disk that stays full.
                    self.is_full.send_replace(false);
                    let (full, started) = outcome?;
                    daemon = started;
                    figures.kills += 1;
                    figures.disk = Some(full);
                }
            }
        }
        Ok(Struck { daemon, figures })
    }

    async fn wait_for(&mut self, effects: u64, daemon: &mut Daemon) -> anyhow::Result<()> {
        while *self.effects.borrow() < effects {
            let news = timeout(LOOK, self.effects.changed()).await;
            if let Ok(changed) = news {
                changed.context("the sites are gone")?;
            }
            daemon.check(&self.home)?;
        }
        Ok(())
    }

    /// One that is killed on a full disk either starts on it, or says that it will when there is room.
    async fn start_on_full_disk(&self, daemon: Daemon) -> anyhow::Result<Daemon> {
        let disk = self.disk.as_ref().context("there is no small disk")?;
        disk.fill()?;
        self.is_full.send_replace(true);
        daemon.kill()?;
        let early = self.home.start_or_end().await?;
        disk.free()?;
        match early {
            Ok(daemon) => Ok(daemon),
            Err(status) => {
                let log = self.home.log_tail();
                ensure!(status.code() == Some(75), "platend ended on a full disk with {status}:\n{log}");
                ensure!(
                    log.contains("is full; platend starts when it has room"),
                    "it does not say why:\n{log}"
                );
                Ok(self.home.start().await?.0)
            }
        }
    }

    /// Full until a job is refused, and a while longer; then the same process must go on by itself.
    async fn fill_disk(&self, hold: Duration, daemon: &mut Daemon) -> anyhow::Result<FullDisk> {
        let disk = self.disk.as_ref().context("there is no small disk")?;
        let refused = self.ledger.refused();
        let refused_before = *refused.borrow();
        disk.fill()?;
        let full = Instant::now();
        self.is_full.send_replace(true);
        grown(refused.clone(), refused_before).await.context("no job was refused on the full disk")?;
        sleep(hold).await;
        daemon.check(&self.home)?;
        let accepted = self.ledger.accepted();
        disk.free()?;
        let (free, accepted_before) = (Instant::now(), *accepted.borrow());
        grown(accepted, accepted_before).await.context("no job was accepted when the disk had room again")?;
        daemon.check(&self.home)?;
        Ok(FullDisk {
            full_for: free.duration_since(full),
            refusals: refused.borrow().saturating_sub(refused_before),
            recovered_after: free.elapsed(),
        })
    }
}

async fn grown(mut count: watch::Receiver<u64>, before: u64) -> anyhow::Result<()> {
    let grown = timeout(PATIENCE, count.wait_for(|count| *count > before)).await;
    ensure!(grown.is_ok_and(|grown| grown.is_ok()), "waited in vain for {PATIENCE:?}");
    Ok(())
}

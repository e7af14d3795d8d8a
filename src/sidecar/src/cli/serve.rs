use std::process::ExitCode;

use anyhow::{Context, anyhow};
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::output;
use crate::app::App;
use crate::config::Config;
use crate::service_manager::ServiceManager;
use crate::storage::is_disk_full;
use crate::telemetry::logging;

/// How a daemon ends that found no room on its disk to start with: the number that sysexits.h has for what may pass.
/// Whoever starts daemons starts it again, until there is room.
const TRY_AGAIN: u8 = 75;

/// Runs the daemon until a signal asks it to end.
pub(super) fn serve(config: Config) -> anyhow::Result<ExitCode> {
    logging::init(&config.log);
    let state_dir = config.daemon.state_dir.clone();
    let runtime = Builder::new_multi_thread().enable_all().build().context("no threads can be started")?;
    runtime.block_on(async {
        // Before anything is built: a signal during a long migration must not kill it half way.
        let shutdown = CancellationToken::new();
        let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be received")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be received")?;
        let manager = ServiceManager::find(&config.service);
        // No step of it is left half done when it is dropped: it may wait for the daemon before this one.
        let app = tokio::select! {
            app = App::build(config) => match app {
                Err(error) if is_disk_full(&state_dir) => {
                    let shown = state_dir.display();
                    let error = anyhow!(error).context(format!("the disk of {shown} is full; platend starts when it has room"));
                    output::complain(&error);
                    return Ok(ExitCode::from(TRY_AGAIN));
                }
                app => app.context("platend cannot start")?,
            },
            _ = terminate.recv() => return Ok(ExitCode::SUCCESS),
            _ = interrupt.recv() => return Ok(ExitCode::SUCCESS),
        };
        // The socket and the port are held: whoever comes now waits in their queues and is served.
        manager.ready();
        let serving = app.run(shutdown.clone());
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            outcome = serving.as_mut() => return Ok(outcome.map(|()| ExitCode::SUCCESS)?),
            never = manager.keep_alive() => match never {},
            _ = terminate.recv() => shutdown.cancel(),
            _ = interrupt.recv() => shutdown.cancel(),
        }
        manager.stopping();
        serving.await?;
        anyhow::Ok(ExitCode::SUCCESS)
    })
}

use std::process::ExitCode;

use anyhow::Context;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::config::Config;
use crate::service_manager::ServiceManager;
use crate::telemetry::logging;

/// Runs the daemon until a signal asks it to end.
pub(super) fn serve(config: Config) -> anyhow::Result<ExitCode> {
    logging::init(&config.log);
    let runtime = Builder::new_multi_thread().enable_all().build().context("no threads can be started")?;
    runtime.block_on(async {
        // Before anything is built: a signal during a long migration must not kill it half way.
        let shutdown = CancellationToken::new();
        let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be received")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be received")?;
        let manager = ServiceManager::find(&config.service);
        // No step of it is left half done when it is dropped: it may wait for the daemon before this one.
        let app = tokio::select! {
            app = App::build(config) => app.context("platend cannot start")?,
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        };
        // The socket and the port are held: whoever comes now waits in their queues and is served.
        manager.ready();
        let serving = app.run(shutdown.clone());
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            outcome = serving.as_mut() => return Ok(outcome?),
            never = manager.keep_alive() => match never {},
            _ = terminate.recv() => shutdown.cancel(),
            _ = interrupt.recv() => shutdown.cancel(),
        }
        manager.stopping();
        anyhow::Ok(serving.await?)
    })?;
    Ok(ExitCode::SUCCESS)
}

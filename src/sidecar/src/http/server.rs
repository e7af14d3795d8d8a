//! The accept loop. `axum::serve` sets no deadline for a request's head, no limit of connections and leaves
//! Nagle's algorithm on, so the connections are served by hyper directly.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::limits::{
    HEAD_DEADLINE, MAX_HEAD_BYTES, MAX_HEADERS, SPARE_CONNECTIONS, WRITE_DEADLINE, WriteDeadline,
};
use super::router::router;
use super::state::HttpState;
use crate::telemetry::names;

/// The wait after an accept that failed for want of something, such as file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until the daemon drains. Then it accepts nothing more, lets streams end without `done` and
/// answers the requests that have begun.
pub async fn serve(listener: TcpListener, state: HttpState) {
    let draining = state.draining.clone();
    let capacity = Arc::new(Semaphore::new(connections(&state)));
    let router = router(state);
    let mut served = JoinSet::new();
    while let Some((stream, permit)) = accept(&listener, &capacity, &draining).await {
        served.spawn(connection(stream, router.clone(), draining.clone(), permit));
        while let Some(ended) = served.try_join_next() {
            report(ended);
        }
    }
    drop(listener);
    while let Some(ended) = served.join_next().await {
        report(ended);
    }
}

fn connections(state: &HttpState) -> usize {
    state.max_streams.saturating_add(SPARE_CONNECTIONS).min(Semaphore::MAX_PERMITS)
}

/// The next connection, `None` when the daemon drains. A connection above the limit waits in the kernel's
/// queue until another one ends.
async fn accept(
    listener: &TcpListener,
    capacity: &Arc<Semaphore>,
    draining: &CancellationToken,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let next = async {
        let permit = Arc::clone(capacity).acquire_owned().await.ok()?;
        loop {
            match listener.accept().await {
                Ok((stream, _)) => return Some((stream, permit)),
                Err(error) => {
                    tracing::warn!(
                        { names::ERROR } = &error as &dyn std::error::Error,
                        "a connection could not be accepted"
                    );
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    };
    draining.run_until_cancelled(next).await.flatten()
}

async fn connection(
    stream: TcpStream,
    router: Router,
    draining: CancellationToken,
    _permit: OwnedSemaphorePermit,
) {
    // Without this each small chunk waits up to 40 ms for the acknowledgement of the one before. It fails
    // only on a connection that is gone already.
    drop(stream.set_nodelay(true));
    let io = TokioIo::new(WriteDeadline::new(stream, WRITE_DEADLINE));
    let mut serving = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_DEADLINE)
            .max_buf_size(MAX_HEAD_BYTES)
            .max_headers(MAX_HEADERS)
            .serve_connection(io, TowerToHyperService::new(router))
    );
    let result = tokio::select! {
        result = serving.as_mut() => result,
        () = draining.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = result {
        // Clients leave, send nonsense or are too slow: nothing that an operator could act on.
        tracing::debug!({ names::ERROR } = &error as &dyn std::error::Error, "a connection ended early");
    }
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!({ names::ERROR } = &error as &dyn std::error::Error, "a connection's task failed");
    }
}

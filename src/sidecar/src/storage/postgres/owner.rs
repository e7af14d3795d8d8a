//! What a daemon needs beside transactions: its name among those that share the database, and word from them.
//!
//! One connection holds a lock with the daemon's name as long as it lives, hears what others announce, and
//! announces what was committed here. It never makes a change.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::{Mutex, Notify};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_postgres::{AsyncMessage, Client};
use tokio_util::sync::CancellationToken;

use super::address::Connection;
use super::bulletin::{self, Bulletin};
use super::{Address, PostgresError};
use crate::storage::Wakes;
use crate::storage::sql::connection::{News, SqlError};
use crate::telemetry::names;

/// How long the name of a daemon that was killed, or has ended its jobs, may take to come free.
const MARGIN: Duration = Duration::from_secs(5);

/// The pause before something is tried again.
const PAUSE: Duration = Duration::from_millis(250);

/// Announcements of one kind are at least this far apart: others hear of the first at once, of the rest together.
const SPACING: Duration = Duration::from_millis(100);

/// How often the connection is tried while nothing is said, and how long that may take.
const PULSE: Duration = Duration::from_secs(30);
const ANSWER: Duration = Duration::from_secs(10);

/// What was committed and not announced yet.
#[derive(Default)]
pub(super) struct Announcer {
    news: parking_lot::Mutex<Bulletin>,
    wake: Notify,
    is_heard: AtomicBool,
}

impl Announcer {
    pub(super) fn announce(&self, news: Bulletin) {
        if !news.is_empty() {
            self.news.lock().add(news);
            self.wake.notify_one();
        }
    }

    /// Whether there is a connection that announces. A command has none: its transactions tell by themselves.
    pub(super) fn is_heard(&self) -> bool {
        self.is_heard.load(Ordering::Acquire)
    }

    async fn has_news(&self) {
        while self.news.lock().is_empty() {
            self.wake.notified().await;
        }
    }

    fn take(&self) -> Bulletin {
        std::mem::take(&mut *self.news.lock())
    }
}

/// The name cannot be had.
#[derive(Debug, Error)]
pub enum OwnerError {
    /// Another daemon has it.
    #[error("another daemon with the name {0:?} uses the database; each needs a jobs.owner of its own")]
    InUse(String),
    /// The server cannot be reached, or refuses.
    #[error("the database cannot be asked for the daemon's name")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A daemon's name, held until the last clone is dropped.
#[derive(Clone)]
pub(in crate::storage) struct Owned {
    address: Address,
    owner: String,
    announcer: Arc<Announcer>,
    link: Arc<Mutex<Link>>,
}

impl Owned {
    /// Takes the name.
    pub(super) async fn take(
        address: Address,
        announcer: Arc<Announcer>,
        owner: &str,
        drain_deadline: Duration,
    ) -> Result<Self, OwnerError> {
        let unavailable = |error: SqlError| OwnerError::Unavailable(Box::new(error));
        let deadline = Instant::now() + drain_deadline.saturating_add(MARGIN);
        let mut link = Link::open(&address).await.map_err(unavailable)?;
        while !link.lock(owner).await.map_err(unavailable)? {
            if Instant::now() >= deadline {
                return Err(OwnerError::InUse(owner.to_owned()));
            }
            sleep(PAUSE).await;
        }
        Ok(Self { address, owner: owner.to_owned(), announcer, link: Arc::new(Mutex::new(link)) })
    }

    /// Wakes those who wait for news until `draining` fires. The name is held beyond that.
    pub(in crate::storage) async fn hear(&self, wakes: &Wakes, draining: &CancellationToken) {
        let mut link = self.link.lock().await;
        self.announcer.is_heard.store(true, Ordering::Release);
        tokio::select! {
            () = draining.cancelled() => {}
            never = self.hold(&mut link, wakes) => match never {},
        }
        // What ends while the daemon drains is told as well.
        self.announcer.is_heard.store(false, Ordering::Release);
        if let Err(error) = link.tell(&self.announcer.take(), wakes).await {
            tracing::warn!({ names::ERROR } = %error, "other daemons were not told of all that was done here");
        }
    }

    async fn hold(&self, link: &mut Link, wakes: &Wakes) -> Infallible {
        loop {
            let error = link.converse(wakes, &self.announcer).await;
            tracing::error!({ names::ERROR } = %error, "the connection that holds the daemon's name was lost");
            self.reopen(link).await;
            wakes.wake_all();
        }
    }

    async fn reopen(&self, link: &mut Link) {
        loop {
            sleep(PAUSE).await;
            let opened = async {
                let mut opened = Link::open(&self.address).await?;
                let is_held = opened.lock(&self.owner).await?;
                Ok::<_, SqlError>((opened, is_held))
            };
            match opened.await {
                Ok((opened, true)) => {
                    *link = opened;
                    return;
                }
                Ok((_, false)) => {
                    tracing::error!(owner = self.owner, "another daemon took this daemon's name meanwhile");
                    sleep(MARGIN).await;
                }
                Err(_) => sleep(PAUSE).await,
            }
        }
    }
}

/// The connection.
struct Link {
    client: Client,
    connection: Connection,
    /// The server's number of this connection: what it announces itself is no news.
    backend: i32,
}

impl Link {
    async fn open(address: &Address) -> Result<Self, SqlError> {
        let (client, connection) = address.connect().await?;
        let mut link = Self { client, connection, backend: 0 };
        let listen =
            [bulletin::WORK, bulletin::DELIVERIES, bulletin::JOBS].map(|name| format!("LISTEN {name};"));
        let listen = listen.concat();
        link.backend = link
            .ask(None, |client| async move {
                client.batch_execute(&listen).await?;
                client.query_one("SELECT pg_backend_pid()", &[]).await?.try_get(0)
            })
            .await?;
        Ok(link)
    }

    /// Tries to take the lock with this name.
    async fn lock(&mut self, owner: &str) -> Result<bool, SqlError> {
        let query = "SELECT pg_try_advisory_lock(hashtextextended('platen owner ' || $1::text, 0))";
        self.ask(None, |client| async move { client.query_one(query, &[&owner]).await?.try_get(0) }).await
    }

    /// Hears and announces until the connection is lost.
    async fn converse(&mut self, wakes: &Wakes, announcer: &Announcer) -> SqlError {
        let mut announce_at = Instant::now();
        loop {
            let announcement = async {
                announcer.has_news().await;
                sleep_until(announce_at).await;
            };
            let outcome = tokio::select! {
                message = next(&mut self.connection) => {
                    message.map(|message| pass_on(&message, self.backend, Some(wakes)))
                }
                () = announcement => {
                    announce_at = Instant::now() + SPACING;
                    self.tell(&announcer.take(), wakes).await
                }
                () = sleep(PULSE) => self.tell(&Bulletin::default(), wakes).await,
            };
            if let Err(error) = outcome {
                return error;
            }
        }
    }

    /// Announces; without news it only sees whether the server is there.
    async fn tell(&mut self, news: &Bulletin, wakes: &Wakes) -> Result<(), SqlError> {
        let (channels, payloads): (Vec<_>, Vec<_>) = news.notifications().into_iter().unzip();
        let query = "SELECT pg_notify(channel, payload) FROM unnest($1::text[], $2::text[]) AS told (channel, payload)";
        let told = self
            .ask(Some(wakes), |client| async move { client.execute(query, &[&channels, &payloads]).await });
        told.await.map(drop)
    }

    /// Has something done by the server, and keeps the connection going meanwhile.
    async fn ask<'a, T, F, A>(&'a mut self, wakes: Option<&Wakes>, question: F) -> Result<T, SqlError>
    where
        F: FnOnce(&'a Client) -> A,
        A: Future<Output = Result<T, tokio_postgres::Error>>,
    {
        let Self { client, connection, backend } = self;
        let mut answer = pin!(timeout(ANSWER, question(client)));
        loop {
            tokio::select! {
                answer = &mut answer => {
                    let answer = answer.map_err(|_| PostgresError::silent())?;
                    return Ok(answer.map_err(PostgresError::from)?);
                }
                message = next(connection) => pass_on(&message?, *backend, wakes),
            }
        }
    }
}

/// The next word of the server that is no answer.
async fn next(connection: &mut Connection) -> Result<AsyncMessage, SqlError> {
    match poll_fn(|context| connection.poll_message(context)).await {
        Some(message) => Ok(message.map_err(PostgresError::from)?),
        None => Err(PostgresError::silent().into()),
    }
}

fn pass_on(message: &AsyncMessage, backend: i32, wakes: Option<&Wakes>) {
    let (AsyncMessage::Notification(notification), Some(wakes)) = (message, wakes) else { return };
    if notification.process_id() == backend {
        return;
    }
    match notification.channel() {
        bulletin::WORK => wakes.wake(News::WORK),
        bulletin::DELIVERIES => wakes.wake(News::DELIVERIES),
        _ => bulletin::read_jobs(notification.payload()).into_iter().for_each(|news| wakes.tell(news)),
    }
}

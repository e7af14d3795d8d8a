//! The sites: they take webhooks as WordPress does, applying each id once, and misbehave as hosts do.

mod manner;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use platen_core::clock::Clock;
use platen_core::signing::SigningKey;
use platen_core::webhook::{Headers, ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, verify};
use platen_sidecar::clock::SystemClock;
use serde::Deserialize;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use manner::Manner;
pub use manner::Manners;

use crate::faults::Faults;

/// How old a signature may be.
const TOLERANCE: Duration = Duration::from_mins(5);

/// The largest body of a webhook.
const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Sites on one address; they stop when this is dropped.
pub struct Receiver {
    address: String,
    sites: Arc<Sites>,
    _server: JoinSet<()>,
}

struct Sites {
    manners: Manners,
    faults: Arc<Faults>,
    keys: Mutex<HashMap<String, SigningKey>>,
    book: Mutex<Book>,
    effects: watch::Sender<u64>,
}

/// What has arrived, by `webhook-id`.
#[derive(Default)]
struct Book {
    tries: HashMap<String, u32>,
    events: HashMap<String, Event>,
}

/// One event that had an effect.
#[derive(Clone, Debug)]
pub struct Event {
    /// The job that it tells of.
    pub job_id: String,
    /// How the job ended, as the event's type says.
    pub kind: String,
    /// The answer that it brought.
    pub text: Option<String>,
    /// A hash of its body.
    body: u64,
}

impl Event {
    /// An event of this kind and answer, whatever its body is.
    pub fn new(job_id: &str, kind: &str, text: Option<String>) -> Self {
        Self { job_id: job_id.to_owned(), kind: kind.to_owned(), text, body: 0 }
    }
}

#[derive(Deserialize)]
struct Told {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    job_id: String,
    result: Option<Answer>,
}

#[derive(Deserialize)]
struct Answer {
    text: String,
}

/// Ends the connection without an answer.
#[derive(Debug, Error)]
#[error("the site hangs up")]
struct HangUp;

impl Receiver {
    /// Starts them. What goes against a promise is noted as a fault.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start(manners: Manners, faults: Arc<Faults>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("no port is free")?;
        let address = format!("http://{}", listener.local_addr()?);
        let sites = Arc::new(Sites {
            manners,
            faults,
            keys: Mutex::default(),
            book: Mutex::default(),
            effects: watch::Sender::new(0),
        });
        let mut server = JoinSet::new();
        server.spawn(accept(listener, Arc::clone(&sites)));
        Ok(Self { address, sites, _server: server })
    }

    /// The address of a site.
    pub fn url(&self, site: &str) -> String {
        format!("{}/{site}", self.address)
    }

    /// Tells a site the key of its webhooks.
    pub fn learn(&self, site: &str, key: SigningKey) {
        self.sites.keys.lock().insert(site.to_owned(), key);
    }

    /// How many events had an effect so far; changes as they come.
    pub fn effects(&self) -> watch::Receiver<u64> {
        self.sites.effects.subscribe()
    }

    /// All that had an effect, by `webhook-id`.
    pub fn events(&self) -> HashMap<String, Event> {
        self.sites.book.lock().events.clone()
    }
}

async fn accept(listener: TcpListener, sites: Arc<Sites>) {
    let mut connections = JoinSet::new();
    loop {
        // Out of file descriptors at worst: those who wait come again.
        let Ok((stream, _)) = listener.accept().await else { continue };
        connections.spawn(connection(stream, Arc::clone(&sites)));
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, sites: Arc<Sites>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let sites = Arc::clone(&sites);
        async move { answer(&sites, request).await }
    });
    // A daemon that was killed leaves its connections broken.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(sites: &Sites, request: Request<Incoming>) -> Result<Response<Body>, HangUp> {
    let (parts, body) = request.into_parts();
    // A body that is cut is no webhook.
    let body = to_bytes(Body::new(body), MAX_BODY_BYTES).await.map_err(|_| HangUp)?;
    let site = parts.uri.path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let told = match sites.check(site, &parts.headers, &body) {
        Ok(told) => told,
        Err(fault) => {
            sites.faults.add(format!("a webhook that no site would take: {fault:#}"));
            return Ok(response(StatusCode::UNAUTHORIZED));
        }
    };
    let id = header(&parts.headers, ID_HEADER);
    let manner = sites.manners.of(id, sites.arrived(id));
    if manner.has_effect() {
        sites.apply(id, told, &body);
    }
    match manner {
        Manner::Prompt => Ok(response(StatusCode::OK)),
        Manner::Slow(pause) => {
            sleep(pause).await;
            Ok(response(StatusCode::OK))
        }
        Manner::FailBefore | Manner::FailAfter => Ok(response(StatusCode::INTERNAL_SERVER_ERROR)),
        Manner::HangUpBefore | Manner::HangUpAfter => Err(HangUp),
    }
}

impl Sites {
    /// What WordPress checks before it looks at an event.
    fn check(&self, site: &str, headers: &HeaderMap, body: &Bytes) -> anyhow::Result<Told> {
        let key = self.keys.lock().get(site).cloned().with_context(|| format!("no site {site:?}"))?;
        let signed = Headers {
            id: header(headers, ID_HEADER),
            timestamp: header(headers, TIMESTAMP_HEADER),
            signature: header(headers, SIGNATURE_HEADER),
        };
        verify(&signed, body, &[&key], TOLERANCE, SystemClock.now())?;
        Ok(serde_json::from_slice(body)?)
    }

    /// Counts a try; gives its number.
    fn arrived(&self, id: &str) -> u32 {
        let mut book = self.book.lock();
        let tries = book.tries.entry(id.to_owned()).or_default();
        *tries += 1;
        *tries
    }

    /// Applies an event, unless it was applied before.
    fn apply(&self, id: &str, told: Told, body: &Bytes) {
        let body = hash(body);
        let mut book = self.book.lock();
        if let Some(earlier) = book.events.get(id) {
            if earlier.body != body {
                self.faults.add(format!("the event {id} of job {} came with two bodies", earlier.job_id));
            }
            return;
        }
        let Told { kind, data: Data { job_id, result } } = told;
        let text = result.map(|answer| answer.text);
        book.events.insert(id.to_owned(), Event { body, ..Event::new(&job_id, &kind, text) });
        let count = u64::try_from(book.events.len()).unwrap_or(u64::MAX);
        self.effects.send_replace(count);
    }
}

fn response(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::from("{}"));
    *response.status_mut() = status;
    response
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

//! A small HTTP server that answers as it is told and remembers what it was asked.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What the server answers to one request.
#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    steps: Vec<Step>,
}

/// One step of an answer's body.
#[derive(Clone)]
pub(crate) enum Step {
    Send(Bytes),
    Pause(Duration),
    /// Breaks the connection.
    Break,
    /// Sends these bytes again and again.
    Forever(&'static str),
}

/// A request as it arrived.
pub(crate) struct Received {
    /// The path with its query.
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Reply {
    /// An answer of this status and body.
    pub(crate) fn status(status: u16, body: &str) -> Self {
        let steps = vec![Step::Send(Bytes::copy_from_slice(body.as_bytes()))];
        Self { status, headers: Vec::new(), steps }
    }

    /// A stream of events in these steps.
    pub(crate) fn stream(steps: Vec<Step>) -> Self {
        Self { status: 200, headers: Vec::new(), steps }.header("content-type", "text/event-stream")
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Step {
    pub(crate) fn send(text: &str) -> Self {
        Self::Send(Bytes::copy_from_slice(text.as_bytes()))
    }

    /// The bytes of a text, cut into pieces of this many.
    pub(crate) fn pieces(text: &str, bytes: usize) -> Vec<Self> {
        text.as_bytes().chunks(bytes).map(|piece| Self::Send(Bytes::copy_from_slice(piece))).collect()
    }
}

/// The server; it stops when this is dropped.
pub(crate) struct Stub {
    pub(crate) url: String,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

struct Shared {
    /// Answered in order; the last one again and again.
    replies: Mutex<Vec<Reply>>,
    received: Mutex<Vec<Received>>,
    /// Lives as long as the body of each answer.
    answers: Arc<()>,
}

impl Stub {
    pub(crate) async fn start(mut replies: Vec<Reply>) -> Self {
        replies.reverse();
        let shared = Arc::new(Shared {
            replies: Mutex::new(replies),
            received: Mutex::default(),
            answers: Arc::default(),
        });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, shared, _server: server }
    }

    /// Replaces the answers to come.
    pub(crate) fn answer_next(&self, mut replies: Vec<Reply>) {
        replies.reverse();
        *self.shared.replies.lock() = replies;
    }

    /// Takes what has arrived so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        std::mem::take(&mut *self.shared.received.lock())
    }

    /// How many answers are still being written.
    pub(crate) fn open_answers(&self) -> usize {
        Arc::strong_count(&self.shared.answers) - 1
    }

    pub(crate) fn count(&self) -> usize {
        self.shared.received.lock().len()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    shared.received.lock().push(Received { path: parts.uri.to_string(), headers: parts.headers, body });
    let reply = {
        let mut replies = shared.replies.lock();
        if replies.len() > 1 { replies.pop() } else { replies.last().cloned() }
    };
    let reply = reply.unwrap();
    let mut response = Response::new(body_of(reply.steps, Arc::clone(&shared.answers)));
    *response.status_mut() = reply.status.try_into().unwrap();
    for (name, value) in reply.headers {
        let value = HeaderValue::from_str(&value).unwrap();
        response.headers_mut().insert(HeaderName::from_static(name), value);
    }
    response
}

fn body_of(steps: Vec<Step>, open: Arc<()>) -> Body {
    let chunks = stream::iter(steps).flat_map(|step| match step {
        Step::Send(bytes) => one(async move { Ok(bytes) }),
        Step::Pause(pause) => one(async move {
            sleep(pause).await;
            Ok(Bytes::new())
        }),
        Step::Break => one(async { Err(std::io::Error::other("planted")) }),
        Step::Forever(text) => stream::repeat_with(move || Ok(Bytes::from_static(text.as_bytes())))
            .then(|chunk| async {
                tokio::task::yield_now().await;
                chunk
            })
            .boxed(),
    });
    Body::from_stream(chunks.map(move |chunk| (chunk, Arc::clone(&open)).0))
}

fn one(
    chunk: impl Future<Output = Result<Bytes, std::io::Error>> + Send + 'static,
) -> stream::BoxStream<'static, Result<Bytes, std::io::Error>> {
    stream::once(chunk).boxed()
}

/// Waits until a condition holds, for at most five seconds.
pub(crate) async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not happen within five seconds");
}

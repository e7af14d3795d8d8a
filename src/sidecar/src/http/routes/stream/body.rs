//! The body of a stream: events, heartbeats, and an end that a client can tell from a lost connection.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use platen_core::sse::{Event, encode_comment, encode_event, encode_retry};
use serde_json::json;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::http::state::StreamSlot;
use crate::streaming::{EventId, Follower, StreamEvent};
use crate::telemetry::names;

/// How often a quiet stream shows that it is alive. Half of what web servers and proxies wait at the least.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long a client waits before it connects again.
const RETRY: Duration = Duration::from_secs(1);

/// The longest life of one connection. A client that is still there connects again with a new token.
const MAX_LIFE: Duration = Duration::from_hours(1);

/// Events that are there already go out together, up to about this many bytes.
const MAX_CHUNK_BYTES: usize = 16 * 1024;

/// What a browser is told with the code of a failure.
const NO_ANSWER: &str = "there is no answer to this question";

/// Streams a job's events until the job ends, which is told by a `done`, or until the daemon drains or [`MAX_LIFE`]
/// has passed, which is told by a `pause`: the client goes on from its id on another connection.
pub(super) fn stream(follower: Follower, slot: StreamSlot, draining: CancellationToken) -> Body {
    let writer = Writer { follower, _slot: slot, draining, began_at: Instant::now() };
    let mut head = String::new();
    encode_retry(&mut head, RETRY);
    let chunks = stream::unfold(Place::Head(writer, head), |place| async {
        let (chunk, place) = match place {
            Place::Head(writer, head) => (head, Place::Middle(writer)),
            Place::Middle(writer) => writer.next_chunk().await?,
            Place::End => return None,
        };
        Some((Ok::<_, Infallible>(Bytes::from(chunk)), place))
    });
    Body::from_stream(chunks)
}

/// How far a body is.
enum Place {
    Head(Writer, String),
    Middle(Writer),
    End,
}

struct Writer {
    follower: Follower,
    _slot: StreamSlot,
    draining: CancellationToken,
    began_at: Instant,
}

impl Drop for Writer {
    fn drop(&mut self) {
        let key = self.follower.key();
        tracing::info!(
            { names::JOB_ID } = key.job.as_str(),
            { names::REQUEST_ID } = self.follower.request_id(),
            { names::SITE_ID } = key.site.as_str(),
            { names::DURATION_MS } = u64::try_from(self.began_at.elapsed().as_millis()).unwrap_or(u64::MAX),
            "a stream was closed"
        );
    }
}

impl Writer {
    async fn next_chunk(mut self) -> Option<(String, Place)> {
        if self.began_at.elapsed() >= MAX_LIFE {
            return Some((self.pause("lifetime"), Place::End));
        }
        let next = timeout(HEARTBEAT, self.follower.next());
        let event = tokio::select! {
            biased;
            () = self.draining.cancelled() => return Some((self.pause("draining"), Place::End)),
            event = next => event,
        };
        let mut chunk = String::new();
        match event {
            Ok(Some(event)) => self.collect(event, &mut chunk),
            Ok(None) => return None,
            Err(_) => self.heartbeat(&mut chunk).await,
        }
        Some((chunk, Place::Middle(self)))
    }

    /// The job goes on; this connection does not.
    fn pause(&self, reason: &str) -> String {
        let mut chunk = String::new();
        let event = Event {
            name: Some("pause".to_owned()),
            id: Some(self.follower.position().to_string()),
            data: json!({ "reason": reason }).to_string(),
        };
        encode_event(&mut chunk, &event);
        chunk
    }

    fn collect(&mut self, first: (EventId, StreamEvent), chunk: &mut String) {
        let mut next = Some(first);
        while let Some((id, event)) = next {
            write_event(chunk, id, &event);
            next = if chunk.len() < MAX_CHUNK_BYTES { self.follower.try_next() } else { None };
        }
    }

    async fn heartbeat(&mut self, chunk: &mut String) {
        encode_comment(chunk, "heartbeat");
        match timeout(HEARTBEAT, self.follower.recheck()).await {
            Ok(Ok(())) | Err(_) => {}
            Ok(Err(error)) => tracing::warn!(
                { names::ERROR } = &error as &dyn std::error::Error,
                "a waiting stream could not look into the store; it will look again"
            ),
        }
    }
}

fn write_event(out: &mut String, id: EventId, event: &StreamEvent) {
    let (name, data) = match event {
        StreamEvent::Status { status, attempt } => ("status", json!({"status": status, "attempt": attempt})),
        StreamEvent::Delta(text) => ("delta", json!({"text": text})),
        StreamEvent::Reset { attempt } => ("reset", json!({"attempt": attempt})),
        StreamEvent::Done(end) => {
            // The job's own message is for operators; a browser may belong to anybody.
            let error = end.error.as_ref().map(|error| json!({"code": error.code, "message": NO_ANSWER}));
            ("done", json!({"status": end.status, "usage": end.usage, "error": error}))
        }
    };
    let event = Event { name: Some(name.to_owned()), id: Some(id.to_string()), data: data.to_string() };
    encode_event(out, &event);
}

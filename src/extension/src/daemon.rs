//! Asking the daemon: a body goes out as a frame, the answer comes back as a PHP array or as an exception.

use std::cell::RefCell;
use std::time::Duration;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::BailoutGuard;
use platen_core::wire::{FrameBuilder, Tag};
use serde::{Deserialize, Serialize};

use crate::convert::read_json_object;
use crate::exceptions::Failure;
use crate::ini::{self, DaemonSettings};
use crate::params::{OptionalInt, ranged};
use crate::socket::{Client, ClientState, Target};

thread_local! {
    /// The worker's connection. It outlives the request, and a forked child opens its own.
    static CLIENT: RefCell<Client> = RefCell::default();
}

/// Room for the body of a request that is not a job.
const SMALL_BODY_BYTES: usize = 256;

/// One request with a small body, and its answer.
pub(crate) fn ask(
    request: Tag,
    body: &impl Serialize,
    deadline_ms: OptionalInt,
) -> Result<ZBox<ZendHashTable>, Failure> {
    let mut frame = FrameBuilder::new(request, SMALL_BODY_BYTES);
    write(frame.body(), body)?;
    call(request, frame, deadline_of(deadline_ms)?)
}

/// One request and its answer.
pub(crate) fn call(
    request: Tag,
    frame: FrameBuilder,
    deadline: Duration,
) -> Result<ZBox<ZendHashTable>, Failure> {
    let frame = frame.finish()?;
    let (_, settings) = ini::daemon();
    let target = target(&settings, deadline);
    // The client is borrowed here only, where nothing calls into PHP.
    let (tag, reply) = CLIENT.with_borrow_mut(|client| match request {
        Tag::Ping => client.call_now(request, &frame, target),
        _ => client.call(request, &frame, target),
    })?;
    drop((frame, settings));
    if tag == Tag::Refusal {
        return Err(refusal(&reply));
    }
    if Some(tag) != request.reply() {
        return Err(Failure::UnexpectedReply);
    }
    // PHP may end the request for want of memory while the array is built; the reply is freed even then.
    let reply = BailoutGuard::new(reply);
    read_json_object(&reply).ok_or(Failure::UnexpectedReply)
}

/// Leaves a frame for the daemon without waiting for anything.
pub(crate) fn push(frame: FrameBuilder) -> Result<(), Failure> {
    let frame = frame.finish()?;
    let (_, settings) = ini::daemon();
    let target = target(&settings, settings.deadline);
    match CLIENT.with_borrow_mut(|client| client.push(&frame, target))? {
        None => Ok(()),
        Some((Tag::Refusal, body)) => Err(refusal(&body)),
        Some(_) => Err(Failure::UnexpectedReply),
    }
}

fn target(settings: &DaemonSettings, deadline: Duration) -> Target<'_> {
    Target {
        path: &settings.socket,
        deadline,
        usual_deadline: settings.deadline,
        retry_after: settings.retry_after,
    }
}

/// What this process knows about its connection.
pub(crate) fn client_state() -> ClientState {
    CLIENT.with_borrow(Client::state)
}

/// The deadline that was asked for, or the configured one.
pub(crate) fn deadline_of(deadline_ms: OptionalInt) -> Result<Duration, Failure> {
    let Some(deadline_ms) = deadline_ms.0 else { return Ok(ini::daemon().1.deadline) };
    let deadline_ms = ranged("deadline_ms", deadline_ms, 1, ini::MAX_DEADLINE_MS)?;
    Ok(Duration::from_millis(u64::try_from(deadline_ms).unwrap_or(0)))
}

/// Appends a value as JSON.
pub(crate) fn write(body: &mut Vec<u8>, value: &impl Serialize) -> Result<(), Failure> {
    serde_json::to_writer(body, value)
        .map_err(|_| Failure::Argument(String::from("the request has no JSON form")))
}

#[derive(Deserialize)]
struct Refusal {
    code: Option<String>,
    message: Option<String>,
}

fn refusal(body: &[u8]) -> Failure {
    let Ok(Refusal { code, message }) = serde_json::from_slice(body) else { return Failure::UnexpectedReply };
    Failure::Refused {
        code: code.unwrap_or_else(|| String::from("internal")),
        message: message.unwrap_or_else(|| String::from("the daemon refused the request")),
    }
}

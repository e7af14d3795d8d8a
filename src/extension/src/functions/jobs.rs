//! The hand-off to the daemon. The arrays are the JSON bodies of the socket protocol, unchanged.

use std::cell::RefCell;
use std::time::Duration;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::BailoutGuard;
use platen_core::wire::{Tag, encode};
use serde_json::{Map, Value, json};

use crate::convert::{json_object, php_array};
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::ini;
use crate::params::{Int, Items, OptionalInt, Text};
use crate::socket::{Client, Target};

thread_local! {
    /// The worker's connection. It outlives the request, and a forked child opens its own.
    static CLIENT: RefCell<Client> = RefCell::default();
}

/// Asks whether the daemon lives. Always tries, whatever earlier calls met.
#[php_function]
#[php(name = "Platen\\ping")]
fn ping(deadline_ms: OptionalInt) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| call(Tag::Ping, &json!({}), deadline_ms))
}

/// Hands a job over. The receipt means that it is durable.
#[php_function]
#[php(name = "Platen\\submit")]
fn submit(site: Text<'_>, job: Items<'_>, deadline_ms: OptionalInt) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let job = Value::Object(json_object(job.0, "job")?);
        call(Tag::Submit, &json!({"site": site.as_str(), "job": job}), deadline_ms)
    })
}

/// Asks where a job stands.
#[php_function]
#[php(name = "Platen\\status")]
fn status(
    site: Text<'_>,
    job_id: Text<'_>,
    deadline_ms: OptionalInt,
) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| call_about(Tag::Status, &site, &job_id, deadline_ms))
}

/// Ends a job.
#[php_function]
#[php(name = "Platen\\cancel")]
fn cancel(
    site: Text<'_>,
    job_id: Text<'_>,
    deadline_ms: OptionalInt,
) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| call_about(Tag::Cancel, &site, &job_id, deadline_ms))
}

/// Replays a dead job.
#[php_function]
#[php(name = "Platen\\retry")]
fn retry(site: Text<'_>, job_id: Text<'_>, deadline_ms: OptionalInt) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| call_about(Tag::Retry, &site, &job_id, deadline_ms))
}

/// Asks what happened to a job in the daemon, hop by hop.
#[php_function]
#[php(name = "Platen\\trace")]
fn trace(site: Text<'_>, job_id: Text<'_>, deadline_ms: OptionalInt) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| call_about(Tag::Trace, &site, &job_id, deadline_ms))
}

/// Takes from a rate limit that all workers share.
#[php_function]
#[php(name = "Platen\\rate_limit", defaults(cost = 1))]
fn rate_limit(
    site: Text<'_>,
    key: Text<'_>,
    limit: Int,
    window_ms: Int,
    cost: Int,
    deadline_ms: OptionalInt,
) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let body = json!({
            "site": site.as_str(),
            "key": key.as_str(),
            "limit": ranged("limit", limit.0, 1, i64::from(u32::MAX))?,
            "window_ms": ranged("window_ms", window_ms.0, 1, i64::MAX)?,
            "cost": ranged("cost", cost.0, 0, i64::from(u32::MAX))?,
        });
        call(Tag::RateLimit, &body, deadline_ms)
    })
}

fn call_about(
    request: Tag,
    site: &Text<'_>,
    job_id: &Text<'_>,
    deadline_ms: OptionalInt,
) -> Result<ZBox<ZendHashTable>, Failure> {
    call(request, &json!({"site": site.as_str(), "job_id": job_id.as_str()}), deadline_ms)
}

/// One request and its reply as a PHP array.
fn call(request: Tag, body: &Value, deadline_ms: OptionalInt) -> Result<ZBox<ZendHashTable>, Failure> {
    let frame = encode(request, body.to_string().as_bytes())?;
    let (tag, reply) = exchange(request, &frame, deadline_of(deadline_ms)?)?;
    let fields: Map<String, Value> = serde_json::from_slice(&reply).map_err(|_| Failure::UnexpectedReply)?;
    if tag == Tag::Refusal {
        return Err(refusal(&fields));
    }
    if Some(tag) != reply_of(request) {
        return Err(Failure::UnexpectedReply);
    }
    // PHP may end the request for want of memory while the array is built; the fields are freed even then.
    let fields = BailoutGuard::new(fields);
    php_array(&fields)
}

/// The client is borrowed here only, where nothing calls into PHP.
fn exchange(request: Tag, frame: &[u8], deadline: Duration) -> Result<(Tag, Vec<u8>), Failure> {
    let path = ini::socket();
    let target = Target { path: &path, deadline, retry_after: ini::retry_after() };
    CLIENT.with_borrow_mut(|client| match request {
        Tag::Ping => Ok(client.call_now(frame, target)?),
        _ => Ok(client.call(frame, target)?),
    })
}

fn reply_of(request: Tag) -> Option<Tag> {
    match request {
        Tag::Ping => Some(Tag::Pong),
        Tag::Submit => Some(Tag::Receipt),
        Tag::Status | Tag::Cancel | Tag::Retry => Some(Tag::Job),
        Tag::Trace => Some(Tag::Hops),
        Tag::RateLimit => Some(Tag::RateDecision),
        Tag::Pong | Tag::Receipt | Tag::Job | Tag::Hops | Tag::RateDecision | Tag::Refusal => None,
    }
}

fn refusal(fields: &Map<String, Value>) -> Failure {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    Failure::Refused {
        code: text("code").unwrap_or_else(|| String::from("internal")),
        message: text("message").unwrap_or_else(|| String::from("the daemon refused the request")),
    }
}

fn deadline_of(deadline_ms: OptionalInt) -> Result<Duration, Failure> {
    let Some(deadline_ms) = deadline_ms.0 else { return Ok(ini::deadline()) };
    let deadline_ms = ranged("deadline_ms", deadline_ms, 1, ini::MAX_DEADLINE_MS)?;
    Ok(Duration::from_millis(u64::try_from(deadline_ms).unwrap_or(0)))
}

fn ranged(name: &str, value: i64, from: i64, to: i64) -> Result<i64, Failure> {
    if (from..=to).contains(&value) {
        Ok(value)
    } else {
        Err(Failure::Argument(format!("{name} must be from {from} to {to}, it is {value}")))
    }
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module
        .function(wrap_function!(ping))
        .function(wrap_function!(submit))
        .function(wrap_function!(status))
        .function(wrap_function!(cancel))
        .function(wrap_function!(retry))
        .function(wrap_function!(trace))
        .function(wrap_function!(rate_limit))
}

//! Questions about jobs. The arrays are the JSON bodies of the socket protocol, unchanged.

use std::time::Duration;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use platen_core::limits::{MAX_PAGE_RESULTS, MAX_WAIT};
use platen_core::wire::{FrameBuilder, Tag};
use serde::Serialize;

use crate::daemon::{ask, call, deadline_of, write};
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::{Int, OptionalInt, Text, ranged};

/// What an answer to a function of this file becomes.
type Answer = Result<ZBox<ZendHashTable>, Failure>;

#[derive(Serialize)]
struct Nothing {}

#[derive(Serialize)]
struct About<'a> {
    job_id: &'a str,
    site: &'a str,
}

#[derive(Serialize)]
struct WaitFor<'a> {
    job_id: &'a str,
    site: &'a str,
    wait_ms: i64,
}

#[derive(Serialize)]
struct ResultsOf<'a> {
    limit: i64,
    since: i64,
    site: &'a str,
    wait_ms: i64,
}

#[derive(Serialize)]
struct PartOf<'a> {
    job_id: &'a str,
    offset: i64,
    site: &'a str,
}

/// Asks whether the daemon lives. Always tries, whatever earlier calls met.
#[php_function]
#[php(name = "Platen\\ping")]
fn ping(deadline_ms: OptionalInt) -> Answer {
    guard(|| ask(Tag::Ping, &Nothing {}, deadline_ms))
}

/// Asks what the daemon is, takes and can do.
#[php_function]
#[php(name = "Platen\\daemon_info")]
fn daemon_info(deadline_ms: OptionalInt) -> Answer {
    guard(|| ask(Tag::Describe, &Nothing {}, deadline_ms))
}

/// Asks where a job stands.
#[php_function]
#[php(name = "Platen\\status")]
fn status(site: Text<'_>, job_id: Text<'_>, deadline_ms: OptionalInt) -> Answer {
    guard(|| about(Tag::Status, &site, &job_id, deadline_ms))
}

/// Waits for the end of a job.
#[php_function]
#[php(name = "Platen\\wait")]
fn wait(site: Text<'_>, job_id: Text<'_>, ms: Int, deadline_ms: OptionalInt) -> Answer {
    guard(|| {
        let wait_ms = ranged("ms", ms.0, 0, longest_wait())?;
        let body = WaitFor { job_id: job_id.as_str(), site: site.as_str(), wait_ms };
        ask_and_wait(Tag::Wait, &body, wait_ms, deadline_ms)
    })
}

/// Gives results that the site was not told of yet, and acknowledges earlier ones.
#[php_function]
#[php(name = "Platen\\results", defaults(since = 0, limit = 100, wait_ms = 0))]
fn results(site: Text<'_>, since: Int, limit: Int, wait_ms: Int, deadline_ms: OptionalInt) -> Answer {
    guard(|| {
        let since = ranged("since", since.0, 0, i64::MAX)?;
        let limit = ranged("limit", limit.0, 0, i64::from(MAX_PAGE_RESULTS))?;
        let wait_ms = ranged("wait_ms", wait_ms.0, 0, longest_wait())?;
        let body = ResultsOf { limit, since, site: site.as_str(), wait_ms };
        ask_and_wait(Tag::Results, &body, wait_ms, deadline_ms)
    })
}

/// Reads a part of the answer of a job.
#[php_function]
#[php(name = "Platen\\read_answer", defaults(offset = 0))]
fn read_answer(site: Text<'_>, job_id: Text<'_>, offset: Int, deadline_ms: OptionalInt) -> Answer {
    guard(|| {
        let offset = ranged("offset", offset.0, 0, i64::MAX)?;
        let body = PartOf { job_id: job_id.as_str(), offset, site: site.as_str() };
        ask(Tag::ReadAnswer, &body, deadline_ms)
    })
}

/// Ends a job.
#[php_function]
#[php(name = "Platen\\cancel")]
fn cancel(site: Text<'_>, job_id: Text<'_>, deadline_ms: OptionalInt) -> Answer {
    guard(|| about(Tag::Cancel, &site, &job_id, deadline_ms))
}

/// Replays a dead job.
#[php_function]
#[php(name = "Platen\\retry")]
fn retry(site: Text<'_>, job_id: Text<'_>, deadline_ms: OptionalInt) -> Answer {
    guard(|| about(Tag::Retry, &site, &job_id, deadline_ms))
}

/// Tells what happened to a job, oldest first.
#[php_function]
#[php(name = "Platen\\trace")]
fn trace(site: Text<'_>, job_id: Text<'_>, deadline_ms: OptionalInt) -> Answer {
    guard(|| about(Tag::Trace, &site, &job_id, deadline_ms))
}

fn longest_wait() -> i64 {
    i64::try_from(MAX_WAIT.as_millis()).unwrap_or(i64::MAX)
}

/// The daemon answers when the time is over; the deadline is what its answer may take after that.
fn ask_and_wait(request: Tag, body: &impl Serialize, wait_ms: i64, deadline_ms: OptionalInt) -> Answer {
    let mut frame = FrameBuilder::new(request, 256);
    write(frame.body(), body)?;
    let patience = Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0));
    call(request, frame, patience + deadline_of(deadline_ms)?)
}

fn about(request: Tag, site: &Text<'_>, job_id: &Text<'_>, deadline_ms: OptionalInt) -> Answer {
    ask(request, &About { job_id: job_id.as_str(), site: site.as_str() }, deadline_ms)
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module
        .function(wrap_function!(ping))
        .function(wrap_function!(daemon_info))
        .function(wrap_function!(status))
        .function(wrap_function!(wait))
        .function(wrap_function!(results))
        .function(wrap_function!(read_answer))
        .function(wrap_function!(cancel))
        .function(wrap_function!(retry))
        .function(wrap_function!(trace))
}

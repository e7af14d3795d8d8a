//! Handing jobs over. A job is the `job` of docs/protocol.md, written straight from PHP's array into the frame.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use platen_core::limits::MAX_BATCH_JOBS;
use platen_core::wire::{FrameBuilder, Tag};

use crate::convert::{append_json_object, values};
use crate::daemon::{call, deadline_of, push, write};
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::{Items, OptionalInt, Text};

/// Room for a job of the usual size, so that writing it does not move it.
const USUAL_JOB_BYTES: usize = 4096;

/// Hands a job over.
#[php_function]
#[php(name = "Platen\\submit", defaults(ack = "\"durable\""))]
fn submit(
    site: Text<'_>,
    job: Items<'_>,
    deadline_ms: OptionalInt,
    ack: Text<'_>,
) -> Result<Option<ZBox<ZendHashTable>>, Failure> {
    guard(|| {
        let deadline = deadline_of(deadline_ms)?;
        let request = request_of(ack.as_str())?;
        let mut frame = FrameBuilder::new(request, USUAL_JOB_BYTES);
        let body = frame.body();
        body.extend_from_slice(b"{\"job\":");
        append_json_object(body, job.0, "job")?;
        end_with_site(body, &site)?;
        if request == Tag::Push {
            push(frame).map(|()| None)
        } else {
            call(request, frame, deadline).map(Some)
        }
    })
}

/// Hands several jobs over in one transaction.
#[php_function]
#[php(name = "Platen\\submit_many")]
fn submit_many(site: Text<'_>, jobs: Items<'_>, deadline_ms: OptionalInt) -> Result<Vec<Zval>, Failure> {
    guard(|| {
        let deadline = deadline_of(deadline_ms)?;
        let count = jobs.0.len();
        if count == 0 || count > MAX_BATCH_JOBS {
            return Err(Failure::Argument(format!("jobs must be 1 to {MAX_BATCH_JOBS}, they are {count}")));
        }
        let mut frame = FrameBuilder::new(Tag::SubmitMany, USUAL_JOB_BYTES);
        let body = frame.body();
        body.extend_from_slice(b"{\"jobs\":[");
        for (place, job) in values(jobs.0).enumerate() {
            if place > 0 {
                body.push(b',');
            }
            let job = job.dereference().array();
            let job = job.ok_or_else(|| Failure::Argument(format!("job {place} is not an array")))?;
            append_json_object(body, job, "job")?;
        }
        body.push(b']');
        end_with_site(body, &site)?;
        let reply = call(Tag::SubmitMany, frame, deadline)?;
        let receipts = reply.get("receipts").and_then(Zval::array).filter(|list| list.len() == count);
        let receipts = receipts.ok_or(Failure::UnexpectedReply)?;
        Ok(values(receipts).map(Zval::shallow_clone).collect())
    })
}

fn request_of(ack: &str) -> Result<Tag, Failure> {
    match ack {
        "durable" => Ok(Tag::Submit),
        "accepted" => Ok(Tag::Accept),
        "none" => Ok(Tag::Push),
        other => Err(Failure::Argument(format!("ack must be durable, accepted or none, it is {other:?}"))),
    }
}

fn end_with_site(body: &mut Vec<u8>, site: &Text<'_>) -> Result<(), Failure> {
    body.extend_from_slice(b",\"site\":");
    write(body, &site.as_str())?;
    body.push(b'}');
    Ok(())
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(submit)).function(wrap_function!(submit_many))
}

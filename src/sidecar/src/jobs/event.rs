//! The body of a webhook: what a site is told about the end of a job.

use platen_core::clock::Timestamp;
use platen_core::job::{Answer, JobError, JobId, JobSnapshot, JobStatus, Usage};
use platen_core::limits::MAX_WEBHOOK_BYTES;
use serde::Serialize;

/// Writes the body, see `docs/protocol.md`. `None` when the job has not ended. An answer that makes the body larger
/// than a webhook may be is left out, and named so that the site can fetch it.
///
/// # Errors
/// The JSON error of a value without a JSON form; a snapshot has none such.
pub fn body(job: &JobSnapshot, finished_at: Timestamp) -> Result<Option<Vec<u8>>, serde_json::Error> {
    let Some(kind) = kind(job.status) else { return Ok(None) };
    let whole = serde_json::to_vec(&Event { kind, timestamp: finished_at, data: data(job, finished_at) })?;
    let Some(answer) = job.result.as_ref().filter(|_| whole.len() > MAX_WEBHOOK_BYTES) else {
        return Ok(Some(whole));
    };
    let result_ref = Some(ResultRef { bytes: answer.text.len() });
    let data = Data { result: None, result_ref, ..data(job, finished_at) };
    serde_json::to_vec(&Event { kind, timestamp: finished_at, data }).map(Some)
}

fn data(job: &JobSnapshot, finished_at: Timestamp) -> Data<'_> {
    Data {
        job_id: &job.id,
        status: job.status,
        result: job.result.as_ref(),
        result_ref: None,
        usage: job.usage.as_ref(),
        error: job.error.as_ref(),
        attempt: job.attempt,
        request_id: &job.request_id,
        created_at: job.created_at,
        finished_at,
    }
}

fn kind(status: JobStatus) -> Option<&'static str> {
    match status {
        JobStatus::Queued | JobStatus::Running => None,
        JobStatus::Succeeded => Some("job.succeeded"),
        JobStatus::Dead => Some("job.dead"),
        JobStatus::Cancelled => Some("job.cancelled"),
    }
}

#[derive(Serialize)]
struct Event<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    timestamp: Timestamp,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    job_id: &'a JobId,
    status: JobStatus,
    result: Option<&'a Answer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result_ref: Option<ResultRef>,
    usage: Option<&'a Usage>,
    error: Option<&'a JobError>,
    attempt: u32,
    request_id: &'a str,
    created_at: Timestamp,
    finished_at: Timestamp,
}

/// Stands for an answer that is too long for a webhook.
#[derive(Serialize)]
struct ResultRef {
    /// The length of its text.
    bytes: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cancelled() -> JobSnapshot {
        JobSnapshot {
            id: "0193d2e0-0000-7000-8000-000000000000".parse().unwrap(),
            kind: "chat".to_owned(),
            status: JobStatus::Cancelled,
            result: None,
            usage: None,
            error: None,
            attempt: 2,
            request_id: "r-1".to_owned(),
            created_at: Timestamp::from_seconds(1),
            updated_at: Timestamp::from_seconds(2),
        }
    }

    fn answered(text: String) -> JobSnapshot {
        let answer = Answer {
            text,
            finish_reason: "stop".to_owned(),
            model: "m".to_owned(),
            provider: "p".to_owned(),
        };
        JobSnapshot { status: JobStatus::Succeeded, result: Some(answer), ..cancelled() }
    }

    #[test]
    fn an_answer_that_is_too_long_is_named_and_left_out() {
        let body_of = |job: &JobSnapshot| body(job, Timestamp::from_seconds(2)).unwrap().unwrap();
        let envelope = body_of(&answered(String::new())).len();

        let fits = body_of(&answered("a".repeat(MAX_WEBHOOK_BYTES - envelope)));
        let long = body_of(&answered("a".repeat(MAX_WEBHOOK_BYTES - envelope + 1)));
        // Each takes six bytes in JSON.
        let escaped = body_of(&answered("\u{1}".repeat(MAX_WEBHOOK_BYTES / 6)));

        assert_eq!(fits.len(), MAX_WEBHOOK_BYTES);
        for (text, bytes) in [(long, MAX_WEBHOOK_BYTES - envelope + 1), (escaped, MAX_WEBHOOK_BYTES / 6)] {
            let text = String::from_utf8(text).unwrap();
            assert!(text.contains(&format!(r#""result":null,"result_ref":{{"bytes":{bytes}}}"#)), "{text}");
        }
    }

    #[test]
    fn the_body_is_the_documented_one() {
        let job = cancelled();

        let body = body(&job, Timestamp::from_seconds(2)).unwrap().unwrap();

        assert_eq!(
            String::from_utf8(body).unwrap(),
            concat!(
                r#"{"type":"job.cancelled","timestamp":"1970-01-01T00:00:02.000000Z","#,
                r#""data":{"job_id":"0193d2e0-0000-7000-8000-000000000000","status":"cancelled","#,
                r#""result":null,"usage":null,"error":null,"attempt":2,"request_id":"r-1","#,
                r#""created_at":"1970-01-01T00:00:01.000000Z","finished_at":"1970-01-01T00:00:02.000000Z"}}"#
            )
        );
    }
}

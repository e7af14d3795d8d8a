//! The body of a webhook: what a site is told about the end of a job.

use platen_core::clock::Timestamp;
use platen_core::job::{Answer, JobError, JobId, JobSnapshot, JobStatus, Usage};
use serde::Serialize;

/// Writes the body, see `docs/protocol.md`. `None` when the job has not ended.
///
/// # Errors
/// The JSON error of a value without a JSON form; a snapshot has none such.
pub fn body(job: &JobSnapshot, finished_at: Timestamp) -> Result<Option<Vec<u8>>, serde_json::Error> {
    let Some(kind) = kind(job.status) else { return Ok(None) };
    let data = Data {
        job_id: &job.id,
        status: job.status,
        result: job.result.as_ref(),
        usage: job.usage.as_ref(),
        error: job.error.as_ref(),
        attempt: job.attempt,
        request_id: &job.request_id,
        created_at: job.created_at,
        finished_at,
    };
    serde_json::to_vec(&Event { kind, timestamp: finished_at, data }).map(Some)
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
    usage: Option<&'a Usage>,
    error: Option<&'a JobError>,
    attempt: u32,
    request_id: &'a str,
    created_at: Timestamp,
    finished_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_the_documented_one() {
        let job = JobSnapshot {
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
        };

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

//! From the body and the headers of `POST /v1/jobs` to jobs. What the headers say, and what a caller without a table
//! of its own does not know, is filled in; the use cases see whole jobs only.

use axum::http::{HeaderMap, StatusCode};
use platen_core::clock::Timestamp;
use platen_core::code::ErrorCode;
use platen_core::job::{JobId, JobSpec, SiteId, is_request_id};
use platen_core::wire::{Submit, SubmitMany, describe_invalid};
use rand::RngExt;
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

use crate::http::error::ApiError;
use crate::http::request::text;

/// RFC draft-ietf-httpapi-idempotency-key-header: a string in quotes; without them it is taken as well.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const REQUEST_ID: &str = "x-request-id";
const TRACEPARENT: &str = "traceparent";

/// What a request asks to take.
#[derive(Debug)]
pub(super) enum Submission {
    One(Box<Submit>),
    Many(SubmitMany),
}

impl Submission {
    pub(super) fn read(
        headers: &HeaderMap,
        body: &[u8],
        site: SiteId,
        now: Timestamp,
    ) -> Result<Self, ApiError> {
        let mut fields: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| malformed("the body is not a JSON object"))?;
        let key = idempotency_key(headers)?;
        let common = Common::of(headers, now);
        let Some(jobs) = fields.remove("jobs") else {
            put_key(&mut fields, key)?;
            common.complete(&mut fields);
            let job = serde_json::from_value::<JobSpec>(Value::Object(fields)).map_err(|error| {
                let (status, code) = (StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::InvalidRequest);
                ApiError::new(status, code, describe_invalid(&error))
            })?;
            return Ok(Self::One(Box::new(Submit { site, job })));
        };
        if key.is_some() {
            return Err(malformed("Idempotency-Key names one job; those of a batch have theirs in the body"));
        }
        let Value::Array(jobs) = jobs else { return Err(malformed("jobs is not a list")) };
        let jobs = jobs.into_iter().map(|mut job| {
            if let Value::Object(fields) = &mut job {
                common.complete(fields);
            }
            to_raw_value(&job)
        });
        let jobs = jobs.collect::<Result<_, _>>().map_err(|_| malformed("a job has no JSON form"))?;
        Ok(Self::Many(SubmitMany { site, jobs }))
    }
}

/// What the jobs of a request have in common unless they say otherwise.
struct Common<'a> {
    now: Timestamp,
    request_id: String,
    traceparent: Option<&'a str>,
}

impl<'a> Common<'a> {
    fn of(headers: &'a HeaderMap, now: Timestamp) -> Self {
        let request_id = text(headers, REQUEST_ID).filter(|id| is_request_id(id));
        let request_id =
            request_id.map_or_else(|| format!("{:032x}", rand::rng().random::<u128>()), str::to_owned);
        Self { now, request_id, traceparent: text(headers, TRACEPARENT) }
    }

    fn complete(&self, job: &mut Map<String, Value>) {
        let mut fill = |name: &str, value: &dyn Fn() -> String| {
            job.entry(name).or_insert_with(|| Value::String(value()));
        };
        fill("id", &|| JobId::generate(self.now, rand::rng().random()).to_string());
        fill("created_at", &|| self.now.to_string());
        fill("request_id", &|| self.request_id.clone());
        if let Some(traceparent) = self.traceparent {
            fill("traceparent", &|| traceparent.to_owned());
        }
    }
}

/// The header supplies the job's key or repeats it.
fn put_key(job: &mut Map<String, Value>, key: Option<String>) -> Result<(), ApiError> {
    let Some(key) = key else { return Ok(()) };
    match job.get("idempotency_key") {
        None => {
            job.insert("idempotency_key".to_owned(), Value::String(key));
            Ok(())
        }
        Some(own) if *own == key.as_str() => Ok(()),
        Some(_) => Err(malformed("Idempotency-Key and the job's idempotency_key are not the same")),
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).into_iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().ok().and_then(|value| key_in(value.trim()));
    match (key, values.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => Err(malformed("Idempotency-Key is not one string")),
    }
}

/// An sf-string of RFC 9651, or a value without quotes.
fn key_in(value: &str) -> Option<String> {
    let Some(quoted) = value.strip_prefix('"') else {
        let is_bare = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        return is_bare.then(|| value.to_owned());
    };
    let inner = quoted.strip_suffix('"')?;
    let mut key = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        key.push(match character {
            '\\' => characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?,
            '"' => return None,
            other => other,
        });
    }
    Some(key)
}

fn malformed(message: &'static str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidRequest, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_string_in_quotes_or_a_bare_word() {
        let cases = [
            (r#""8e03978e-40d5""#, Some("8e03978e-40d5")),
            ("8e03978e-40d5", Some("8e03978e-40d5")),
            (r#""a \"b\" \\ c""#, Some(r#"a "b" \ c"#)),
            (r#""open"#, None),
            (r#""a"b""#, None),
            (r#""a\n""#, None),
            (r#""a\""#, None),
            ("two words", None),
            ("", None),
        ];
        for (value, key) in cases {
            assert_eq!(key_in(value).as_deref(), key, "{value}");
        }
    }
}

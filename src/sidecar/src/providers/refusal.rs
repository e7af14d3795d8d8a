//! From a provider's way of saying no to ours: status, headers and error body become a [`ProviderError`].

use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::retry::parse_retry_after;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;

use super::ProviderError;
use super::error::Refusal;

/// The longest reason that is kept, in bytes.
const MAX_REASON_BYTES: usize = 64;

/// What the headers of a refusal say about trying again.
pub(super) struct Hints {
    pub(super) retry_after: Option<Duration>,
    pub(super) should_retry: Option<bool>,
}

impl Hints {
    pub(super) fn of(headers: &HeaderMap, now: Timestamp) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        // Azure's header in milliseconds is the finer one of the two.
        let millis = text("retry-after-ms")
            .and_then(|value| value.trim().parse::<f64>().ok())
            .and_then(|millis| Duration::try_from_secs_f64(millis / 1000.0).ok());
        let retry_after =
            millis.or_else(|| text(RETRY_AFTER.as_str()).and_then(|value| parse_retry_after(value, now)));
        let should_retry = match text("x-should-retry") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            Some(_) | None => None,
        };
        Self { retry_after, should_retry }
    }
}

/// An error as OpenAI and Anthropic write it. Some servers send a bare sentence instead, which is not kept.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum WireError {
    /// OpenAI has both `code` and `type`, and `code` is the finer one.
    Described {
        #[serde(default, rename = "type")]
        kind: Option<serde_json::Value>,
        #[serde(default)]
        code: Option<serde_json::Value>,
    },
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct ErrorBody {
    error: WireError,
}

impl WireError {
    /// The provider's own word for the failure.
    fn reason(&self) -> Option<String> {
        let Self::Described { kind, code } = self else { return None };
        [code, kind].into_iter().flatten().find_map(|value| match value {
            serde_json::Value::String(text) => plain_word(text),
            serde_json::Value::Number(number) => plain_word(&number.to_string()),
            _ => None,
        })
    }

    /// The failure that an error event inside a stream tells of.
    pub(super) fn into_error(self) -> ProviderError {
        classify(Refusal { reason: self.reason(), ..Refusal::default() })
    }
}

/// The provider's own word for the failure, from an error's body of any kind.
pub(super) fn reason_in(body: &[u8]) -> Option<String> {
    serde_json::from_slice::<ErrorBody>(body).ok()?.error.reason()
}

/// Keeps a reason only when it is a word: a sentence may quote the prompt or the key.
fn plain_word(text: &str) -> Option<String> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    let is_plain = !text.is_empty() && text.len() <= MAX_REASON_BYTES && text.bytes().all(is_word);
    is_plain.then(|| text.to_owned())
}

/// Names a refusal by its status or, inside a stream, by its reason.
pub(super) fn classify(refusal: Refusal) -> ProviderError {
    let reason = refusal.reason.as_deref().unwrap_or_default();
    if is_quota(reason) {
        return ProviderError::QuotaExhausted(refusal);
    }
    if is_moderation(reason) {
        return ProviderError::Moderated(refusal);
    }
    match refusal.status.unwrap_or_else(|| status_of(reason)) {
        401 | 403 => ProviderError::Unauthorized(refusal),
        402 => ProviderError::QuotaExhausted(refusal),
        429 => ProviderError::RateLimited(refusal),
        529 => ProviderError::Overloaded(refusal),
        408 | 409 | 500.. => ProviderError::Failed(refusal),
        _ => ProviderError::Rejected(refusal),
    }
}

fn is_quota(reason: &str) -> bool {
    matches!(reason, "insufficient_quota" | "billing_hard_limit_reached" | "billing_not_active")
}

/// The words of OpenAI (`invalid_prompt` is its word for a flagged one) and Azure. Anthropic has none of its own.
fn is_moderation(reason: &str) -> bool {
    matches!(reason, "content_filter" | "content_policy_violation" | "moderation_blocked" | "invalid_prompt")
}

/// The status that a provider answers with for this reason when it fails before the stream begins.
fn status_of(reason: &str) -> u16 {
    match reason {
        "invalid_request_error" | "context_length_exceeded" => 400,
        "authentication_error" | "invalid_api_key" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" | "model_not_found" => 404,
        "request_too_large" => 413,
        "rate_limit_error" | "rate_limit_exceeded" | "requests" | "tokens" => 429,
        "overloaded_error" | "overloaded" => 529,
        // Some gateways send the status as the code. An unknown word counts as the provider's own trouble.
        other => other.parse().ok().filter(|status| (400..600).contains(status)).unwrap_or(500),
    }
}

#[cfg(test)]
mod tests {
    use platen_core::code::ErrorCode;
    use reqwest::header::HeaderValue;

    use super::*;
    use crate::providers::RetryAdvice;

    fn refused(status: u16, body: &str, headers: &[(&'static str, &str)]) -> ProviderError {
        let map = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
            .collect();
        let hints = Hints::of(&map, Timestamp::from_seconds(784_111_777));
        classify(Refusal {
            status: Some(status),
            reason: reason_in(body.as_bytes()),
            retry_after: hints.retry_after,
            should_retry: hints.should_retry,
        })
    }

    #[test]
    fn each_status_has_its_code_and_advice() {
        let cases = [
            (400, ErrorCode::ProviderRejected, RetryAdvice::Never),
            (401, ErrorCode::ProviderAuth, RetryAdvice::Never),
            (402, ErrorCode::ProviderQuotaExhausted, RetryAdvice::Never),
            (403, ErrorCode::ProviderAuth, RetryAdvice::Never),
            (404, ErrorCode::ProviderRejected, RetryAdvice::Never),
            (408, ErrorCode::ProviderFailed, RetryAdvice::Backoff),
            (422, ErrorCode::ProviderRejected, RetryAdvice::Never),
            (429, ErrorCode::ProviderRateLimited, RetryAdvice::Backoff),
            (500, ErrorCode::ProviderFailed, RetryAdvice::Backoff),
            (503, ErrorCode::ProviderFailed, RetryAdvice::Backoff),
            (529, ErrorCode::ProviderFailed, RetryAdvice::Backoff),
            (307, ErrorCode::ProviderRejected, RetryAdvice::Never),
        ];
        for (status, code, advice) in cases {
            let error = refused(status, "", &[]);

            assert_eq!((error.code(), error.retry()), (code, advice), "{status}");
        }
    }

    #[test]
    fn every_spelling_of_the_wait_is_obeyed() {
        for (name, value, millis) in [
            ("retry-after", "2", 2_000),
            ("retry-after", "Sun, 06 Nov 1994 08:49:40 GMT", 3_000),
            ("retry-after-ms", "250", 250),
        ] {
            let error = refused(429, "", &[(name, value)]);

            assert_eq!(error.retry(), RetryAdvice::After(Duration::from_millis(millis)), "{name}: {value}");
        }
    }

    #[test]
    fn the_finer_of_two_waits_counts() {
        let error = refused(429, "", &[("retry-after", "1"), ("retry-after-ms", "400")]);

        assert_eq!(error.retry(), RetryAdvice::After(Duration::from_millis(400)));
    }

    #[test]
    fn the_provider_may_say_itself_whether_a_retry_helps() {
        assert_eq!(refused(500, "", &[("x-should-retry", "false")]).retry(), RetryAdvice::Never);
        assert_eq!(refused(400, "", &[("x-should-retry", "true")]).retry(), RetryAdvice::Backoff);
    }

    #[test]
    fn a_used_up_quota_is_not_waited_for() {
        let body = r#"{"error":{"message":"…","type":"insufficient_quota","code":"insufficient_quota"}}"#;

        let error = refused(429, body, &[("retry-after", "1")]);

        assert_eq!((error.code(), error.retry()), (ErrorCode::ProviderQuotaExhausted, RetryAdvice::Never));
    }

    #[test]
    fn moderation_is_known_by_its_word_and_not_by_its_sentence() {
        let azure = r#"{"error":{"message":"…","type":null,"code":"content_filter","status":400}}"#;
        let sentence = r#"{"error":{"message":"content_filter","type":"invalid_request_error","code":null}}"#;

        let error = refused(400, azure, &[("x-should-retry", "true")]);

        assert_eq!((error.code(), error.retry()), (ErrorCode::ProviderModerated, RetryAdvice::Never));
        assert_eq!(refused(400, sentence, &[]).code(), ErrorCode::ProviderRejected);
    }

    #[test]
    fn the_text_names_status_and_reason_and_nothing_that_was_quoted() {
        let word = refused(400, r#"{"error":{"type":"invalid_request_error","message":"planted"}}"#, &[]);
        let sentence = refused(401, r#"{"error":{"code":"Incorrect API key: sk-planted"}}"#, &[]);

        assert_eq!(word.to_string(), "provider refused the request: status 400 (invalid_request_error)");
        assert_eq!(sentence.to_string(), "provider refused the credentials: status 401");
    }

    #[test]
    fn an_error_event_is_named_by_its_reason() {
        let cases = [
            (r#"{"type":"overloaded_error"}"#, ErrorCode::ProviderFailed, RetryAdvice::Backoff),
            (r#"{"type":"rate_limit_error"}"#, ErrorCode::ProviderRateLimited, RetryAdvice::Backoff),
            (r#"{"type":"invalid_request_error"}"#, ErrorCode::ProviderRejected, RetryAdvice::Never),
            (r#"{"type":"server_error","code":null}"#, ErrorCode::ProviderFailed, RetryAdvice::Backoff),
            (r#"{"code":401}"#, ErrorCode::ProviderAuth, RetryAdvice::Never),
            (r#"{"code":"content_filter"}"#, ErrorCode::ProviderModerated, RetryAdvice::Never),
            (r"{}", ErrorCode::ProviderFailed, RetryAdvice::Backoff),
            (r#""planted sentence""#, ErrorCode::ProviderFailed, RetryAdvice::Backoff),
        ];
        for (json, code, advice) in cases {
            let error = serde_json::from_str::<WireError>(json).unwrap().into_error();

            assert_eq!((error.code(), error.retry()), (code, advice), "{json}");
        }
    }
}

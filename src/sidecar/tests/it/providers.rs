//! Providers over real HTTP, against a server that speaks their wire formats.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use platen_core::clock::Clock;
use platen_core::code::ErrorCode;
use platen_core::job::{Message, Role, Usage};
use platen_core::secret::Secret;
use platen_sidecar::clock::SystemClock;
use platen_sidecar::config::{ProviderConfig, ProviderKind, Timeouts};
use platen_sidecar::providers::{
    self, CompletionEvent, CompletionRequest, Finish, FinishReason, Provider, ProviderError, RetryAdvice,
};
use serde_json::json;
use tokio::time::{Instant, timeout};

use crate::stub::{Reply, Step, Stub};

const IDLE: Duration = Duration::from_millis(600);
const FIRST_BYTE: Duration = Duration::from_millis(1_200);

const OPENAI: &str = concat!(
    ": a comment\r\n\r\n",
    // Azure's first chunk.
    "data: {\"choices\":[],\"model\":\"\",\"prompt_filter_results\":[{}]}\r\n\r\n",
    "data: {\"model\":\"gpt-4o-mini-2024\",\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\r\n\r\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"Grün \"},\"finish_reason\":null}]}\r\n\r\n",
    "data: {\"choices\":[{\"delta\":{\"content\":\"🌿\"}}]}\r\n\r\n",
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\r\n\r\n",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":34,",
    "\"prompt_tokens_details\":{\"cached_tokens\":8},\"completion_tokens_details\":{\"reasoning_tokens\":5}}}\r\n\r\n",
    "data: [DONE]\r\n\r\n",
);

const ANTHROPIC: &str = concat!(
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"claude-haiku-4-5-2025\",",
    "\"usage\":{\"input_tokens\":10,\"cache_creation_input_tokens\":5,\"cache_read_input_tokens\":80,\"output_tokens\":1}}}\n\n",
    "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n",
    "event: ping\ndata: {\"type\":\"ping\"}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Grün \"}}\n\n",
    "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"🌿\"}}\n\n",
    "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n",
    "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\"},\"usage\":{\"output_tokens\":34}}\n\n",
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
);

fn provider(kind: ProviderKind, stub_url: &str) -> Arc<dyn Provider> {
    let base_url = match kind {
        ProviderKind::Openai => format!("{stub_url}/v1"),
        ProviderKind::Anthropic | ProviderKind::Offline => stub_url.to_owned(),
    };
    let config = ProviderConfig {
        name: "main".to_owned(),
        kind,
        base_url,
        api_key: Some(Secret::new("sk-planted".to_owned())),
        timeouts: Timeouts { connect: Duration::from_secs(2), first_byte: FIRST_BYTE, idle: IDLE },
        pace: Duration::ZERO,
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    providers::build(&[config], &clock).unwrap().remove("main").unwrap()
}

fn question() -> CompletionRequest {
    CompletionRequest {
        model: "asked-for".to_owned(),
        messages: vec![
            Message { role: Role::System, content: "Be brief.".to_owned() },
            Message { role: Role::User, content: "planted prompt".to_owned() },
        ],
        max_output_tokens: Some(64),
        temperature: None,
        request_id: "req-1".to_owned(),
        traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
    }
}

/// What a call gave: the text, and the end or the failure.
struct Outcome {
    text: String,
    end: Result<Finish, ProviderError>,
}

impl Outcome {
    fn error(self) -> ProviderError {
        self.end.expect_err("the call fails")
    }
}

async fn ask(kind: ProviderKind, stub: &Stub) -> Outcome {
    let asking = async {
        let mut text = String::new();
        let mut stream = match provider(kind, &stub.url).complete(question()).await {
            Ok(stream) => stream,
            Err(error) => return Outcome { text, end: Err(error) },
        };
        while let Some(event) = stream.next().await {
            match event {
                Ok(CompletionEvent::Delta(more)) => text.push_str(&more),
                Ok(CompletionEvent::Finished(finish)) => {
                    assert!(stream.next().await.is_none(), "nothing follows the end");
                    return Outcome { text, end: Ok(finish) };
                }
                Err(error) => {
                    assert!(stream.next().await.is_none(), "nothing follows a failure");
                    return Outcome { text, end: Err(error) };
                }
            }
        }
        panic!("the stream ended with neither an end nor a failure");
    };
    timeout(Duration::from_mins(1), asking).await.expect("every call ends")
}

async fn ask_once(kind: ProviderKind, reply: Reply) -> Outcome {
    ask(kind, &Stub::start(vec![reply]).await).await
}

/// The text of an error and of all its causes, as a log would show them.
fn whole_text(error: &ProviderError) -> String {
    let mut text = format!("{error:?}");
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[tokio::test]
async fn openai_answers_are_read_however_the_bytes_are_cut() {
    for bytes in [1, 3, 64, 100_000] {
        let outcome = ask_once(ProviderKind::Openai, Reply::stream(Step::pieces(OPENAI, bytes))).await;

        let usage = Usage {
            input_tokens: 12,
            cached_input_tokens: 8,
            output_tokens: 34,
            reasoning_tokens: 5,
            cost_microusd: None,
            is_estimate: false,
        };
        assert_eq!(outcome.text, "Grün 🌿", "cut every {bytes} bytes");
        let finish = outcome.end.unwrap();
        assert_eq!(finish.model, "gpt-4o-mini-2024");
        assert_eq!(finish.finish_reason, FinishReason::Length);
        assert_eq!(finish.usage, Some(usage));
    }
}

#[tokio::test]
async fn anthropic_answers_are_read_however_the_bytes_are_cut() {
    for bytes in [1, 3, 64, 100_000] {
        let outcome = ask_once(ProviderKind::Anthropic, Reply::stream(Step::pieces(ANTHROPIC, bytes))).await;

        assert_eq!(outcome.text, "Grün 🌿", "cut every {bytes} bytes");
        let finish = outcome.end.unwrap();
        let usage = finish.usage.unwrap();
        assert_eq!(finish.model, "claude-haiku-4-5-2025");
        assert_eq!(finish.finish_reason, FinishReason::Length);
        assert_eq!((usage.input_tokens, usage.cached_input_tokens, usage.output_tokens), (95, 80, 34));
    }
}

#[tokio::test]
async fn the_openai_call_is_the_documented_one() {
    let stub = Stub::start(vec![Reply::stream(vec![Step::send(OPENAI)])]).await;

    ask(ProviderKind::Openai, &stub).await;

    let received = stub.received();
    let [call] = received.as_slice() else { panic!("one call") };
    assert_eq!(call.path, "/v1/chat/completions");
    assert_eq!(call.header("authorization"), "Bearer sk-planted");
    assert_eq!(call.header("x-request-id"), "req-1");
    assert_eq!(call.header("traceparent"), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    let expected = json!({
        "model": "asked-for", "stream": true, "stream_options": {"include_usage": true}, "max_tokens": 64,
        "messages": [
            {"role": "system", "content": "Be brief."}, {"role": "user", "content": "planted prompt"},
        ],
    });
    assert_eq!(call.json(), expected);
}

#[tokio::test]
async fn the_anthropic_call_is_the_documented_one() {
    let stub = Stub::start(vec![Reply::stream(vec![Step::send(ANTHROPIC)])]).await;

    ask(ProviderKind::Anthropic, &stub).await;

    let received = stub.received();
    let [call] = received.as_slice() else { panic!("one call") };
    assert_eq!(call.path, "/v1/messages");
    assert_eq!(call.header("x-api-key"), "sk-planted");
    assert_eq!(call.header("anthropic-version"), "2023-06-01");
    assert_eq!(call.header("x-request-id"), "req-1");
    let expected = json!({
        "model": "asked-for", "max_tokens": 64, "system": "Be brief.", "stream": true,
        "messages": [{"role": "user", "content": "planted prompt"}],
    });
    assert_eq!(call.json(), expected);
}

#[tokio::test]
async fn an_answer_without_usage_is_complete_and_has_none() {
    let body = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    let outcome = ask_once(ProviderKind::Openai, Reply::stream(vec![Step::send(body)])).await;

    let finish = outcome.end.unwrap();
    assert_eq!((finish.usage, finish.model.as_str()), (None, "asked-for"));
}

#[tokio::test]
async fn a_stream_without_its_final_event_is_truncated_and_keeps_its_text() {
    let openai = OPENAI.replace("data: [DONE]\r\n\r\n", "");
    let anthropic = ANTHROPIC.replace("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", "");
    for (kind, body) in [(ProviderKind::Openai, openai), (ProviderKind::Anthropic, anthropic)] {
        let outcome = ask_once(kind, Reply::stream(vec![Step::send(&body)])).await;

        assert_eq!(outcome.text, "Grün 🌿");
        let error = outcome.error();
        assert_eq!((error.code(), error.retry()), (ErrorCode::ProviderTruncated, RetryAdvice::Backoff));
    }
}

#[tokio::test]
async fn a_broken_connection_is_told_apart_from_an_end() {
    let steps = vec![Step::send(&OPENAI[..300]), Step::Pause(Duration::from_millis(20)), Step::Break];

    let error = ask_once(ProviderKind::Openai, Reply::stream(steps)).await.error();

    assert!(matches!(error, ProviderError::Disconnected(_)), "{error:?}");
    assert_eq!((error.code(), error.retry()), (ErrorCode::ProviderUnavailable, RetryAdvice::Backoff));
}

#[tokio::test]
async fn refusals_keep_status_reason_and_wait() {
    let rate = r#"{"error":{"message":"planted","type":"requests","code":"rate_limit_exceeded"}}"#;
    let overloaded = r#"{"type":"error","error":{"type":"overloaded_error","message":"planted"}}"#;
    let cases = [
        (ProviderKind::Openai, 429, rate, ErrorCode::ProviderRateLimited),
        (ProviderKind::Anthropic, 529, overloaded, ErrorCode::ProviderFailed),
        (ProviderKind::Openai, 500, "<html>planted</html>", ErrorCode::ProviderFailed),
    ];
    for (kind, status, body, code) in cases {
        let error = ask_once(kind, Reply::status(status, body).header("retry-after", "7")).await.error();

        assert_eq!(error.code(), code);
        assert_eq!(error.retry(), RetryAdvice::After(Duration::from_secs(7)));
        assert!(error.to_string().contains(&status.to_string()), "{error}");
        assert!(!whole_text(&error).contains("planted"), "{error:?}");
    }
}

#[tokio::test]
async fn an_error_event_inside_a_stream_is_classified_by_its_type() {
    let openai = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: {\"error\":{\"message\":\"planted\",\"type\":\"server_error\"}}\n\n";
    let anthropic = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"planted\"}}\n\n";

    let first = ask_once(ProviderKind::Openai, Reply::stream(vec![Step::send(openai)])).await;
    let second = ask_once(ProviderKind::Anthropic, Reply::stream(vec![Step::send(anthropic)])).await;

    assert_eq!(first.text, "Hi", "the text before the error is given");
    assert_eq!(first.error().to_string(), "provider failed with an error event (server_error)");
    assert_eq!(second.error().to_string(), "provider is overloaded: an error event (overloaded_error)");
}

#[tokio::test]
async fn a_bad_event_is_malformed_and_its_content_is_not_told() {
    for body in ["data: {\"choices\": planted\n\n", "data: {\"choices\": \"planted\"}\n\n"] {
        let error = ask_once(ProviderKind::Openai, Reply::stream(vec![Step::send(body)])).await.error();

        assert_eq!((error.code(), error.retry()), (ErrorCode::ProviderMalformed, RetryAdvice::Backoff));
        assert!(!whole_text(&error).contains("planted"), "{}", whole_text(&error));
    }
}

#[tokio::test]
async fn a_page_instead_of_a_stream_is_malformed() {
    let reply = Reply::status(200, "<html>").header("content-type", "text/html; charset=utf-8");

    let error = ask_once(ProviderKind::Openai, reply).await.error();

    assert_eq!(error.code(), ErrorCode::ProviderMalformed);
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_key() {
    let elsewhere = Stub::start(vec![Reply::status(200, "")]).await;
    let reply = Reply::status(307, "").header("location", format!("{}/v1/chat/completions", elsewhere.url));

    let error = ask_once(ProviderKind::Openai, reply).await.error();

    assert_eq!(error.code(), ErrorCode::ProviderRejected);
    assert_eq!(elsewhere.count(), 0);
}

#[tokio::test]
async fn silence_before_and_inside_an_answer_has_its_own_deadline() {
    let late = vec![Step::Pause(FIRST_BYTE * 3), Step::send(OPENAI)];
    let stuck = vec![Step::send(&OPENAI[..300]), Step::Pause(IDLE * 5), Step::send(&OPENAI[300..])];

    let began = Instant::now();
    let first = ask_once(ProviderKind::Openai, Reply::stream(late)).await.error();
    let first_took = began.elapsed();
    let second = ask_once(ProviderKind::Openai, Reply::stream(stuck)).await.error();

    assert!(matches!(first, ProviderError::FirstByteTimeout(FIRST_BYTE)), "{first:?}");
    assert!(first_took < FIRST_BYTE * 2, "{first_took:?}");
    assert!(matches!(second, ProviderError::IdleTimeout(IDLE)), "{second:?}");
    assert_eq!((second.code(), second.retry()), (ErrorCode::ProviderTimeout, RetryAdvice::Backoff));
}

#[tokio::test]
async fn an_answer_without_end_is_cut_at_the_limit() {
    // Large pieces: the limit is reached before a busy machine lets the answer pause for too long.
    let piece =
        format!(r#"data: {{"choices":[{{"delta":{{"content":"{}"}}}}]}}"#, "0123456789".repeat(2_000));
    let piece: &'static str = Box::leak(format!("{piece}\n\n").into_boxed_str());

    let error = ask_once(ProviderKind::Openai, Reply::stream(vec![Step::Forever(piece)])).await.error();

    assert_eq!((error.code(), error.retry()), (ErrorCode::AnswerTooLarge, RetryAdvice::Never));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable_and_its_address_is_not_told() {
    let gone = Stub::start(vec![Reply::status(200, "")]).await.url.clone();

    let error = provider(ProviderKind::Openai, &gone).complete(question()).await.err().unwrap();

    assert_eq!((error.code(), error.retry()), (ErrorCode::ProviderUnavailable, RetryAdvice::Backoff));
    assert!(!whole_text(&error).contains("/v1/chat"), "{}", whole_text(&error));
}

#[tokio::test]
async fn dropping_an_answer_closes_the_connection() {
    let steps = vec![Step::send(&OPENAI[..300]), Step::Forever(": still here\n\n")];
    let stub = Stub::start(vec![Reply::stream(steps)]).await;
    let mut stream = provider(ProviderKind::Openai, &stub.url).complete(question()).await.unwrap();
    assert!(matches!(stream.next().await, Some(Ok(CompletionEvent::Delta(_)))));
    assert_eq!(stub.open_answers(), 1);

    drop(stream);

    crate::stub::eventually("the end of the answer", || stub.open_answers() == 0).await;
}

//! OpenAI chat completions: unnamed `data:` events, `[DONE]` at the end, usage in a last chunk without choices.

use serde_json::{Value, json};

use super::{Format, Usage};
use crate::scripts::Behaviour;

pub(crate) struct OpenAi;

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

fn chunk_object(model: &str, choices: &Value, usage: &Value) -> Value {
    json!({
        "id": "chatcmpl-fake",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": model,
        "choices": choices,
        "usage": usage,
    })
}

fn usage_object(usage: Usage) -> Value {
    json!({
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    })
}

impl Format for OpenAi {
    const PATH: &'static str = "/v1/chat/completions";

    fn opening(model: &str, _usage: Usage) -> Vec<String> {
        let choices =
            json!([{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": null}]);
        vec![event(&chunk_object(model, &choices, &Value::Null))]
    }

    fn chunk(model: &str, text: &str) -> String {
        let choices = json!([{"index": 0, "delta": {"content": text}, "finish_reason": null}]);
        event(&chunk_object(model, &choices, &Value::Null))
    }

    fn closing(model: &str, usage: Option<Usage>) -> Vec<String> {
        let choices = json!([{"index": 0, "delta": {}, "finish_reason": "stop"}]);
        let mut events = vec![event(&chunk_object(model, &choices, &Value::Null))];
        events.extend(usage.map(|usage| event(&chunk_object(model, &json!([]), &usage_object(usage)))));
        events.push("data: [DONE]\n\n".to_owned());
        events
    }

    fn whole(model: &str, text: &str, usage: Usage) -> Value {
        json!({
            "id": "chatcmpl-fake",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": model,
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": usage_object(usage),
        })
    }

    fn error(status: u16, behaviour: &Behaviour) -> Value {
        let code = behaviour.error_code.as_deref().unwrap_or(match status {
            401 | 403 => "invalid_api_key",
            429 => "rate_limit_exceeded",
            500.. => "server_error",
            _ => "invalid_request_error",
        });
        json!({"error": {"message": "scripted failure", "type": code, "param": null, "code": code}})
    }
}

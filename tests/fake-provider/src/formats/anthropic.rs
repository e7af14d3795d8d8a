//! Anthropic messages: named events, input usage at the start, output usage with the stop reason.

use serde_json::{Value, json};

use super::{Format, Usage};
use crate::scripts::Behaviour;

pub(crate) struct Anthropic;

fn event(data: &Value) -> String {
    let name = data.get("type").and_then(Value::as_str).unwrap_or("message");
    format!("event: {name}\ndata: {data}\n\n")
}

fn usage_object(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.input,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": usage.output,
    })
}

impl Format for Anthropic {
    const PATH: &'static str = "/v1/messages";

    fn opening(model: &str, usage: Usage) -> Vec<String> {
        let message = json!({
            "id": "msg_fake",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [],
            "stop_reason": null,
            "usage": usage_object(Usage { output: 0, ..usage }),
        });
        vec![
            event(&json!({"type": "message_start", "message": message})),
            event(
                &json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            ),
            event(&json!({"type": "ping"})),
        ]
    }

    fn chunk(_model: &str, text: &str) -> String {
        let delta = json!({"type": "text_delta", "text": text});
        event(&json!({"type": "content_block_delta", "index": 0, "delta": delta}))
    }

    fn closing(_model: &str, usage: Option<Usage>) -> Vec<String> {
        let delta = json!({"stop_reason": "end_turn", "stop_sequence": null});
        let usage = usage.map_or(json!({}), |usage| json!({"output_tokens": usage.output}));
        vec![
            event(&json!({"type": "content_block_stop", "index": 0})),
            event(&json!({"type": "message_delta", "delta": delta, "usage": usage})),
            event(&json!({"type": "message_stop"})),
        ]
    }

    fn whole(model: &str, text: &str, usage: Usage) -> Value {
        json!({
            "id": "msg_fake",
            "type": "message",
            "role": "assistant",
            "model": model,
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "stop_sequence": null,
            "usage": usage_object(usage),
        })
    }

    fn error(status: u16, behaviour: &Behaviour) -> Value {
        let kind = behaviour.error_code.as_deref().unwrap_or(match status {
            401 => "authentication_error",
            403 => "permission_error",
            429 => "rate_limit_error",
            529 => "overloaded_error",
            500.. => "api_error",
            _ => "invalid_request_error",
        });
        json!({
            "type": "error",
            "error": {"type": kind, "message": "scripted failure"},
            "request_id": "req_fake",
        })
    }
}

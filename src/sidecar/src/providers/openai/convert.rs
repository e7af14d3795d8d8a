//! Between our words and those of chat completions.

use platen_core::job::{Role, Usage};

use super::dialect::Dialect;
use super::wire::{ChatMessage, ChatRequest, ChunkUsage, StreamOptions};
use crate::providers::{CompletionRequest, FinishReason};

/// The JSON body of a call.
pub(super) fn request(request: &CompletionRequest, dialect: Dialect) -> ChatRequest<'_> {
    let messages = request
        .messages
        .iter()
        .map(|message| ChatMessage { role: role(message.role), content: &message.content })
        .collect();
    let has_openai_models = dialect.has_openai_models();
    let is_reasoning = has_openai_models && is_reasoning_model(&request.model);
    ChatRequest {
        model: &request.model,
        messages,
        stream: true,
        stream_options: dialect.must_ask_for_usage().then_some(StreamOptions { include_usage: true }),
        max_tokens: request.max_output_tokens.filter(|_| !has_openai_models),
        max_completion_tokens: request.max_output_tokens.filter(|_| has_openai_models),
        temperature: request.temperature.filter(|_| !is_reasoning),
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

/// Whether the model answers 400 to any temperature but its own.
fn is_reasoning_model(model: &str) -> bool {
    ["o1", "o3", "o4", "gpt-5"].iter().any(|family| {
        model.strip_prefix(family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    })
}

/// Cached and reasoning tokens are included in the totals, as ours are.
pub(super) fn usage(wire: &ChunkUsage) -> Usage {
    let cached = wire.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens);
    let reasoning = wire.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens);
    Usage {
        input_tokens: wire.prompt_tokens.unwrap_or(0),
        cached_input_tokens: cached.unwrap_or(0),
        output_tokens: wire.completion_tokens.unwrap_or(0),
        reasoning_tokens: reasoning.unwrap_or(0),
        cost_microusd: None,
        is_estimate: false,
    }
}

/// A word we do not know still means that the model stopped by itself.
pub(super) fn finish_reason(word: &str) -> FinishReason {
    match word {
        "length" | "model_length" => FinishReason::Length,
        "content_filter" => FinishReason::ContentFilter,
        "tool_calls" | "function_call" => FinishReason::ToolCalls,
        _ => FinishReason::Stop,
    }
}

#[cfg(test)]
mod tests {
    use platen_core::job::Message;
    use serde_json::{Value, json};

    use super::*;

    fn body(model: &str, dialect: Dialect) -> Value {
        let ours = CompletionRequest {
            model: model.to_owned(),
            messages: vec![
                Message { role: Role::System, content: "Be brief.".to_owned() },
                Message { role: Role::User, content: "Hello".to_owned() },
            ],
            max_output_tokens: Some(64),
            temperature: Some(0.5),
            request_id: "r1".to_owned(),
            traceparent: None,
        };
        serde_json::to_value(request(&ours, dialect)).unwrap()
    }

    #[test]
    fn a_compatible_server_gets_the_oldest_names() {
        let expected = json!({
            "model": "llama3.2", "stream": true, "stream_options": {"include_usage": true},
            "messages": [
                {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"},
            ],
            "max_tokens": 64, "temperature": 0.5,
        });

        assert_eq!(body("llama3.2", Dialect::Compatible), expected);
    }

    #[test]
    fn openai_gets_the_names_that_its_reasoning_models_take() {
        let plain = body("gpt-4o-mini", Dialect::OpenAi);
        let reasoning = body("gpt-5-mini", Dialect::Azure);

        assert_eq!(plain["max_completion_tokens"], 64);
        assert_eq!(plain["max_tokens"], Value::Null);
        assert_eq!(plain["temperature"], 0.5);
        assert_eq!(reasoning["temperature"], Value::Null);
    }

    #[test]
    fn mistral_gets_no_field_it_does_not_know() {
        let body = body("mistral-small-latest", Dialect::Mistral);

        let fields: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(fields, ["max_tokens", "messages", "model", "stream", "temperature"]);
    }

    #[test]
    fn only_reasoning_models_lose_their_temperature() {
        for model in ["o1", "o3-mini", "gpt-5", "gpt-5.1", "gpt-5-nano"] {
            assert!(is_reasoning_model(model), "{model}");
        }
        for model in ["gpt-4o", "gpt-50", "o10", "omni"] {
            assert!(!is_reasoning_model(model), "{model}");
        }
    }
}

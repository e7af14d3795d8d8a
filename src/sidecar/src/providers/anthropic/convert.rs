//! Between our words and those of the messages API.

use platen_core::job::{Message, Role, Usage};

use super::wire::{MessagesRequest, Turn, WireUsage};
use crate::providers::{CompletionRequest, FinishReason};

/// The ceiling when the site sets none: the API requires one, and every model since Claude 3 takes this one.
const DEFAULT_MAX_TOKENS: u32 = 4096;

/// The API's highest temperature; ours goes to 2.
const MAX_TEMPERATURE: f64 = 1.0;

/// Stands before a history that was trimmed to begin with an answer: the API wants the visitor to begin.
const TRIMMED_BEGINNING: &str = "(The beginning of this conversation is left out.)";

/// The JSON body of a call.
pub(super) fn request(request: &CompletionRequest) -> MessagesRequest<'_> {
    MessagesRequest {
        model: &request.model,
        max_tokens: request.max_output_tokens.unwrap_or(DEFAULT_MAX_TOKENS),
        system: system(&request.messages),
        messages: turns(&request.messages),
        stream: true,
        temperature: request.temperature.map(|temperature| temperature.min(MAX_TEMPERATURE)),
    }
}

fn system(messages: &[Message]) -> String {
    let texts: Vec<&str> = messages
        .iter()
        .filter(|message| message.role == Role::System)
        .map(|message| message.content.as_str())
        .collect();
    texts.join("\n\n")
}

/// The turns without the system's, and without blank ones, which the API refuses. Several turns of one
/// speaker in a row are allowed: the API joins them.
fn turns(messages: &[Message]) -> Vec<Turn<'_>> {
    let mut turns: Vec<Turn<'_>> = messages
        .iter()
        .filter(|message| !message.content.trim().is_empty())
        .filter_map(|message| Some(Turn { role: role(message.role)?, content: &message.content }))
        .collect();
    if turns.first().is_none_or(|turn| turn.role != "user") {
        turns.insert(0, Turn { role: "user", content: TRIMMED_BEGINNING });
    }
    turns
}

fn role(role: Role) -> Option<&'static str> {
    match role {
        Role::System => None,
        Role::User => Some("user"),
        Role::Assistant => Some("assistant"),
    }
}

/// Takes over the counts that an event carries; the ones it leaves out stand.
pub(super) fn update(counts: &mut Counts, wire: &WireUsage) {
    let update = |count: &mut u64, value: Option<u64>| *count = value.unwrap_or(*count);
    update(&mut counts.fresh, wire.input_tokens);
    update(&mut counts.cache_write, wire.cache_creation_input_tokens);
    update(&mut counts.cache_read, wire.cache_read_input_tokens);
    update(&mut counts.output, wire.output_tokens);
}

/// Anthropic's counts: its input is without what went into or came out of the cache.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    fresh: u64,
    cache_write: u64,
    cache_read: u64,
    output: u64,
}

impl From<Counts> for Usage {
    /// Ours include the cached tokens. Reasoning is part of the output and not told apart.
    fn from(counts: Counts) -> Self {
        Self {
            input_tokens: counts.fresh.saturating_add(counts.cache_write).saturating_add(counts.cache_read),
            cached_input_tokens: counts.cache_read,
            output_tokens: counts.output,
            reasoning_tokens: 0,
            cost_microusd: None,
            is_estimate: false,
        }
    }
}

/// A word we do not know still means that the model stopped by itself.
pub(super) fn finish_reason(word: &str) -> FinishReason {
    match word {
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "tool_use" => FinishReason::ToolCalls,
        "refusal" => FinishReason::ContentFilter,
        _ => FinishReason::Stop,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn body(messages: &[(Role, &str)], max_output_tokens: Option<u32>) -> Value {
        let messages = messages
            .iter()
            .map(|(role, content)| Message { role: *role, content: (*content).to_owned() })
            .collect();
        let ours = CompletionRequest {
            model: "claude-haiku-4-5".to_owned(),
            messages,
            max_output_tokens,
            temperature: Some(1.5),
            request_id: "r1".to_owned(),
            traceparent: None,
        };
        serde_json::to_value(request(&ours)).unwrap()
    }

    #[test]
    fn the_system_goes_to_the_top_and_the_ceiling_is_always_there() {
        let body =
            body(&[(Role::System, "Be brief."), (Role::User, "Hello"), (Role::System, "Be kind.")], None);

        let expected = json!({
            "model": "claude-haiku-4-5", "max_tokens": 4096, "system": "Be brief.\n\nBe kind.",
            "messages": [{"role": "user", "content": "Hello"}], "stream": true, "temperature": 1.0,
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn a_history_that_begins_with_an_answer_is_kept_whole() {
        let body = body(&[(Role::Assistant, "Hi"), (Role::User, " "), (Role::User, "Hello")], Some(5));

        let expected = json!([
            {"role": "user", "content": TRIMMED_BEGINNING},
            {"role": "assistant", "content": "Hi"},
            {"role": "user", "content": "Hello"},
        ]);
        assert_eq!(body["messages"], expected);
        assert_eq!(body["max_tokens"], 5);
        assert_eq!(body["system"], Value::Null);
    }

    #[test]
    fn cached_tokens_become_a_part_of_the_input() {
        let mut counts = Counts::default();
        let start = r#"{"input_tokens":10,"cache_creation_input_tokens":5,"cache_read_input_tokens":80,"output_tokens":1}"#;
        update(&mut counts, &serde_json::from_str(start).unwrap());
        update(&mut counts, &serde_json::from_str(r#"{"output_tokens":42}"#).unwrap());

        let usage = Usage::from(counts);

        assert_eq!((usage.input_tokens, usage.cached_input_tokens, usage.output_tokens), (95, 80, 42));
    }
}

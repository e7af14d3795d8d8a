//! The two wire formats, as the providers document them.

mod anthropic;
mod openai;

use serde_json::Value;

pub(crate) use anthropic::Anthropic;
pub(crate) use openai::OpenAi;

use crate::scripts::Behaviour;

/// What an answer cost, by counting words: enough for a test to see the numbers arrive.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) input: usize,
    pub(crate) output: usize,
}

/// One provider's way to write answers.
pub(crate) trait Format: Send + Sync + 'static {
    /// The path it is served on.
    const PATH: &'static str;

    /// The events before the first chunk, each a whole SSE event.
    fn opening(model: &str, usage: Usage) -> Vec<String>;

    /// One chunk of text.
    fn chunk(model: &str, text: &str) -> String;

    /// The events after the last chunk.
    fn closing(model: &str, usage: Option<Usage>) -> Vec<String>;

    /// The whole answer of a call that is not streamed.
    fn whole(model: &str, text: &str, usage: Usage) -> Value;

    /// The body of an error answer.
    fn error(status: u16, behaviour: &Behaviour) -> Value;
}

fn count_words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// The text of the last user message; content may be a string or a list of parts.
pub(crate) fn last_question(body: &Value) -> String {
    let messages = body.get("messages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_user = |message: &&Value| message.get("role").and_then(Value::as_str) == Some("user");
    messages.iter().rev().find(is_user).map(text_of).unwrap_or_default()
}

/// Counts the words of all messages and of the answer.
pub(crate) fn usage_of(body: &Value, chunks: &[String]) -> Usage {
    let messages = body.get("messages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Usage {
        input: messages.iter().map(|message| count_words(&text_of(message))).sum(),
        output: chunks.iter().map(|chunk| count_words(chunk)).sum(),
    }
}

fn text_of(message: &Value) -> String {
    match message.get("content") {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts
            .iter()
            .filter_map(|part| part.get("text").and_then(Value::as_str))
            .collect::<Vec<_>>()
            .join("\n"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_question_is_the_last_user_message_in_either_shape() {
        let body = serde_json::json!({"messages": [
            {"role": "user", "content": "first"},
            {"role": "assistant", "content": "answer"},
            {"role": "user", "content": [{"type": "text", "text": "second"}]},
        ]});

        assert_eq!(last_question(&body), "second");
    }
}

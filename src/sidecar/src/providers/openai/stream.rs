//! The stream of chat completions: chunks of JSON, then `[DONE]`.

use std::collections::VecDeque;

use platen_core::job::Usage;
use platen_core::sse::Event;

use super::convert;
use super::wire::{Chunk, Content, Delta};
use crate::providers::event_stream::Decoder;
use crate::providers::{CompletionEvent, Finish, FinishReason, ProviderError};

const DONE: &str = "[DONE]";

/// Collects what the chunks say until `[DONE]`. Usage comes in a chunk after the finish reason, so the end
/// is told only then; with several counts, as some servers send one per chunk, the last is the whole.
pub(super) struct ChatDecoder {
    model: String,
    finish_reason: Option<FinishReason>,
    usage: Option<Usage>,
}

impl ChatDecoder {
    /// `model` is the one that was asked for, in case the server does not say which one answers.
    pub(super) fn new(model: String) -> Self {
        Self { model, finish_reason: None, usage: None }
    }

    fn finish(&self) -> Finish {
        Finish {
            finish_reason: self.finish_reason.unwrap_or(FinishReason::Stop),
            model: self.model.clone(),
            usage: self.usage.clone(),
        }
    }
}

impl Decoder for ChatDecoder {
    fn decode(&mut self, event: &Event, out: &mut VecDeque<CompletionEvent>) -> Result<(), ProviderError> {
        if event.data.trim() == DONE {
            out.push_back(CompletionEvent::Finished(self.finish()));
            return Ok(());
        }
        let chunk: Chunk = serde_json::from_str(&event.data).map_err(ProviderError::malformed)?;
        if let Some(error) = chunk.error {
            return Err(error.into_error());
        }
        if let Some(model) = chunk.model.filter(|model| !model.is_empty()) {
            self.model = model;
        }
        if let Some(usage) = &chunk.usage {
            self.usage = Some(convert::usage(usage));
        }
        // More than one choice is never asked for.
        if let Some(choice) = chunk.choices.into_iter().flatten().next() {
            if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
                self.finish_reason = Some(convert::finish_reason(&reason));
            }
            let texts = choice.delta.into_iter().flat_map(text).filter(|text| !text.is_empty());
            out.extend(texts.map(CompletionEvent::Delta));
        }
        Ok(())
    }
}

/// The visible text of a delta. A model's thoughts are none.
fn text(delta: Delta) -> impl Iterator<Item = String> {
    let content = match delta.content {
        None => Vec::new(),
        Some(Content::Text(text)) => vec![text],
        Some(Content::Parts(parts)) => {
            parts.into_iter().filter(|part| part.kind == "text").filter_map(|part| part.text).collect()
        }
    };
    content.into_iter().chain(delta.refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text and the end that these chunks make.
    fn decode(chunks: &[&str]) -> (String, Option<Finish>) {
        let mut decoder = ChatDecoder::new("asked-for".to_owned());
        let mut events = VecDeque::new();
        for chunk in chunks {
            let event = Event { data: (*chunk).to_owned(), ..Event::default() };
            decoder.decode(&event, &mut events).unwrap();
        }
        let (mut text, mut end) = (String::new(), None);
        for event in events {
            match event {
                CompletionEvent::Delta(more) => text.push_str(&more),
                CompletionEvent::Finished(finish) => end = Some(finish),
            }
        }
        (text, end)
    }

    #[test]
    fn servers_that_write_null_or_nothing_are_understood() {
        let (text, end) = decode(&[
            r#"{"choices":null,"usage":null,"error":null,"model":null}"#,
            r#"{"choices":[{"delta":null,"finish_reason":""}]}"#,
            r#"{"choices":[{"delta":{"content":null,"refusal":null},"finish_reason":null}]}"#,
            r#"{"choices":[{"delta":{"content":"Hi"}}],"usage":{"prompt_tokens":null}}"#,
            "[DONE]",
        ]);

        let finish = end.unwrap();
        assert_eq!((text.as_str(), finish.model.as_str()), ("Hi", "asked-for"));
        assert_eq!(finish.finish_reason, FinishReason::Stop);
    }

    #[test]
    fn typed_parts_give_their_text_and_not_the_thoughts() {
        let parts = r#"{"choices":[{"delta":{"content":[
            {"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"Hi"}]}}]}"#;

        assert_eq!(decode(&[parts]).0, "Hi");
    }

    #[test]
    fn a_refusal_is_what_the_visitor_reads() {
        assert_eq!(decode(&[r#"{"choices":[{"delta":{"refusal":"I will not."}}]}"#]).0, "I will not.");
    }

    #[test]
    fn the_last_of_several_counts_is_the_whole() {
        let (_, end) = decode(&[
            r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":1}}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":9}}"#,
            "[DONE]",
        ]);

        assert_eq!(end.unwrap().usage.unwrap().output_tokens, 9);
    }
}

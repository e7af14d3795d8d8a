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
        if let Some(choice) = chunk.choices.into_iter().next() {
            if let Some(reason) = choice.finish_reason {
                self.finish_reason = Some(convert::finish_reason(&reason));
            }
            out.extend(text(choice.delta).filter(|text| !text.is_empty()).map(CompletionEvent::Delta));
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

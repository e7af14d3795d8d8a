//! The stream of the messages API: named events, `message_stop` at the end.

use std::collections::VecDeque;

use platen_core::sse::Event;

use super::convert::{self, Counts};
use super::wire::{Block, MessageStart, StreamEvent};
use crate::providers::event_stream::Decoder;
use crate::providers::{CompletionEvent, Finish, FinishReason, ProviderError};

/// Collects what the events say until `message_stop`.
pub(super) struct MessageDecoder {
    model: String,
    finish_reason: FinishReason,
    /// `None` until a count came.
    counts: Option<Counts>,
}

impl MessageDecoder {
    /// `model` is the one that was asked for, in case the server does not say which one answers.
    pub(super) fn new(model: String) -> Self {
        Self { model, finish_reason: FinishReason::Stop, counts: None }
    }

    fn start(&mut self, message: MessageStart) {
        if let Some(model) = message.model.filter(|model| !model.is_empty()) {
            self.model = model;
        }
        if let Some(usage) = &message.usage {
            convert::update(self.counts.get_or_insert_default(), usage);
        }
    }

    fn finish(&self) -> Finish {
        Finish {
            finish_reason: self.finish_reason,
            model: self.model.clone(),
            usage: self.counts.map(Into::into),
        }
    }
}

impl Decoder for MessageDecoder {
    fn decode(&mut self, event: &Event, out: &mut VecDeque<CompletionEvent>) -> Result<(), ProviderError> {
        match serde_json::from_str(&event.data).map_err(ProviderError::malformed)? {
            StreamEvent::MessageStart { message } => self.start(message),
            StreamEvent::ContentBlockStart { content_block: Block::Text { text } }
            | StreamEvent::ContentBlockDelta { delta: Block::Text { text } } => {
                if !text.is_empty() {
                    out.push_back(CompletionEvent::Delta(text));
                }
            }
            StreamEvent::MessageDelta { delta, usage } => {
                if let Some(reason) = delta.stop_reason {
                    self.finish_reason = convert::finish_reason(&reason);
                }
                if let Some(usage) = &usage {
                    convert::update(self.counts.get_or_insert_default(), usage);
                }
            }
            StreamEvent::MessageStop => out.push_back(CompletionEvent::Finished(self.finish())),
            StreamEvent::Error { error } => return Err(error.into_error()),
            StreamEvent::ContentBlockStart { content_block: Block::Other }
            | StreamEvent::ContentBlockDelta { delta: Block::Other }
            | StreamEvent::Other => {}
        }
        Ok(())
    }
}

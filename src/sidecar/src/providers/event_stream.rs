//! From the bytes of a provider's answer to [`CompletionEvent`]s, the same for every wire format.

use std::collections::VecDeque;

use futures_util::stream;
use platen_core::limits::MAX_ANSWER_BYTES;
use platen_core::sse::{Event, Parser};

use super::http_client::Body;
use super::{CompletionEvent, CompletionStream, ProviderError};

/// The largest single event of a provider, in bytes. Far above any real one, and as much as an answer may be.
const MAX_EVENT_BYTES: usize = MAX_ANSWER_BYTES;

/// Knows one wire format.
pub(super) trait Decoder: Send + 'static {
    /// Takes one event and appends what it means. After [`CompletionEvent::Finished`] nothing more is asked.
    fn decode(&mut self, event: &Event, out: &mut VecDeque<CompletionEvent>) -> Result<(), ProviderError>;
}

/// Reads the body to its final event. The connection is dropped as soon as the stream ends or fails.
pub(super) fn read(body: Body, decoder: impl Decoder) -> CompletionStream {
    let reader = Reader {
        body,
        decoder,
        parser: Parser::new(MAX_EVENT_BYTES),
        ready: VecDeque::new(),
        failure: None,
        text_bytes: 0,
        is_over: false,
    };
    Box::pin(stream::unfold(Some(reader), |reader| async {
        let mut reader = reader?;
        match reader.next().await {
            Ok(event) => Some((Ok(event), (!reader.is_over).then_some(reader))),
            Err(error) => Some((Err(error), None)),
        }
    }))
}

struct Reader<D> {
    body: Body,
    decoder: D,
    parser: Parser,
    ready: VecDeque<CompletionEvent>,
    /// What ended the stream, told after the events that came before it.
    failure: Option<ProviderError>,
    text_bytes: usize,
    is_over: bool,
}

impl<D: Decoder> Reader<D> {
    async fn next(&mut self) -> Result<CompletionEvent, ProviderError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return self.give(event);
            }
            if let Some(error) = self.failure.take() {
                return Err(error);
            }
            let chunk = self.body.chunk().await?.ok_or(ProviderError::Truncated)?;
            self.take(&chunk);
        }
    }

    fn take(&mut self, chunk: &[u8]) {
        let events = match self.parser.push(chunk) {
            Ok(events) => events,
            Err(error) => {
                self.failure = Some(ProviderError::too_large(error.limit_bytes));
                return;
            }
        };
        for event in events {
            if let Err(error) = self.decoder.decode(&event, &mut self.ready) {
                self.failure = Some(error);
                return;
            }
            if matches!(self.ready.back(), Some(CompletionEvent::Finished(_))) {
                return;
            }
        }
    }

    /// Gives an event; text that is there already goes along, so that a burst costs one step and not many.
    fn give(&mut self, event: CompletionEvent) -> Result<CompletionEvent, ProviderError> {
        let CompletionEvent::Delta(mut text) = event else {
            self.is_over = true;
            return Ok(event);
        };
        while let Some(CompletionEvent::Delta(more)) = self.ready.front() {
            text.push_str(more);
            self.ready.pop_front();
        }
        self.text_bytes = self.text_bytes.saturating_add(text.len());
        if self.text_bytes > MAX_ANSWER_BYTES {
            return Err(ProviderError::too_large(MAX_ANSWER_BYTES));
        }
        Ok(CompletionEvent::Delta(text))
    }
}

//! The offline demonstration: no key, no network, no model. It says so in every answer, and uses the question
//! and the history so that streaming and memory can be seen working.

mod answer;
mod name;

use std::time::Duration;

use futures_util::stream;
use platen_core::job::{Message, Usage};
use platen_core::tokens;

use super::{
    CompletionEvent, CompletionRequest, CompletionStream, Finish, FinishReason, Provider, ProviderFuture,
};
use crate::config::ProviderConfig;

/// Answers from a script, word by word.
pub(super) struct Offline {
    name: String,
    pace: Duration,
}

impl Offline {
    pub(super) fn new(config: &ProviderConfig) -> Self {
        Self { name: config.name.clone(), pace: config.pace }
    }
}

impl Provider for Offline {
    fn name(&self) -> &str {
        &self.name
    }

    fn complete(&self, request: CompletionRequest) -> ProviderFuture<'_> {
        let pace = self.pace;
        Box::pin(async move { Ok(stream_words(&request, pace)) })
    }
}

fn stream_words(request: &CompletionRequest, pace: Duration) -> CompletionStream {
    let text = answer::compose(&request.messages);
    let mut words: Vec<String> = text.split_inclusive(' ').map(str::to_owned).collect();
    // A word is at least one token, so this keeps the ceiling without counting.
    let ceiling = request.max_output_tokens.and_then(|tokens| usize::try_from(tokens).ok());
    let is_cut = ceiling.is_some_and(|ceiling| ceiling < words.len());
    words.truncate(ceiling.unwrap_or(usize::MAX));
    let finish = Finish {
        finish_reason: if is_cut { FinishReason::Length } else { FinishReason::Stop },
        model: request.model.clone(),
        usage: Some(usage(&request.messages, &words.concat(), &request.model)),
    };
    let events = words
        .into_iter()
        .map(CompletionEvent::Delta)
        .chain(std::iter::once(CompletionEvent::Finished(finish)));
    Box::pin(stream::unfold(events, move |mut events| async move {
        let event = events.next()?;
        tokio::time::sleep(pace).await;
        Some((Ok(event), events))
    }))
}

/// Nothing was billed, but the counts make the statistics of a demonstration worth looking at.
fn usage(messages: &[Message], answer: &str, model: &str) -> Usage {
    let count = |text: &str| u64::try_from(tokens::count(text, model).tokens).unwrap_or(u64::MAX);
    Usage {
        input_tokens: messages.iter().map(|message| count(&message.content)).sum(),
        output_tokens: count(answer),
        cost_microusd: Some(0),
        is_estimate: true,
        ..Usage::default()
    }
}

#[cfg(test)]
mod tests;

//! What an answer used and what it cost.

use platen_core::job::{Message, Usage};

use super::models::Route;

/// English text has about four bytes to a token with every current vocabulary; this is only said, and marked
/// as an estimate, when the provider reports nothing.
const BYTES_PER_TOKEN: u64 = 4;

/// The provider's own numbers, or an estimate of them, with their price.
pub(super) fn of_answer(reported: Option<Usage>, messages: &[Message], answer: &str, route: &Route) -> Usage {
    let mut usage = reported.unwrap_or_else(|| estimate(messages, answer));
    if usage.cost_microusd.is_none() {
        usage.cost_microusd = route.price.map(|price| price.of(&usage));
    }
    usage
}

/// What a cut answer has probably cost: providers charge for what they sent.
pub(super) fn of_partial(messages: &[Message], text: &str, route: &Route) -> Option<Usage> {
    (!text.is_empty()).then(|| of_answer(None, messages, text, route))
}

fn estimate(messages: &[Message], answer: &str) -> Usage {
    let tokens = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX).div_ceil(BYTES_PER_TOKEN);
    Usage {
        input_tokens: messages.iter().map(|message| tokens(message.content.len())).sum(),
        output_tokens: tokens(answer.len()),
        is_estimate: true,
        ..Usage::default()
    }
}

//! What an answer used and what it cost.

use platen_core::job::{Message, Role, Usage};
use platen_core::tokens;

use super::models::Route;

/// The provider's own numbers, or ours, with their price.
pub(super) async fn of_answer(
    reported: Option<Usage>,
    messages: &[Message],
    answer: &str,
    route: &Route,
) -> Usage {
    let mut usage = match reported {
        Some(usage) => usage,
        None => estimate(messages.to_vec(), answer.to_owned(), route.model.clone()).await,
    };
    if usage.cost_microusd.is_none() {
        usage.cost_microusd = route.price.map(|price| price.of(&usage));
    }
    usage
}

/// What a cut answer has probably cost: providers charge for what they sent.
pub(super) async fn of_partial(messages: &[Message], text: &str, route: &Route) -> Option<Usage> {
    if text.is_empty() {
        return None;
    }
    Some(of_answer(None, messages, text, route).await)
}

/// Counts with the model's vocabulary. A megabyte takes a while, so not on a thread that serves others.
async fn estimate(messages: Vec<Message>, answer: String, model: String) -> Usage {
    let counting = tokio::task::spawn_blocking(move || {
        let spoken = messages.iter().map(|message| (role(message.role), message.content.as_str()));
        (tokens::count_conversation(spoken, &model).tokens, tokens::count(&answer, &model).tokens)
    });
    // The count is lost only when the process ends.
    let (input, output) = counting.await.unwrap_or_default();
    Usage {
        input_tokens: u64::try_from(input).unwrap_or(u64::MAX),
        output_tokens: u64::try_from(output).unwrap_or(u64::MAX),
        is_estimate: true,
        ..Usage::default()
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

use super::{ModelInfo, model_info};

/// What each chat message costs beside its role and its content, in tokens: the marks of its beginning and end
/// (OpenAI's cookbook, "How to count tokens with tiktoken", for every chat model since `gpt-3.5-turbo-0613`).
pub const MESSAGE_OVERHEAD_TOKENS: usize = 3;

/// What the beginning of the answer costs once per request, in tokens (same source).
pub const REPLY_PRIMING_TOKENS: usize = 3;

/// A number of tokens and whether it is the model's own count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenCount {
    /// How many tokens.
    pub tokens: usize,
    /// False when the number is an estimate, rather high than low; [`ModelInfo::error_percent`] says how good.
    pub is_exact: bool,
}

/// Counts the tokens of a text for a model; see [`model_info`] for what is exact.
///
/// ```
/// use platen_core::tokens::{TokenCount, count};
///
/// assert_eq!(count("Hello, world!", "gpt-4o"), TokenCount { tokens: 4, is_exact: true });
/// ```
pub fn count(text: &str, model: &str) -> TokenCount {
    model_info(model).count(text)
}

/// Counts one chat message: [`MESSAGE_OVERHEAD_TOKENS`], its role and its content.
///
/// A request costs the sum over its messages and [`REPLY_PRIMING_TOKENS`]; see [`count_conversation`].
pub fn count_message(role: &str, content: &str, model: &str) -> TokenCount {
    count_message_with(role, content, &model_info(model))
}

/// Counts a whole chat request, given as pairs of role and content: its messages and [`REPLY_PRIMING_TOKENS`].
pub fn count_conversation<'m>(
    messages: impl IntoIterator<Item = (&'m str, &'m str)>,
    model: &str,
) -> TokenCount {
    let info = model_info(model);
    let messages =
        messages.into_iter().map(|(role, content)| count_message_with(role, content, &info).tokens);
    let tokens = messages.fold(REPLY_PRIMING_TOKENS, usize::saturating_add);
    TokenCount { tokens, is_exact: info.is_exact() }
}

fn count_message_with(role: &str, content: &str, info: &ModelInfo) -> TokenCount {
    let tokens = [role, content].into_iter().map(|text| info.count_again(text).tokens);
    let tokens = tokens.fold(MESSAGE_OVERHEAD_TOKENS, usize::saturating_add);
    TokenCount { tokens, is_exact: info.is_exact() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_costs_its_role_its_content_and_three() {
        assert_eq!(count_message("user", "Hello, world!", "gpt-4o").tokens, 3 + 1 + 4);
    }

    #[test]
    fn the_cookbooks_conversation_has_the_published_number_of_tokens() {
        let messages = [
            (
                "system",
                "You are a helpful, pattern-following assistant that translates corporate jargon into plain English.",
            ),
            ("system", "New synergies will help drive top-line growth."),
            ("system", "Things working well together will increase revenue."),
            (
                "system",
                "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
            ),
            ("system", "Let's talk later when we're less busy about how to do better."),
            (
                "user",
                "This late pivot means we don't have time to boil the ocean for the client deliverable.",
            ),
        ];
        // Two of the published messages each have these names, and a name costs one more than its text.
        let names = |model| {
            ["example_user", "example_assistant"]
                .iter()
                .map(|name| 2 * (count(name, model).tokens + 1))
                .sum::<usize>()
        };

        assert_eq!(count_conversation(messages, "gpt-4").tokens + names("gpt-4"), 129);
        assert_eq!(count_conversation(messages, "gpt-4o").tokens + names("gpt-4o"), 124);
    }

    #[test]
    fn an_estimate_says_so() {
        assert!(!count("Hello, world!", "claude-sonnet-4-5").is_exact);
        assert!(count("Hello, world!", "claude-sonnet-4-5").tokens >= 4);
        assert_eq!(count("", "claude-sonnet-4-5").tokens, 0);
    }
}

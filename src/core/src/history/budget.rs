/// How many tokens a conversation may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenBudget {
    /// What the model takes in and gives out together, in tokens.
    pub max_tokens: usize,
    /// What is kept free for the answer and for what every request costs, such as
    /// [`REPLY_PRIMING_TOKENS`](crate::tokens::REPLY_PRIMING_TOKENS).
    pub reserve_for_output: usize,
}

impl TokenBudget {
    /// What is left for the conversation, in tokens.
    pub fn available(self) -> usize {
        self.max_tokens.saturating_sub(self.reserve_for_output)
    }
}

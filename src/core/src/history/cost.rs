/// Who speaks, as far as trimming must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HistoryRole {
    /// Instructions; never dropped.
    System,
    /// The visitor. Begins a turn.
    User,
    /// The model; may call tools.
    Assistant,
    /// The result of a tool call.
    Tool,
}

impl HistoryRole {
    /// Reads the word that chat APIs use. `developer` is OpenAI's later word for `system`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "system" | "developer" => Some(Self::System),
            "user" => Some(Self::User),
            "assistant" => Some(Self::Assistant),
            "tool" => Some(Self::Tool),
            _ => None,
        }
    }
}

/// One message of a conversation: what it costs and what it belongs to, but not what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageCost<'m> {
    /// Who speaks.
    pub role: HistoryRole,
    /// What the message costs, with its overhead; see [`count_message`](crate::tokens::count_message).
    pub tokens: usize,
    /// Whether the caller wants it kept whatever its age.
    pub is_pinned: bool,
    /// The ids of the tool calls that the message makes; empty for most.
    pub tool_call_ids: Vec<&'m str>,
    /// The id of the tool call whose result the message is.
    pub answers_to: Option<&'m str>,
}

impl MessageCost<'_> {
    /// A message that is neither pinned nor has to do with tools.
    pub fn plain(role: HistoryRole, tokens: usize) -> Self {
        Self { role, tokens, is_pinned: false, tool_call_ids: Vec::new(), answers_to: None }
    }
}

use std::collections::HashMap;

use thiserror::Error;

use super::{HistoryRole, MessageCost, TokenBudget};

/// What is left of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrimReport {
    /// The places of the messages that stay, in their order.
    pub kept: Vec<usize>,
    /// How many messages go.
    pub dropped: usize,
    /// What all messages cost, in tokens.
    pub tokens_before: usize,
    /// What the messages that stay and the marker cost, in tokens; never more than the budget leaves.
    pub tokens_after: usize,
    /// Before which message of the whole conversation the marker stands; `None` when there is none.
    pub marker_at: Option<usize>,
}

/// What else trimming is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrimOptions {
    /// How many messages at the beginning stay as if they were pinned.
    pub keep_first: usize,
    /// What a message costs, in tokens, that stands where the first messages were dropped: usually a summary of them.
    pub marker_tokens: Option<usize>,
}

/// Why a conversation cannot be trimmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TrimError {
    /// The messages that always stay cost more than there is.
    #[error("the messages that must stay need {needed} tokens, and the budget has {available}")]
    BudgetTooSmall {
        /// What system and pinned messages and the newest question cost together.
        needed: usize,
        /// What the budget leaves for the conversation.
        available: usize,
    },
}

impl TrimError {
    /// The stable code of the failure.
    pub fn code(self) -> crate::code::ErrorCode {
        match self {
            Self::BudgetTooSmall { .. } => crate::code::ErrorCode::InvalidRequest,
        }
    }
}

/// Chooses the messages of a conversation that fit a budget.
///
/// - System messages and pinned messages stay, and so does the newest message of the user: a conversation
///   without its question is worth nothing.
/// - Of the others the newest stay, without a gap: the first one that does not fit goes, and all before it.
/// - A tool call and its results stay or go together, and are pinned when one of them is. A result whose call
///   is not in the conversation goes, because providers refuse it; unless it is pinned.
/// - The first message that is neither a system message nor pinned is one of the user: what would come before
///   it goes. A conversation that fits can lose its greeting this way.
///
/// Takes time in proportion to the number of messages.
///
/// # Errors
/// [`TrimError::BudgetTooSmall`] when the messages that always stay cost more than the budget leaves.
///
/// ```
/// use platen_core::history::{HistoryRole, MessageCost, TokenBudget, trim};
///
/// let messages = [
///     MessageCost::plain(HistoryRole::System, 10),
///     MessageCost::plain(HistoryRole::User, 40),
///     MessageCost::plain(HistoryRole::Assistant, 40),
///     MessageCost::plain(HistoryRole::User, 20),
/// ];
/// let report = trim(&messages, TokenBudget { max_tokens: 100, reserve_for_output: 20 }).unwrap();
///
/// assert_eq!(report.kept, [0, 3]);
/// assert_eq!(report.tokens_after, 30);
/// ```
pub fn trim(messages: &[MessageCost<'_>], budget: TokenBudget) -> Result<TrimReport, TrimError> {
    trim_with(messages, budget, TrimOptions::default())
}

/// As [`trim`], with options.
///
/// # Errors
/// [`TrimError::BudgetTooSmall`] when the messages that always stay, and the marker where it is needed, cost more
/// than the budget leaves.
pub fn trim_with(
    messages: &[MessageCost<'_>],
    budget: TokenBudget,
    options: TrimOptions,
) -> Result<TrimReport, TrimError> {
    let groups = group(messages, options.keep_first);
    let report = trim_groups(messages, &groups, budget.available(), 0)?;
    let Some(marker_tokens) = options.marker_tokens.filter(|_| report.dropped > 0) else { return Ok(report) };
    let report = trim_groups(messages, &groups, budget.available(), marker_tokens)?;
    let first_dropped = report.kept.iter().zip(0..).take_while(|(kept, place)| *kept == place).count();
    Ok(TrimReport { marker_at: Some(first_dropped), ..report })
}

fn trim_groups(
    messages: &[MessageCost<'_>],
    groups: &[Group],
    available: usize,
    extra_tokens: usize,
) -> Result<TrimReport, TrimError> {
    let always = groups.iter().filter(|group| group.keep == Keep::Always);
    let needed = cost(always).saturating_add(extra_tokens);
    if needed > available {
        return Err(TrimError::BudgetTooSmall { needed, available });
    }
    let chosen = choose(groups, available - needed);
    let mut kept: Vec<usize> = chosen.iter().flat_map(|group| group.members.iter().copied()).collect();
    kept.sort_unstable();
    Ok(TrimReport {
        dropped: messages.len() - kept.len(),
        tokens_before: messages.iter().fold(0, |sum, message| sum.saturating_add(message.tokens)),
        tokens_after: cost(chosen).saturating_add(extra_tokens),
        kept,
        marker_at: None,
    })
}

/// Messages that stay or go together: a tool call with its results, or one message.
struct Group {
    /// Their places, in order.
    members: Vec<usize>,
    tokens: usize,
    begins_turn: bool,
    keep: Keep,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keep {
    Always,
    IfItFits,
    Never,
}

/// The groups of a conversation, in the order of their first messages.
fn group(messages: &[MessageCost<'_>], keep_first: usize) -> Vec<Group> {
    let is_question =
        |message: &MessageCost<'_>| message.role == HistoryRole::User && message.answers_to.is_none();
    let newest_question = messages.iter().rposition(is_question);
    let mut groups: Vec<Group> = Vec::with_capacity(messages.len());
    // Some APIs count their call ids anew in each answer: a result belongs to the last call with its id.
    let mut callers: HashMap<&str, usize> = HashMap::new();
    for (place, message) in messages.iter().enumerate() {
        let caller = message.answers_to.and_then(|id| callers.get(id).copied());
        let own = caller.unwrap_or(groups.len());
        for id in &message.tool_call_ids {
            callers.insert(id, own);
        }
        if caller.is_none() {
            let is_orphan = message.role == HistoryRole::Tool || message.answers_to.is_some();
            groups.push(Group {
                members: Vec::with_capacity(1),
                tokens: 0,
                begins_turn: is_question(message),
                keep: if is_orphan { Keep::Never } else { Keep::IfItFits },
            });
        }
        if let Some(group) = groups.get_mut(own) {
            group.members.push(place);
            group.tokens = group.tokens.saturating_add(message.tokens);
            let is_pinned = message.is_pinned || place < keep_first;
            if is_pinned || message.role == HistoryRole::System || newest_question == Some(place) {
                group.keep = Keep::Always;
            }
        }
    }
    groups
}

/// The groups that stay: those that always do, and of the others the newest that cost at most `room`.
fn choose(groups: &[Group], room: usize) -> Vec<&Group> {
    let mut left = Some(room);
    let mut chosen: Vec<&Group> = Vec::with_capacity(groups.len());
    for group in groups.iter().rev() {
        match group.keep {
            Keep::Always => chosen.push(group),
            Keep::Never => {}
            Keep::IfItFits => {
                left = left.and_then(|left| left.checked_sub(group.tokens));
                if left.is_some() {
                    chosen.push(group);
                }
            }
        }
    }
    chosen.reverse();
    let mut has_begun = false;
    chosen.retain(|group| {
        has_begun |= group.begins_turn;
        has_begun || group.keep == Keep::Always
    });
    chosen
}

fn cost<'g>(groups: impl IntoIterator<Item = &'g Group>) -> usize {
    groups.into_iter().fold(0, |sum, group| sum.saturating_add(group.tokens))
}

#[cfg(test)]
mod tests;

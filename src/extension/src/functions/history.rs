//! Trimming a conversation to a budget of tokens.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::BailoutGuard;
use platen_core::history::{HistoryRole, MessageCost, TokenBudget, TrimReport, trim};
use platen_core::limits::MAX_TEXT_BYTES;
use platen_core::tokens;

use crate::convert::{text, values};
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::{Int, Items, Text};

/// Drops the oldest messages until the rest fits. The messages that stay are the caller's own, not copies.
#[php_function]
#[php(name = "Platen\\trim_history", defaults(model = "\"\"", reserve = 0))]
fn trim_history(
    messages: Items<'_>,
    max_tokens: Int,
    model: Text<'_>,
    reserve: Int,
) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let budget = TokenBudget {
            max_tokens: amount("max_tokens", max_tokens)?,
            reserve_for_output: amount("reserve", reserve)?,
        };
        let given: Vec<&Zval> = values(messages.0).map(Zval::dereference).collect();
        let report = trim(&costs(&given, model.as_str())?, budget)?;
        drop(given);
        // PHP may end the request for want of memory while the array is built; the report is freed even then.
        let report = BailoutGuard::new(report);
        result(messages.0, &report)
    })
}

fn result(messages: &ZendHashTable, report: &TrimReport) -> Result<ZBox<ZendHashTable>, Failure> {
    let mut kept = ZendHashTable::with_capacity(u32::try_from(report.kept.len()).unwrap_or(0));
    let mut places = report.kept.iter().copied().peekable();
    for (place, message) in values(messages).enumerate() {
        if places.next_if_eq(&place).is_some() {
            kept.push(message.dereference().shallow_clone())?;
        }
    }
    let mut result = ZendHashTable::with_capacity(5);
    result.insert("messages", kept)?;
    result.insert("kept", report.kept.len())?;
    result.insert("dropped", report.dropped)?;
    result.insert("tokens_before", report.tokens_before)?;
    result.insert("tokens_after", report.tokens_after)?;
    Ok(result)
}

fn costs<'a>(messages: &[&'a Zval], model: &str) -> Result<Vec<MessageCost<'a>>, Failure> {
    let mut room = MAX_TEXT_BYTES;
    messages
        .iter()
        .enumerate()
        .map(|(place, message)| {
            let message = message.array().ok_or_else(|| refused(place, "is not an array"))?;
            Reader { message, place, model }.cost(&mut room)
        })
        .collect()
}

/// One message of the caller, `['role' => …, 'content' => …]`, at its place in the list.
struct Reader<'a, 'm> {
    message: &'a ZendHashTable,
    place: usize,
    model: &'m str,
}

impl<'a> Reader<'a, '_> {
    fn cost(&self, room: &mut usize) -> Result<MessageCost<'a>, Failure> {
        let name = self.text("role")?.unwrap_or_default();
        let role = HistoryRole::from_name(name)
            .ok_or_else(|| refused(self.place, "has no role of system, user, assistant or tool"))?;
        let content = self.text("content")?.unwrap_or_default();
        take(room, content)?;
        let mut tokens = tokens::count_message(name, content, self.model).tokens;
        let mut tool_call_ids = Vec::new();
        for call in self.tool_calls()? {
            let call =
                call.dereference().array().ok_or_else(|| refused(self.place, "has a malformed tool call"))?;
            tool_call_ids.extend(call.get("id").and_then(text));
            let function = call.get("function").and_then(|function| function.dereference().array());
            for part in ["name", "arguments"] {
                let part =
                    function.and_then(|function| function.get(part)).and_then(text).unwrap_or_default();
                take(room, part)?;
                tokens = tokens.saturating_add(tokens::count(part, self.model).tokens);
            }
        }
        Ok(MessageCost {
            role,
            tokens,
            is_pinned: self.is_pinned()?,
            tool_call_ids,
            answers_to: self.text("tool_call_id")?,
        })
    }

    /// A field that may be missing or null.
    fn field(&self, name: &str) -> Option<&'a Zval> {
        self.message.get(name).map(Zval::dereference).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, Failure> {
        let Some(value) = self.field(name) else { return Ok(None) };
        let text = text(value)
            .ok_or_else(|| refused(self.place, &format!("has a {name} that is not UTF-8 text")))?;
        Ok(Some(text))
    }

    fn is_pinned(&self) -> Result<bool, Failure> {
        let Some(value) = self.field("pinned") else { return Ok(false) };
        value.bool().ok_or_else(|| refused(self.place, "has a pinned that is neither true nor false"))
    }

    fn tool_calls(&self) -> Result<impl Iterator<Item = &'a Zval>, Failure> {
        let calls = match self.field("tool_calls") {
            None => None,
            Some(value) => {
                Some(value.array().ok_or_else(|| refused(self.place, "has tool_calls that are no list"))?)
            }
        };
        Ok(calls.into_iter().flat_map(values))
    }
}

/// All texts of one call share the limit of one text.
fn take(room: &mut usize, text: &str) -> Result<(), Failure> {
    *room = room.checked_sub(text.len()).ok_or(Failure::TooLarge {
        what: "the text of the messages",
        actual: MAX_TEXT_BYTES.saturating_sub(*room).saturating_add(text.len()),
        limit: MAX_TEXT_BYTES,
    })?;
    Ok(())
}

fn amount(name: &str, amount: Int) -> Result<usize, Failure> {
    usize::try_from(amount.0).map_err(|_| Failure::Argument(format!("{name} must not be negative")))
}

fn refused(place: usize, problem: &str) -> Failure {
    Failure::Argument(format!("message {place} {problem}"))
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(trim_history))
}

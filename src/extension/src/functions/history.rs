//! Counting and trimming a conversation.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::BailoutGuard;
use platen_core::history::{TokenBudget, TrimReport, trim};
use platen_core::tokens::{REPLY_PRIMING_TOKENS, model_info};

use crate::convert::values;
use crate::exceptions::Failure;
use crate::guard::guard;
use crate::messages::costs;
use crate::params::{Int, Items, Text};

/// Counts what a chat request with these messages costs.
#[php_function]
#[php(name = "Platen\\count_message_tokens", defaults(model = "\"\""))]
fn count_message_tokens(messages: Items<'_>, model: Text<'_>) -> Result<i64, Failure> {
    guard(|| {
        let given: Vec<&Zval> = values(messages.0).map(Zval::dereference).collect();
        let costs = costs(&given, &model_info(model.as_str()))?;
        let tokens = costs.iter().map(|cost| cost.tokens).fold(REPLY_PRIMING_TOKENS, usize::saturating_add);
        Ok(i64::try_from(tokens).unwrap_or(i64::MAX))
    })
}

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
            max_tokens: max_tokens.amount("max_tokens")?,
            reserve_for_output: reserve.amount("reserve")?,
        };
        let given: Vec<&Zval> = values(messages.0).map(Zval::dereference).collect();
        let report = trim(&costs(&given, &model_info(model.as_str()))?, budget)?;
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

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(count_message_tokens)).function(wrap_function!(trim_history))
}

//! Counting and trimming a conversation.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::BailoutGuard;
use platen_core::history::{
    HistoryRole, MessageCost, TokenBudget, TrimError, TrimOptions, TrimReport, trim_with,
};
use platen_core::tokens::{self, CutFrom, ModelInfo, REPLY_PRIMING_TOKENS, model_info};

use crate::convert::{entries, text, values};
use crate::exceptions::Failure;
use crate::footprint::Footprint;
use crate::guard::guard;
use crate::messages::costs;
use crate::params::{Int, Items, Model, Options};

/// Counts what a chat request with these messages costs.
#[php_function]
#[php(name = "Platen\\count_message_tokens", defaults(model = "\"\""))]
fn count_message_tokens(messages: Items<'_>, model: Model<'_>) -> Result<i64, Failure> {
    guard(|| {
        let given: Vec<&Zval> = values(messages.0).map(Zval::dereference).collect();
        let costs = costs(&given, &model_info(model.as_str()))?;
        let tokens = costs.iter().map(|cost| cost.tokens).fold(REPLY_PRIMING_TOKENS, usize::saturating_add);
        Ok(i64::try_from(tokens).unwrap_or(i64::MAX))
    })
}

/// Drops the oldest messages until the rest fits, and reports on it. The messages that stay are the caller's own, not
/// copies.
#[php_function]
#[php(name = "Platen\\trim_history", defaults(model = "\"\"", reserve = 0, options = []))]
fn trim_history(
    messages: Items<'_>,
    max_tokens: Int,
    model: Model<'_>,
    reserve: Int,
    options: Options<'_>,
) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let budget = TokenBudget {
            max_tokens: max_tokens.amount("max_tokens")?,
            reserve_for_output: reserve.amount("reserve")?,
        };
        let options = HistoryOptions::read(options.0)?;
        let info = model_info(model.as_str());
        let trimmed = trimmed(messages.0, budget, &info, model.as_str(), &options)?;
        let kept = Footprint::list(trimmed.report.kept.len() + 1);
        kept.and(kept).and(Footprint::list(trimmed.report.dropped)).check()?;
        // PHP may end the request for want of memory while the array is built; what Rust holds is freed even then.
        let trimmed = BailoutGuard::new(trimmed);
        let (list, mut report) = result(messages.0, &trimmed, &options)?;
        report.insert("max_tokens", budget.max_tokens)?;
        report.insert("reserve", budget.reserve_for_output)?;
        report.insert("is_estimate", !info.is_exact())?;
        report.insert("error_percent", i64::from(info.error_percent()))?;
        let mut whole = ZendHashTable::with_capacity(2);
        whole.insert("messages", list)?;
        whole.insert("report", report)?;
        Ok(whole)
    })
}

/// The options of `trim_history`.
#[derive(Default)]
struct HistoryOptions<'a> {
    keep_first: usize,
    /// The text of a system message that stands where the first messages were dropped.
    summary: Option<&'a str>,
    /// Whether the newest question is cut when it does not fit.
    truncate: bool,
}

impl<'a> HistoryOptions<'a> {
    fn read(options: Option<&'a ZendHashTable>) -> Result<Self, Failure> {
        let mut read = Self::default();
        for (key, value) in options.into_iter().flat_map(entries) {
            let value = value.dereference();
            let name = text(&key).unwrap_or_default();
            let wrong = |kind: &str| Failure::Argument(format!("the option {name} must be {kind}"));
            match name {
                "keep_first" => {
                    let number = value.long().and_then(|number| usize::try_from(number).ok());
                    read.keep_first = number.ok_or_else(|| wrong("an integer that is not negative"))?;
                }
                "summary" => read.summary = Some(text(value).ok_or_else(|| wrong("UTF-8 text"))?),
                "truncate" => read.truncate = value.bool().ok_or_else(|| wrong("true or false"))?,
                _ => {
                    let known = "keep_first, summary and truncate";
                    let message = format!("the options are {known}; there is no option '{name}'");
                    return Err(Failure::Argument(message));
                }
            }
        }
        Ok(read)
    }
}

struct Trimmed {
    report: TrimReport,
    /// The place of the message that was cut, and its content now.
    cut: Option<(usize, String)>,
}

/// The question is cut once for the messages that must stay, and once more for a summary.
const MOST_CUTS: usize = 2;

fn trimmed(
    messages: &ZendHashTable,
    budget: TokenBudget,
    info: &ModelInfo,
    model: &str,
    options: &HistoryOptions<'_>,
) -> Result<Trimmed, Failure> {
    let given: Vec<&Zval> = values(messages).map(Zval::dereference).collect();
    let mut costs = costs(&given, info)?;
    let marker_tokens = options.summary.map(|summary| tokens::count_message("system", summary, model).tokens);
    let trim_options = TrimOptions { keep_first: options.keep_first, marker_tokens };
    let tokens_before = costs.iter().fold(0, |sum: usize, cost| sum.saturating_add(cost.tokens));
    let mut cut: Option<(usize, String)> = None;
    for _ in 0..MOST_CUTS {
        match trim_with(&costs, budget, trim_options) {
            Err(TrimError::BudgetTooSmall { needed, available }) if options.truncate => {
                let Some((place, content)) = newest_question(&costs, &given) else { break };
                let counted = |text: &str| info.count_again(text).tokens;
                let before = cut.as_ref().map_or_else(|| counted(content), |(_, cut)| counted(cut));
                let Some(left) = before.checked_sub(needed.saturating_sub(available)) else { break };
                let shorter = tokens::truncate(content, left, model, CutFrom::End);
                if let Some(cost) = costs.get_mut(place) {
                    cost.tokens = cost.tokens.saturating_sub(before).saturating_add(counted(shorter));
                }
                cut = Some((place, shorter.to_owned()));
            }
            result => return Ok(Trimmed { report: TrimReport { tokens_before, ..result? }, cut }),
        }
    }
    let report = trim_with(&costs, budget, trim_options)?;
    Ok(Trimmed { report: TrimReport { tokens_before, ..report }, cut })
}

/// The newest question with its place, if its content is text.
fn newest_question<'a>(costs: &[MessageCost<'_>], messages: &[&'a Zval]) -> Option<(usize, &'a str)> {
    let is_question = |cost: &MessageCost<'_>| cost.role == HistoryRole::User && cost.answers_to.is_none();
    let place = costs.iter().rposition(is_question)?;
    Some((place, messages.get(place)?.array()?.get("content").and_then(text)?))
}

/// The messages that stay, and the report on what was done: places are those in the caller's list, that of the summary
/// is in the new one.
fn result(
    messages: &ZendHashTable,
    trimmed: &Trimmed,
    options: &HistoryOptions<'_>,
) -> Result<(ZBox<ZendHashTable>, ZBox<ZendHashTable>), Failure> {
    let Trimmed { report, cut } = trimmed;
    let capacity = |length: usize| u32::try_from(length).unwrap_or(0);
    let mut list = ZendHashTable::with_capacity(capacity(report.kept.len() + 1));
    let mut kept = ZendHashTable::with_capacity(capacity(report.kept.len()));
    let mut dropped = ZendHashTable::with_capacity(capacity(report.dropped));
    let mut places = report.kept.iter().copied().peekable();
    for (place, message) in values(messages).enumerate() {
        if report.marker_at == Some(place) {
            list.push(marker(options.summary.unwrap_or_default())?)?;
        }
        if places.next_if_eq(&place).is_none() {
            dropped.push(place)?;
            continue;
        }
        kept.push(place)?;
        match cut {
            Some((cut_place, content)) if *cut_place == place => {
                let copy = message.dereference().array().map(ToOwned::to_owned);
                let mut copy = copy.unwrap_or_default();
                copy.insert("content", content.as_str())?;
                list.push(copy)?;
            }
            _ => list.push(message.dereference().shallow_clone())?,
        }
    }
    let mut result = ZendHashTable::with_capacity(10);
    result.insert("kept", kept)?;
    result.insert("dropped", dropped)?;
    result.insert("truncated", cut.as_ref().map(|(place, _)| *place))?;
    result.insert("summary_at", report.marker_at)?;
    result.insert("tokens_before", report.tokens_before)?;
    result.insert("tokens_after", report.tokens_after)?;
    Ok((list, result))
}

/// The message that stands where others were dropped.
fn marker(summary: &str) -> Result<ZBox<ZendHashTable>, Failure> {
    let mut message = ZendHashTable::with_capacity(2);
    message.insert("role", "system")?;
    message.insert("content", summary)?;
    Ok(message)
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module.function(wrap_function!(count_message_tokens)).function(wrap_function!(trim_history))
}

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

fn budget(max_tokens: usize) -> TokenBudget {
    TokenBudget { max_tokens, reserve_for_output: 0 }
}

fn user(tokens: usize) -> MessageCost<'static> {
    MessageCost::plain(HistoryRole::User, tokens)
}

fn assistant(tokens: usize) -> MessageCost<'static> {
    MessageCost::plain(HistoryRole::Assistant, tokens)
}

fn system(tokens: usize) -> MessageCost<'static> {
    MessageCost::plain(HistoryRole::System, tokens)
}

fn call<'m>(ids: &[&'m str], tokens: usize) -> MessageCost<'m> {
    MessageCost { tool_call_ids: ids.to_vec(), ..assistant(tokens) }
}

fn result(id: &str, tokens: usize) -> MessageCost<'_> {
    MessageCost { answers_to: Some(id), ..MessageCost::plain(HistoryRole::Tool, tokens) }
}

fn pinned(message: MessageCost<'_>) -> MessageCost<'_> {
    MessageCost { is_pinned: true, ..message }
}

fn kept(messages: &[MessageCost<'_>], max_tokens: usize) -> Vec<usize> {
    trim(messages, budget(max_tokens)).unwrap().kept
}

#[test]
fn what_fits_stays_whole() {
    assert_eq!(kept(&[system(1), user(1), assistant(1), user(1)], 4), [0, 1, 2, 3]);
}

#[test]
fn the_oldest_turn_goes_first() {
    let messages = [system(1), user(5), assistant(5), user(5), assistant(5), user(5)];

    assert_eq!(kept(&messages, 25), [0, 3, 4, 5]);
    assert_eq!(kept(&messages, 15), [0, 5]);
}

#[test]
fn an_answer_without_its_question_goes_too() {
    assert_eq!(kept(&[user(9), assistant(1), user(1)], 3), [2]);
}

#[test]
fn a_greeting_before_the_first_question_goes() {
    assert_eq!(kept(&[system(1), assistant(1), user(1)], 100), [0, 2]);
}

#[test]
fn nothing_older_slips_in_for_what_did_not_fit() {
    assert_eq!(kept(&[user(1), assistant(50), user(1)], 10), [2]);
}

#[test]
fn a_pinned_message_stays_whatever_its_age() {
    assert_eq!(kept(&[pinned(user(2)), assistant(5), user(5), assistant(5), user(1)], 5), [0, 4]);
    assert_eq!(kept(&[pinned(assistant(2)), user(5), assistant(5), user(1)], 5), [0, 3]);
}

#[test]
fn a_call_and_its_results_go_together() {
    let messages = [user(1), call(&["a", "b"], 1), result("a", 5), result("b", 5), assistant(1), user(1)];

    assert_eq!(kept(&messages, 14), [0, 1, 2, 3, 4, 5]);
    assert_eq!(kept(&messages, 13), [5]);
}

#[test]
fn a_pinned_result_keeps_its_call_and_the_other_results() {
    let messages =
        [user(9), call(&["a", "b"], 1), pinned(result("a", 1)), result("b", 1), assistant(9), user(1)];

    assert_eq!(kept(&messages, 5), [1, 2, 3, 5]);
}

#[test]
fn a_result_belongs_to_the_last_call_with_its_id() {
    let messages =
        [user(1), call(&["0"], 1), result("0", 1), user(1), call(&["0"], 1), result("0", 1), user(1)];

    assert_eq!(kept(&messages, 6), [3, 4, 5, 6]);
}

#[test]
fn a_result_in_a_users_message_is_no_question() {
    let messages = [user(1), call(&["a"], 1), MessageCost { answers_to: Some("a"), ..user(1) }];

    assert_eq!(kept(&messages, 3), [0, 1, 2]);
    assert_eq!(kept(&messages, 2), [0]);
}

#[test]
fn a_result_without_its_call_goes() {
    assert_eq!(kept(&[user(1), result("gone", 1), assistant(1), user(1)], 100), [0, 2, 3]);
}

#[test]
fn the_newest_question_stays_while_its_tool_calls_go() {
    let messages = [user(1), call(&["a"], 5), result("a", 5), call(&["b"], 5), result("b", 5)];

    assert_eq!(kept(&messages, 12), [0, 3, 4]);
}

#[test]
fn the_reserve_is_taken_off() {
    let messages = [user(5), assistant(5), user(5)];

    let report = trim(&messages, TokenBudget { max_tokens: 15, reserve_for_output: 1 }).unwrap();

    assert_eq!(
        report,
        TrimReport { kept: vec![2], dropped: 2, tokens_before: 15, tokens_after: 5, marker_at: None }
    );
}

#[test]
fn a_budget_below_what_must_stay_is_an_error() {
    let messages = [system(5), pinned(user(5)), assistant(5), user(5)];

    assert_eq!(trim(&messages, budget(14)), Err(TrimError::BudgetTooSmall { needed: 15, available: 14 }));
    assert_eq!(
        trim(&messages, TokenBudget { max_tokens: 1, reserve_for_output: 2 }),
        Err(TrimError::BudgetTooSmall { needed: 15, available: 0 })
    );
}

#[test]
fn an_empty_conversation_fits_an_empty_budget() {
    let report = trim(&[], budget(0)).unwrap();

    assert_eq!(
        report,
        TrimReport { kept: vec![], dropped: 0, tokens_before: 0, tokens_after: 0, marker_at: None }
    );
}

const IDS: [&str; 4] = ["a", "b", "c", "d"];

fn any_message() -> impl Strategy<Value = MessageCost<'static>> {
    let role = prop_oneof![
        Just(HistoryRole::System),
        Just(HistoryRole::User),
        Just(HistoryRole::User),
        Just(HistoryRole::Assistant),
        Just(HistoryRole::Assistant),
        Just(HistoryRole::Tool),
        Just(HistoryRole::Tool),
    ];
    (role, 0..40_usize, prop::bool::weighted(0.1), prop::sample::subsequence(IDS.to_vec(), 0..3), 0..4_usize)
        .prop_map(|(role, tokens, is_pinned, ids, answers)| MessageCost {
            role,
            tokens,
            is_pinned,
            tool_call_ids: if role == HistoryRole::Assistant { ids } else { vec![] },
            answers_to: (role == HistoryRole::Tool).then(|| IDS[answers]),
        })
}

/// Which call each result belongs to, found the slow and plain way.
fn call_of(messages: &[MessageCost<'_>], result: usize) -> Option<usize> {
    let id = messages[result].answers_to?;
    (0..result).rev().find(|place| messages[*place].tool_call_ids.contains(&id))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_laws_hold(messages in prop::collection::vec(any_message(), 0..40), max_tokens in 0..600_usize, reserve in 0..50_usize) {
        let budget = TokenBudget { max_tokens, reserve_for_output: reserve };
        let cost = |places: &[usize]| places.iter().map(|place| messages[*place].tokens).sum::<usize>();

        let report = match trim(&messages, budget) {
            Ok(report) => report,
            Err(TrimError::BudgetTooSmall { needed, available }) => {
                prop_assert!(needed > available && available == budget.available());
                return Ok(());
            }
        };
        let stays = |place: &usize| report.kept.contains(place);

        prop_assert!(report.kept.is_sorted_by(|left, right| left < right));
        prop_assert_eq!(report.kept.len() + report.dropped, messages.len());
        prop_assert_eq!(report.tokens_before, messages.iter().map(|message| message.tokens).sum::<usize>());
        prop_assert_eq!(report.tokens_after, cost(&report.kept));
        prop_assert!(report.tokens_after <= budget.available());
        for (place, message) in messages.iter().enumerate() {
            if message.role == HistoryRole::System || message.is_pinned {
                prop_assert!(stays(&place), "{} must stay", place);
            }
            if let Some(call) = call_of(&messages, place) {
                prop_assert_eq!(stays(&place), stays(&call), "{} and {} were parted", place, call);
            }
        }
        if let Some(newest) = messages.iter().rposition(|message| message.role == HistoryRole::User) {
            prop_assert!(stays(&newest));
        }
    }

    #[test]
    fn a_plain_conversation_begins_with_a_question_and_has_no_gap(
        costs in prop::collection::vec((any::<bool>(), 0..40_usize), 0..40), max_tokens in 0..600_usize,
    ) {
        let messages: Vec<_> =
            costs.into_iter().map(|(is_user, tokens)| if is_user { user(tokens) } else { assistant(tokens) }).collect();
        let Ok(report) = trim(&messages, budget(max_tokens)) else { return Ok(()) };

        if let Some(first) = report.kept.first() {
            prop_assert_eq!(messages[*first].role, HistoryRole::User);
        }
        // Only the newest question may stand apart from the newest messages.
        let newest = messages.iter().rposition(|message| message.role == HistoryRole::User);
        let others: Vec<usize> = report.kept.iter().copied().filter(|place| Some(*place) != newest).collect();
        let suffix: Vec<usize> = (0..messages.len()).rev().filter(|place| Some(*place) != newest).take(others.len()).collect();
        prop_assert!(others.iter().rev().eq(suffix.iter()), "{:?}", report.kept);
    }

    #[test]
    fn what_was_trimmed_is_not_trimmed_again(messages in prop::collection::vec(any_message(), 0..40), max_tokens in 0..600_usize) {
        let Ok(report) = trim(&messages, budget(max_tokens)) else { return Ok(()) };
        let rest: Vec<_> = report.kept.iter().map(|place| messages[*place].clone()).collect();

        let again = trim(&rest, budget(max_tokens)).unwrap();

        prop_assert_eq!(again.dropped, 0);
    }
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    messages: Vec<VectorMessage>,
    max_tokens: usize,
    reserve_for_output: usize,
    kept: Option<Vec<usize>>,
    error: Option<VectorError>,
}

#[derive(Deserialize)]
struct VectorMessage {
    role: String,
    tokens: usize,
    #[serde(default)]
    is_pinned: bool,
    #[serde(default)]
    tool_call_ids: Vec<String>,
    answers_to: Option<String>,
}

#[derive(Deserialize)]
struct VectorError {
    needed: usize,
    available: usize,
}

#[test]
fn the_golden_conversations_are_trimmed_as_written() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../../../../../tests/vectors/trim/conversations.json")).unwrap();

    for vector in vectors {
        let messages: Vec<MessageCost<'_>> = vector
            .messages
            .iter()
            .map(|message| MessageCost {
                role: HistoryRole::from_name(&message.role).unwrap(),
                tokens: message.tokens,
                is_pinned: message.is_pinned,
                tool_call_ids: message.tool_call_ids.iter().map(String::as_str).collect(),
                answers_to: message.answers_to.as_deref(),
            })
            .collect();
        let budget =
            TokenBudget { max_tokens: vector.max_tokens, reserve_for_output: vector.reserve_for_output };
        let expected = match vector.error {
            Some(VectorError { needed, available }) => Err(TrimError::BudgetTooSmall { needed, available }),
            None => Ok(vector.kept.unwrap()),
        };

        assert_eq!(trim(&messages, budget).map(|report| report.kept), expected, "{}", vector.name);
    }
}

fn with_options(messages: &[MessageCost<'_>], max_tokens: usize, options: TrimOptions) -> TrimReport {
    trim_with(messages, budget(max_tokens), options).unwrap()
}

#[test]
fn the_first_messages_stay_when_they_are_wanted() {
    let messages = [user(2), assistant(2), user(5), assistant(5), user(1)];
    let options = TrimOptions { keep_first: 2, ..TrimOptions::default() };

    assert_eq!(with_options(&messages, 6, options).kept, [0, 1, 4]);
    assert_eq!(trim_with(&messages, budget(4), options).unwrap_err().code().as_str(), "invalid_request");
}

#[test]
fn a_marker_stands_where_the_first_messages_were_dropped_and_costs() {
    let messages = [system(1), user(5), assistant(5), user(5), assistant(5), user(5)];
    let options = TrimOptions { marker_tokens: Some(3), ..TrimOptions::default() };

    let report = with_options(&messages, 19, options);
    assert_eq!((report.kept, report.marker_at, report.tokens_after), (vec![0, 3, 4, 5], Some(1), 19));
    let report = with_options(&messages, 18, options);
    assert_eq!((report.kept, report.marker_at, report.tokens_after), (vec![0, 5], Some(1), 9));
}

#[test]
fn there_is_no_marker_when_nothing_is_dropped() {
    let options = TrimOptions { marker_tokens: Some(3), ..TrimOptions::default() };

    let report = with_options(&[user(5)], 5, options);

    assert_eq!((report.marker_at, report.tokens_after), (None, 5));
}

proptest! {
    #[test]
    fn no_option_lets_a_conversation_exceed_its_budget(
        costs in prop::collection::vec((0..4_usize, 1..50_usize), 0..20),
        max_tokens in 0..400_usize,
        keep_first in 0..4_usize,
        marker_tokens in prop::option::of(1..30_usize),
    ) {
        let roles = [HistoryRole::System, HistoryRole::User, HistoryRole::Assistant, HistoryRole::Tool];
        let messages: Vec<_> =
            costs.iter().map(|(role, tokens)| MessageCost::plain(roles[*role], *tokens)).collect();

        if let Ok(report) = trim_with(&messages, budget(max_tokens), TrimOptions { keep_first, marker_tokens }) {
            let kept: usize = report.kept.iter().map(|place| messages[*place].tokens).sum();
            let marker = report.marker_at.and(marker_tokens).unwrap_or(0);

            prop_assert_eq!(report.tokens_after, kept + marker);
            prop_assert!(report.tokens_after <= max_tokens);
            prop_assert_eq!(report.marker_at.is_some(), report.dropped > 0 && marker_tokens.is_some());
        }
    }
}

//! One rule each.

use serde_json::{Value, json};

use super::store::{Store, error};
use super::valid;
use crate::code::ErrorCode;
use crate::workflow::{AdvanceError, Change, Event, Facts, JobEnd, StepIndex, StepStatus, Workflow};

/// Fetch, summarise each part, join.
fn digest() -> Workflow {
    valid(
        r#"
name = "digest"
version = 1
output = "join"
[input]
parts = "list<text>"
[[steps]]
name = "fetch"
kind = "template"
params.value = { parts = "{{ input.parts }}" }
[[steps]]
name = "summarise"
kind = "template"
for_each = "steps.fetch.parts"
parallel = 2
params.value = { text = "{{ index }}: {{ item }}" }
[[steps]]
name = "join"
kind = "template"
params.value = "{{ steps.summarise.text }}"
"#,
    )
}

const FETCH: (StepIndex, u32) = (StepIndex::FIRST, 0);

fn branch(step: usize, number: u32) -> (StepIndex, u32) {
    (StepIndex::new(step).unwrap(), number)
}

#[test]
fn a_chat_is_a_graph_of_one_step() {
    let chat = Workflow::chat();
    let begun = chat.advance(&chat.unbegun(), Event::Submitted, &Facts::default()).unwrap();
    assert_eq!(begun.changes, [Change::Queue { step: StepIndex::FIRST, count: 1 }]);

    let event = Event::Succeeded { step: StepIndex::FIRST };
    assert_eq!(chat.reads(&begun.progress, &event), crate::workflow::Reads::default());
    let ended = chat.advance(&begun.progress, event, &Facts::default()).unwrap();

    assert_eq!(ended.changes.last(), Some(&Change::End(JobEnd::Succeeded { output: StepIndex::FIRST })));
    assert!(ended.progress.has_ended());
}

#[test]
fn a_chat_that_is_given_up_is_dead_with_its_error() {
    let chat = Workflow::chat();
    let mut store = Store::with_job(&chat, Value::Null);
    store.lease(FETCH);
    store.give_up(FETCH);

    assert_eq!(store.end, Some(JobEnd::Dead { step: Some(StepIndex::FIRST), error: error("0 0") }));
}

#[test]
fn the_branches_come_back_in_order() {
    let workflow = digest();
    let mut store = Store::with_job(&workflow, json!({ "parts": ["a", "b", "c"] }));
    store.lease(FETCH);
    store.succeed(FETCH);
    store.lease(branch(1, 1));
    store.succeed(branch(1, 1));
    store.lease(branch(1, 2));
    store.succeed(branch(1, 2));
    assert_eq!(store.status("join"), StepStatus::Waiting);
    store.run();

    assert_eq!(store.result(store.of("join")), json!(["0: a", "1: b", "2: c"]));
    assert_eq!(store.end, Some(JobEnd::Succeeded { output: store.of("join") }));
}

#[test]
fn only_so_many_branches_are_under_way() {
    let workflow = digest();
    let mut store = Store::with_job(&workflow, json!({ "parts": ["a", "b", "c", "d"] }));
    store.lease(FETCH);
    store.succeed(FETCH);
    assert_eq!(store.with_status(StepStatus::Queued), [branch(1, 0), branch(1, 1)]);

    store.lease(branch(1, 1));
    store.succeed(branch(1, 1));

    assert_eq!(store.with_status(StepStatus::Queued), [branch(1, 0), branch(1, 2)]);
}

#[test]
fn a_fan_out_over_nothing_has_succeeded() {
    let workflow = digest();
    let mut store = Store::with_job(&workflow, json!({ "parts": [] }));
    store.run();

    assert_eq!(store.status("summarise"), StepStatus::Succeeded);
    assert_eq!(store.result(store.of("join")), json!([]));
}

#[test]
fn a_list_that_is_too_long_ends_the_job() {
    let workflow = digest();
    let parts: Vec<String> = (0..10_001).map(|number| number.to_string()).collect();
    let mut store = Store::with_job(&workflow, json!({ "parts": parts }));
    store.run();

    let Some(JobEnd::Dead { step, error }) = &store.end else { panic!("{:?}", store.end) };
    assert_eq!((*step, error.code), (Some(store.of("summarise")), ErrorCode::PayloadTooLarge));
    assert!(error.message.contains("steps.summarise.for_each has 10001 items"), "{}", error.message);
    assert_eq!(store.status("join"), StepStatus::Cancelled);
}

#[test]
fn ten_thousand_branches_keep_the_progress_small() {
    let workflow = digest();
    let parts: Vec<String> = (0..10_000).map(|number| number.to_string()).collect();
    let fetched = json!({ "parts": parts });
    let mut progress = workflow.unbegun();
    let mut facts = Facts::default();
    let mut queued = 0;
    let mut tell = |event: Event, facts: &Facts| {
        let advanced = workflow.advance(&progress, event, facts).unwrap();
        progress = advanced.progress;
        let (joins, branches): (Vec<_>, Vec<_>) = advanced
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::Queue { step, count } => Some((*step, *count)),
                _ => None,
            })
            .partition(|(step, _)| *step != StepIndex::new(1).unwrap());
        queued += branches.iter().map(|(_, count)| count).sum::<u32>();
        assert!(serde_json::to_string(&progress).unwrap().len() < 400);
        joins.len()
    };
    tell(Event::Submitted, &facts);
    facts.results.insert(StepIndex::FIRST, fetched);
    tell(Event::Succeeded { step: StepIndex::FIRST }, &facts);

    let nothing = Facts::default();
    let joins: usize =
        (0..10_000).map(|_| tell(Event::Succeeded { step: StepIndex::new(1).unwrap() }, &nothing)).sum();

    assert_eq!((queued, joins), (10_000, 1));
}

#[test]
fn a_branch_in_the_middle_of_a_fan_out_reads_nothing() {
    let workflow = digest();
    let mut store = Store::with_job(&workflow, json!({ "parts": ["a", "b"] }));
    store.lease(FETCH);
    store.succeed(FETCH);

    let reads = workflow.reads(&store.progress, &Event::Succeeded { step: store.of("summarise") });

    assert_eq!(reads, crate::workflow::Reads::default());
}

#[test]
fn a_failed_branch_ends_the_job_and_a_replay_keeps_the_others() {
    let workflow = digest();
    let mut store = Store::with_job(&workflow, json!({ "parts": ["a", "b", "c"] }));
    store.lease(FETCH);
    store.succeed(FETCH);
    store.lease(branch(1, 0));
    store.succeed(branch(1, 0));
    store.lease(branch(1, 1));
    store.lease(branch(1, 2));
    store.give_up(branch(1, 1));
    assert_eq!(store.end, Some(JobEnd::Dead { step: Some(store.of("summarise")), error: error("1 1") }));
    assert_eq!(store.branches[&branch(1, 2)].status, StepStatus::Cancelled);

    store.replay();
    assert_eq!(store.with_status(StepStatus::Queued), [branch(1, 1), branch(1, 2)]);
    store.run();

    assert_eq!(store.result(store.of("join")), json!(["0: a", "1: b", "2: c"]));
    assert!(matches!(store.end, Some(JobEnd::Succeeded { .. })));
}

/// Either way leads to the end.
fn either() -> Workflow {
    valid(
        r#"
name = "either"
version = 1
output = "join"
[input]
long = "boolean"
[[steps]]
name = "short"
kind = "template"
when = "not input.long"
params.value = "short"
[[steps]]
name = "long"
kind = "template"
when = "input.long"
params.value = "long"
[[steps]]
name = "after"
kind = "template"
params.value = "after {{ steps.long }}"
[[steps]]
name = "join"
kind = "template"
when = "exists(steps.short) or exists(steps.after)"
params.value = "{{ steps.short }}{{ steps.after }}"
"#,
    )
}

#[test]
fn a_condition_decides_the_way_and_what_needs_a_skipped_step_is_skipped() {
    let workflow = either();
    let mut store = Store::with_job(&workflow, json!({ "long": false }));
    store.run();

    assert_eq!(store.status("long"), StepStatus::Skipped);
    assert_eq!(store.status("after"), StepStatus::Skipped);
    assert_eq!(store.result(store.of("join")), json!("short"));

    let mut store = Store::with_job(&workflow, json!({ "long": true }));
    store.run();

    assert_eq!(store.result(store.of("join")), json!("after long"));
}

#[test]
fn a_job_whose_steps_are_all_skipped_has_succeeded_with_nothing() {
    let workflow = valid(
        r#"
name = "none"
version = 1
output = "only"
[input]
flag = "boolean"
[[steps]]
name = "only"
kind = "template"
when = "input.flag"
params.value = 1
"#,
    );
    let store = Store::with_job(&workflow, json!({ "flag": false }));

    assert_eq!(store.end, Some(JobEnd::Succeeded { output: StepIndex::FIRST }));
    assert_eq!(store.result(StepIndex::FIRST), Value::Null);
}

/// Two steps that can be undone, side by side, and one that fails.
fn undoable() -> Workflow {
    valid(
        r#"
name = "undoable"
version = 1
output = "last"
[input]
rooms = "list<text>"
[[steps]]
name = "pay"
kind = "template"
params.value = { receipt = "r" }
compensate = { kind = "template", params = { value = "refund {{ result.receipt }}" } }
[[steps]]
name = "book"
kind = "template"
for_each = "input.rooms"
params.value = "booked {{ item }}"
compensate = { kind = "template", params = { value = "{{ result }}, released {{ item }} {{ index }}" } }
[[steps]]
name = "last"
kind = "template"
needs = ["pay", "book"]
params.value = 1
"#,
    )
}

#[test]
fn a_failed_job_undoes_the_latest_success_first_and_then_ends_with_its_cause() {
    let workflow = undoable();
    let mut store = Store::with_job(&workflow, json!({ "rooms": ["x", "y"] }));
    for key in [branch(1, 0), branch(0, 0), branch(1, 1)] {
        store.lease(key);
        store.succeed(key);
    }
    store.lease(branch(2, 0));
    store.give_up(branch(2, 0));
    assert_eq!(store.end, None);
    assert_eq!(store.undone, [store.of("book")]);
    store.run();

    assert_eq!(store.undone, [store.of("book"), store.of("pay")]);
    let undone = |step: &str, number| store.branches[&(store.of(step), number)].result.clone();
    assert_eq!(undone("book.compensate", 1), json!("booked y, released y 1"));
    assert_eq!(undone("pay.compensate", 0), json!("refund r"));
    assert_eq!(store.end, Some(JobEnd::Dead { step: Some(store.of("last")), error: error("2 0") }));
}

#[test]
fn what_runs_and_can_be_undone_is_let_finish() {
    let workflow = undoable();
    let mut store = Store::with_job(&workflow, json!({ "rooms": ["x", "y", "z"] }));
    store.lease(branch(0, 0));
    store.lease(branch(1, 0));
    store.lease(branch(1, 2));
    store.give_up(branch(1, 0));
    assert_eq!(store.branches[&branch(1, 1)].status, StepStatus::Cancelled);
    assert_eq!(store.with_status(StepStatus::Running), [branch(0, 0), branch(1, 2)]);

    store.succeed(branch(0, 0));
    assert!(store.undone.is_empty(), "something still runs");
    store.succeed(branch(1, 2));
    assert_eq!(store.undone, [store.of("book")]);
    store.run();

    assert_eq!(store.status("book"), StepStatus::Dead);
    assert_eq!(store.undone, [store.of("book"), store.of("pay")]);
    let undo: Vec<u32> =
        store.branches.keys().filter(|key| key.0 == store.of("book.compensate")).map(|key| key.1).collect();
    assert_eq!(undo, [2], "only what succeeded is undone");
}

#[test]
fn a_compensation_that_is_given_up_does_not_stop_the_others() {
    let workflow = undoable();
    let mut store = Store::with_job(&workflow, json!({ "rooms": ["x"] }));
    for key in [branch(0, 0), branch(1, 0)] {
        store.lease(key);
        store.succeed(key);
    }
    store.tell(Event::Cancelled).unwrap();
    let undo = (store.of("book.compensate"), 0);
    store.lease(undo);
    store.give_up(undo);
    store.run();

    assert_eq!(store.status("book.compensate"), StepStatus::Dead);
    assert_eq!(store.status("pay.compensate"), StepStatus::Succeeded);
    assert_eq!(store.end, Some(JobEnd::Cancelled));
}

#[test]
fn a_job_that_was_undone_is_replayed_from_the_beginning() {
    let workflow = undoable();
    let mut store = Store::with_job(&workflow, json!({ "rooms": [] }));
    store.lease(branch(0, 0));
    store.succeed(branch(0, 0));
    store.lease(branch(2, 0));
    store.give_up(branch(2, 0));
    store.run();
    assert_eq!(store.status("pay.compensate"), StepStatus::Succeeded);

    store.replay();
    assert_eq!(store.with_status(StepStatus::Queued), [branch(0, 0)]);
    store.run();

    assert!(matches!(store.end, Some(JobEnd::Succeeded { .. })));
}

#[test]
fn a_job_that_can_undo_nothing_is_cancelled_at_once() {
    let workflow = digest();
    let mut store = Store::with_job(&workflow, json!({ "parts": ["a"] }));
    store.lease(FETCH);
    store.tell(Event::Cancelled).unwrap();

    assert_eq!(store.end, Some(JobEnd::Cancelled));
    assert_eq!(store.branches[&FETCH].status, StepStatus::Cancelled);
}

#[test]
fn an_expired_job_is_dead_without_a_step() {
    let workflow = digest();
    let mut store = Store::with_job(&workflow, json!({ "parts": ["a"] }));
    store.tell(Event::Expired { error: error("late") }).unwrap();

    assert_eq!(store.end, Some(JobEnd::Dead { step: None, error: error("late") }));
}

#[test]
fn events_that_cannot_have_happened_are_refused() {
    let workflow = digest();
    let mut store = Store::with_job(&workflow, json!({ "parts": [] }));
    let join = Event::Succeeded { step: store.of("join") };

    assert_eq!(store.tell(Event::Submitted), Err(AdvanceError::NotNow));
    assert_eq!(store.tell(Event::Replayed), Err(AdvanceError::NotNow));
    assert_eq!(store.tell(join.clone()), Err(AdvanceError::NoSuchBranch));
    assert_eq!(
        store.tell(Event::Succeeded { step: StepIndex::new(9).unwrap() }),
        Err(AdvanceError::Incomplete)
    );
    store.run();
    assert_eq!(store.tell(join), Err(AdvanceError::NotNow));
    assert_eq!(store.tell(Event::Cancelled), Err(AdvanceError::NotNow));
    assert_eq!(store.tell(Event::Replayed), Err(AdvanceError::NotNow), "it has succeeded");

    let other = Workflow::chat();
    let advanced = other.advance(&store.progress, Event::Cancelled, &Facts::default());
    assert_eq!(advanced.map(|_| ()), Err(AdvanceError::Incomplete));
}

#[test]
fn a_missing_fact_is_an_error_and_no_guess() {
    let workflow = undoable();
    let store = Store::with_job(&workflow, json!({ "rooms": ["x"] }));

    let advanced = workflow.advance(&store.progress, Event::Cancelled, &Facts::default());

    assert_eq!(advanced.map(|_| ()), Err(AdvanceError::Incomplete));
}

#[test]
fn the_words_of_a_status_are_those_of_its_json() {
    for status in StepStatus::ALL {
        assert_eq!(serde_json::to_value(status).unwrap(), json!(status.as_str()));
        assert_eq!(status.as_str().parse(), Ok(status));
    }
}

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use platen_core::job::{JobStatus, Work, WorkflowPayload};
use platen_core::wire::{JobRef, Submit};
use platen_core::workflow::{Action, Workflow};
use platen_sidecar::jobs::store::{
    AfterFailure, Changed, Completed, Fenced, LeasedJob, LoadedWorkflow, NewJob, Orphans, PurgeRule,
    StepOutput, SubmitTerms, Submitted,
};
use serde_json::{Value, json};

use super::Fixture;
use super::fixture::{OWNER, answer, at, failed_with, site, spec};

/// Fetch, summarise each part, join.
fn digest() -> Value {
    json!({
        "name": "digest", "version": 1, "input": { "url": "text" }, "output": "join",
        "steps": [
            { "name": "fetch", "kind": "fetch",
              "params": { "url": "{{ input.url }}", "parts": { "tokens": 100, "model": "gpt-4o" } } },
            { "name": "summarise", "kind": "chat", "for_each": "steps.fetch.parts",
              "params": { "model": "default", "messages": [{ "role": "user", "content": "Sum up: {{ item }}" }] } },
            { "name": "join", "kind": "template", "params": { "value": "{{ steps.summarise.text }}" } },
        ],
    })
}

/// A step that can be undone, and one after it.
fn undoable() -> Value {
    json!({
        "name": "undoable", "version": 1, "input": {}, "output": "second",
        "steps": [
            { "name": "first", "kind": "template", "params": { "value": "done" },
              "compensate": { "kind": "template", "params": { "value": "undone: {{ result }}" } } },
            { "name": "second", "kind": "chat", "needs": ["first"],
              "params": { "model": "default", "messages": [{ "role": "user", "content": "?" }] } },
        ],
    })
}

async fn submit(fixture: &Fixture, definition: &Value, input: Value) -> JobRef {
    let workflow = Workflow::load(definition.clone()).unwrap();
    let mut spec = spec(1);
    spec.work = Work::Workflow(WorkflowPayload { name: workflow.name().to_owned(), input });
    let reference = JobRef { site: site("one"), job_id: spec.id.clone() };
    let loaded = Arc::new(LoadedWorkflow { workflow, json: definition.to_string() });
    let terms =
        SubmitTerms { default_deadline: Duration::from_hours(1), same_input_window: Duration::from_secs(10) };
    let job = NewJob::new(Submit { site: site("one"), job: spec }, Some(loaded), terms).unwrap();
    let submitted = fixture.store.submit(vec![job], at(10)).await.unwrap();
    assert!(matches!(&submitted[..], [Submitted::Kept(_)]));
    reference
}

async fn action(fixture: &Fixture, leased: &LeasedJob) -> Action {
    let input = fixture.store.input(leased.lease.clone()).await.unwrap().expect("the lease is held");
    input.action(leased.lease.branch).unwrap()
}

/// What the worker would give for the branch.
async fn output(fixture: &Fixture, leased: &LeasedJob) -> StepOutput {
    match action(fixture, leased).await {
        Action::Fetch(fetch) => {
            assert_eq!(fetch.url, "https://example.com/");
            StepOutput::Value(
                json!({ "url": "u", "status": 200, "content_type": "", "text": "abc", "parts": ["a", "b", "c"] }),
            )
        }
        Action::Chat(chat) => StepOutput::Answer(answer(&chat.messages[0].content.to_uppercase())),
        Action::Template(value) => StepOutput::Value(value),
        Action::Split(_) => panic!("no step splits"),
    }
}

async fn complete(fixture: &Fixture, leased: LeasedJob, now: i64) -> Fenced {
    let output = output(fixture, &leased).await;
    let end = Completed { output, usage: None, hops: Vec::new() };
    fixture.store.complete(leased.lease, at(now), end).await.unwrap().fenced()
}

const JOINED: &str = "SUM UP: A\n\nSUM UP: B\n\nSUM UP: C";

fn digest_input() -> Value {
    json!({ "url": "https://example.com/" })
}

pub(crate) async fn a_workflow_runs_step_by_step(fixture: Fixture) {
    let job = submit(&fixture, &digest(), digest_input()).await;
    assert_eq!(fixture.status(&job).await, JobStatus::Queued);

    let fetch = fixture.lease(10, 11).await;
    assert_eq!(fetch.len(), 1, "the others wait for it");
    for leased in fetch {
        assert_eq!(complete(&fixture, leased, 11).await, Fenced::Held);
    }
    let summaries = fixture.lease(10, 12).await;
    assert_eq!(summaries.iter().map(|leased| leased.lease.branch).collect::<Vec<_>>(), [0, 1, 2]);
    // The last one ends first: the order of the list is kept all the same.
    for leased in summaries.into_iter().rev() {
        assert_eq!(fixture.status(&job).await, JobStatus::Running);
        assert_eq!(complete(&fixture, leased, 12).await, Fenced::Held);
    }
    let join = fixture.lease_one(13).await;
    assert_eq!(complete(&fixture, join, 13).await, Fenced::Held);

    let ended = fixture.job(&job).await;
    assert_eq!((ended.status, ended.result.unwrap().text.as_str()), (JobStatus::Succeeded, JOINED));
    assert_eq!((ended.kind.as_str(), fixture.deliveries(99).await.len()), ("workflow", 1));
    let hops = fixture.hops(&job).await;
    assert_eq!(hops.iter().filter(|hop| *hop == "step.ended").count(), 3);
}

pub(crate) async fn a_purge_takes_the_answer_of_a_workflow(fixture: Fixture) {
    let job = submit(&fixture, &digest(), digest_input()).await;
    for now in 11.. {
        let Some(leased) = fixture.lease(1, now).await.pop() else { break };
        assert_eq!(complete(&fixture, leased, now).await, Fenced::Held);
    }
    assert!(fixture.job(&job).await.result.is_some());
    for delivery in fixture.deliveries(99).await {
        fixture.store.succeeded(delivery.id, at(99), 200).await.unwrap();
    }

    let rule = PurgeRule { site: None, except: Vec::new(), ended_before: at(50) };
    assert_eq!(fixture.store.purge(rule, 10, at(60)).await.unwrap(), 1);

    let left = fixture.job(&job).await;
    assert_eq!((left.status, left.result), (JobStatus::Succeeded, None));
}

pub(crate) async fn a_crash_at_every_step_boundary_repeats_at_most_the_running_step(fixture: Fixture) {
    let job = submit(&fixture, &digest(), digest_input()).await;
    let mut begun: BTreeMap<(u16, u32), u32> = BTreeMap::new();
    let crash = async |now: i64| {
        let orphans = Orphans::OfPreviousProcess { owner: OWNER.to_owned() };
        fixture.store.recover(at(now), orphans, 99).await.unwrap()
    };
    for now in 11.. {
        // One crash while the step runs, one after it has ended.
        let Some(leased) = fixture.lease(1, now).await.pop() else { break };
        *begun.entry((leased.lease.step, leased.lease.branch)).or_default() += 1;
        assert_eq!(crash(now).await.requeued.len(), 1);
        let late = Completed { output: StepOutput::Value(Value::Null), usage: None, hops: Vec::new() };
        let lost = leased.lease.clone();
        assert_eq!(fixture.store.complete(lost, at(now), late).await.unwrap().fenced(), Fenced::Stale);
        let again = fixture.lease_one(now).await;
        assert_eq!((again.lease.step, again.lease.branch), (leased.lease.step, leased.lease.branch));
        *begun.entry((again.lease.step, again.lease.branch)).or_default() += 1;
        assert_eq!(complete(&fixture, again, now).await, Fenced::Held);
        assert!(crash(now).await.requeued.is_empty(), "what has ended stays ended");
    }

    assert_eq!(begun.len(), 5);
    assert!(begun.values().all(|count| *count == 2), "{begun:?}");
    let ended = fixture.job(&job).await;
    assert_eq!((ended.status, ended.result.unwrap().text.as_str()), (JobStatus::Succeeded, JOINED));
    assert_eq!(fixture.deliveries(99).await.len(), 1);
}

pub(crate) async fn a_step_that_is_given_up_ends_the_job_and_its_branches(fixture: Fixture) {
    let job = submit(&fixture, &digest(), digest_input()).await;
    let fetch = fixture.lease_one(11).await;
    let _ = complete(&fixture, fetch, 11).await;
    let mut summaries = fixture.lease(2, 12).await;
    let (other, failing) = (summaries.pop().unwrap(), summaries.pop().unwrap());

    let fenced = fixture.store.fail(failing.lease, at(13), failed_with(AfterFailure::Dead)).await.unwrap();
    let fenced = fenced.fenced();

    assert_eq!((fenced, fixture.status(&job).await), (Fenced::Held, JobStatus::Dead));
    let late = Completed { output: StepOutput::Value(Value::Null), usage: None, hops: Vec::new() };
    assert_eq!(fixture.store.complete(other.lease, at(14), late).await.unwrap().fenced(), Fenced::Stale);
    assert!(fixture.lease(10, 15).await.is_empty());
    assert_eq!(fixture.deliveries(99).await.len(), 1);
}

pub(crate) async fn a_replay_keeps_what_succeeded(fixture: Fixture) {
    let job = submit(&fixture, &digest(), digest_input()).await;
    let fetch = fixture.lease_one(11).await;
    let _ = complete(&fixture, fetch, 11).await;
    let first = fixture.lease_one(12).await;
    let _ = complete(&fixture, first, 12).await;
    let failing = fixture.lease_one(13).await;
    let _ = fixture.store.fail(failing.lease, at(13), failed_with(AfterFailure::Dead)).await.unwrap();

    assert!(matches!(fixture.store.replay(job.clone(), at(20)).await.unwrap(), Changed::To(_)));

    let mut again = Vec::new();
    while let Some(leased) = fixture.lease(1, 21).await.pop() {
        again.push((leased.lease.step, leased.lease.branch));
        assert_eq!(complete(&fixture, leased, 21).await, Fenced::Held);
    }
    assert_eq!(again, [(1, 1), (1, 2), (2, 0)]);
    assert_eq!(fixture.job(&job).await.result.unwrap().text, JOINED);
}

pub(crate) async fn a_cancelled_workflow_runs_its_compensations_first(fixture: Fixture) {
    let job = submit(&fixture, &undoable(), json!({})).await;
    let first = fixture.lease_one(11).await;
    let _ = complete(&fixture, first, 11).await;
    let second = fixture.lease_one(12).await;

    assert!(matches!(fixture.store.cancel(job.clone(), at(13)).await.unwrap(), Changed::To(_)));

    assert_eq!(fixture.status(&job).await, JobStatus::Running);
    let late = failed_with(AfterFailure::Dead);
    assert_eq!(fixture.store.fail(second.lease, at(14), late).await.unwrap().fenced(), Fenced::Stale);
    let undo = fixture.lease_one(15).await;
    assert_eq!(action(&fixture, &undo).await, Action::Template(json!("undone: done")));
    assert_eq!(complete(&fixture, undo, 15).await, Fenced::Held);
    assert_eq!(fixture.status(&job).await, JobStatus::Cancelled);
    assert_eq!(fixture.deliveries(99).await.len(), 1);
}

//! Random graphs, random interleavings, random crashes. The store checks what must hold at every step.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::store::Store;
use crate::workflow::{Event, JobEnd, StepIndex, StepStatus, Workflow};

/// A step of a random graph. Numbers point to earlier steps.
#[derive(Clone, Debug)]
struct Plan {
    needs: Vec<prop::sample::Index>,
    when: u8,
    fan_out: u8,
    parallel: Option<u32>,
    has_compensation: bool,
}

fn plans() -> impl Strategy<Value = Vec<Plan>> {
    let plan = (
        prop::collection::vec(any::<prop::sample::Index>(), 0..3),
        0_u8..6,
        0_u8..5,
        prop::option::of(1_u32..3),
        any::<bool>(),
    );
    let plan = plan.prop_map(|(needs, when, fan_out, parallel, has_compensation)| Plan {
        needs,
        when,
        fan_out,
        parallel,
        has_compensation,
    });
    prop::collection::vec(plan, 1..8)
}

/// The definition that a plan describes. The steps are written in reverse, since their order must not matter.
fn workflow(plans: &[Plan]) -> Workflow {
    let mut steps: Vec<Value> = Vec::new();
    for (place, plan) in plans.iter().enumerate() {
        let needs: BTreeSet<usize> = if place == 0 {
            BTreeSet::new()
        } else {
            plan.needs.iter().map(|need| need.index(place)).collect()
        };
        // One only: results that hold others which hold others grow quickly.
        let read: Vec<String> =
            needs.first().map(|need| format!("{{{{ steps.s{need} }}}}")).into_iter().collect();
        let mut step = json!({
            "name": format!("s{place}"),
            "kind": "template",
            "needs": needs.iter().map(|need| format!("s{need}")).collect::<Vec<_>>(),
            "params": { "value": { "made_by": place, "of": read } },
        });
        match plan.when {
            0 => step["when"] = json!("input.flag"),
            1 => step["when"] = json!("not input.flag"),
            2 if !needs.is_empty() => {
                let exist: Vec<String> = needs.iter().map(|need| format!("exists(steps.s{need})")).collect();
                step["when"] = json!(exist.join(" or "));
            }
            _ => {}
        }
        match plan.fan_out {
            0 => step["for_each"] = json!("input.items"),
            1 if !needs.is_empty() => {
                step["for_each"] = json!(format!("steps.s{}.of", needs.first().unwrap()));
            }
            _ => {}
        }
        if let (Some(parallel), Some(_)) = (plan.parallel, step.get("for_each")) {
            step["parallel"] = json!(parallel);
        }
        if plan.has_compensation {
            let value = json!({ "undoes": "{{ result.made_by }}" });
            step["compensate"] = json!({ "kind": "template", "params": { "value": value } });
        }
        steps.push(step);
    }
    steps.reverse();
    let definition = json!({
        "name": "random", "version": 1, "output": format!("s{}", plans.len() - 1),
        "input": { "flag": "boolean", "items": "list<integer>" },
        "steps": steps,
    });
    Workflow::load(definition).unwrap_or_else(|error| panic!("{error}"))
}

fn input() -> impl Strategy<Value = Value> {
    (any::<bool>(), 0_i64..5)
        .prop_map(|(flag, count)| json!({ "flag": flag, "items": (0..count).collect::<Vec<_>>() }))
}

/// What goes wrong, and when.
#[derive(Clone, Debug)]
struct Luck {
    /// Each is one decision of what happens next.
    choices: Vec<u8>,
    /// Branches that are given up when they are tried: a step, and a branch of it.
    doomed: Vec<(prop::sample::Index, u32)>,
    /// The job is cancelled after so many decisions.
    cancelled_after: Option<usize>,
}

fn luck() -> impl Strategy<Value = Luck> {
    let doomed = prop::collection::vec((any::<prop::sample::Index>(), 0_u32..3), 0..3);
    (prop::collection::vec(any::<u8>(), 20..120), doomed, prop::option::weighted(0.2, 0_usize..60))
        .prop_map(|(choices, doomed, cancelled_after)| Luck { choices, doomed, cancelled_after })
}

/// Runs a job to its end, which must come.
fn run<'w>(workflow: &'w Workflow, input: &Value, luck: &Luck) -> Store<'w> {
    let doomed: BTreeSet<(StepIndex, u32)> = luck
        .doomed
        .iter()
        .map(|(step, number)| (StepIndex::new(step.index(workflow.steps().len())).unwrap(), *number))
        .collect();
    let mut store = Store::with_job(workflow, input.clone());
    let mut choices = luck.choices.iter().copied().cycle();
    for decision in 0..2_000 {
        if store.end.is_some() {
            return store;
        }
        if luck.cancelled_after == Some(decision) {
            store.tell(Event::Cancelled).unwrap();
            continue;
        }
        let choice = usize::from(choices.next().unwrap());
        // After so long nothing crashes any more, so that the end is not put off for ever.
        if choice % 16 == 0 && decision < 500 {
            store.crash();
            continue;
        }
        let queued = store.with_status(StepStatus::Queued);
        let running = store.with_status(StepStatus::Running);
        let is_lease = running.is_empty() || (choice % 2 == 0 && !queued.is_empty());
        if is_lease {
            assert!(!queued.is_empty(), "nothing is under way and the job has not ended");
            store.lease(queued[choice / 2 % queued.len()]);
        } else {
            let key = running[choice / 2 % running.len()];
            if doomed.contains(&key) { store.give_up(key) } else { store.succeed(key) }
        }
    }
    panic!("the job has not ended");
}

/// What was undone is all that took effect, in the reverse order of its end.
fn check_compensations(store: &Store<'_>) {
    let has_effect = |step: StepIndex| store.progress.step(step).unwrap().succeeded > 0;
    let compensation = |step: StepIndex| {
        let name = format!("{}.compensate", store.workflow.step(step).unwrap().name());
        store.workflow.find(&name)
    };
    let mut effects: Vec<StepIndex> = store
        .ended
        .iter()
        .map(|(step, _)| *step)
        .filter(|step| has_effect(*step) && compensation(*step).is_some())
        .collect();
    effects.reverse();
    assert_eq!(store.undone, effects);
    for step in &store.undone {
        let undo = store.progress.step(compensation(*step).unwrap()).unwrap();
        assert_eq!(undo.total, store.progress.step(*step).unwrap().succeeded);
    }
}

proptest! {
    #[test]
    fn every_job_ends_and_what_failed_is_undone(plans in plans(), input in input(), luck in luck()) {
        let workflow = workflow(&plans);
        let store = run(&workflow, &input, &luck);

        match store.end.clone().unwrap() {
            JobEnd::Succeeded { output } => {
                prop_assert_eq!(output, workflow.output());
                prop_assert!(store.undone.is_empty());
                let ended_well = |status| matches!(status, StepStatus::Succeeded | StepStatus::Skipped);
                prop_assert!(store.progress.steps.iter().all(|step| ended_well(step.status)));
            }
            JobEnd::Dead { step: Some(step), error } => {
                prop_assert!(store.progress.step(step).unwrap().dead > 0);
                let names_the_step = error.message.starts_with(&format!("{} ", step.as_usize()));
                prop_assert!(names_the_step, "the error is that of the step");
                check_compensations(&store);
            }
            JobEnd::Cancelled => {
                prop_assert!(luck.cancelled_after.is_some());
                check_compensations(&store);
            }
            JobEnd::Dead { step: None, .. } => prop_assert!(false, "nothing expired"),
        }
    }

    #[test]
    fn the_result_does_not_depend_on_the_interleaving(
        plans in plans(), input in input(), first in luck(), second in luck(),
    ) {
        let workflow = workflow(&plans);
        let well = |luck: Luck| Luck { doomed: Vec::new(), cancelled_after: None, ..luck };
        let first = run(&workflow, &input, &well(first));
        let second = run(&workflow, &input, &well(second));

        for place in 0..workflow.steps().len() {
            let step = StepIndex::new(place).unwrap();
            prop_assert_eq!(first.result(step), second.result(step));
            prop_assert_eq!(first.progress.step(step), second.progress.step(step));
        }
    }

    #[test]
    fn a_dead_job_that_is_replayed_gives_what_it_would_have_given(
        plans in plans(), input in input(), luck in luck(),
    ) {
        let workflow = workflow(&plans);
        let unlucky = Luck { cancelled_after: None, ..luck.clone() };
        let mut store = run(&workflow, &input, &unlucky);
        if matches!(store.end, Some(JobEnd::Dead { .. })) {
            store.replay();
            store.run();
        }

        let well = run(&workflow, &input, &Luck { doomed: Vec::new(), cancelled_after: None, ..luck });
        prop_assert_eq!(store.end.as_ref(), Some(&JobEnd::Succeeded { output: workflow.output() }));
        prop_assert_eq!(store.result(workflow.output()), well.result(workflow.output()));
    }
}

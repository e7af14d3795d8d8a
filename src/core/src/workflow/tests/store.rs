//! A store as the daemon has one, in memory: it does what the machine says and checks what must hold.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::code::ErrorCode;
use crate::job::JobError;
use crate::workflow::{
    AdvanceError, Change, Event, Facts, JobEnd, Progress, Scope, StepIndex, StepStatus, Workflow,
};

pub(super) struct Store<'w> {
    pub(super) workflow: &'w Workflow,
    pub(super) progress: Progress,
    pub(super) branches: BTreeMap<(StepIndex, u32), Branch>,
    pub(super) end: Option<JobEnd>,
    /// Steps with their status, in the order in which they ended.
    pub(super) ended: Vec<(StepIndex, StepStatus)>,
    /// What was undone, in this order.
    pub(super) undone: Vec<StepIndex>,
    input: Value,
}

pub(super) struct Branch {
    pub(super) status: StepStatus,
    item: Value,
    pub(super) result: Value,
    pub(super) successes: u32,
}

impl<'w> Store<'w> {
    /// A store with one job that was submitted.
    pub(super) fn with_job(workflow: &'w Workflow, input: Value) -> Self {
        let mut store = Self {
            workflow,
            progress: workflow.unbegun(),
            branches: BTreeMap::new(),
            end: None,
            ended: Vec::new(),
            undone: Vec::new(),
            input,
        };
        store.tell(Event::Submitted).unwrap();
        store
    }

    pub(super) fn of(&self, name: &str) -> StepIndex {
        self.workflow.find(name).unwrap()
    }

    pub(super) fn status(&self, name: &str) -> StepStatus {
        self.progress.step(self.of(name)).unwrap().status
    }

    /// The branches with this status.
    pub(super) fn with_status(&self, status: StepStatus) -> Vec<(StepIndex, u32)> {
        self.branches.iter().filter(|(_, branch)| branch.status == status).map(|(key, _)| *key).collect()
    }

    /// A worker takes a branch.
    pub(super) fn lease(&mut self, key: (StepIndex, u32)) {
        let step = self.workflow.step(key.0).unwrap();
        for need in step.needs() {
            let status = self.progress.step(*need).unwrap().status;
            assert!(
                matches!(status, StepStatus::Succeeded | StepStatus::Skipped),
                "{} needs it",
                step.name()
            );
        }
        let branch = self.branches.get_mut(&key).unwrap();
        assert_eq!(branch.status, StepStatus::Queued);
        branch.status = StepStatus::Running;
    }

    /// The worker has done what the step says.
    pub(super) fn succeed(&mut self, key: (StepIndex, u32)) {
        let result = self.perform(key);
        self.succeed_with(key, result);
    }

    pub(super) fn succeed_with(&mut self, key: (StepIndex, u32), result: Value) {
        let branch = self.branches.get_mut(&key).unwrap();
        assert_eq!(branch.status, StepStatus::Running);
        branch.status = StepStatus::Succeeded;
        branch.successes += 1;
        assert_eq!(branch.successes, 1, "a branch succeeds once");
        branch.result = result;
        self.tell(Event::Succeeded { step: key.0 }).unwrap();
    }

    pub(super) fn give_up(&mut self, key: (StepIndex, u32)) {
        let branch = self.branches.get_mut(&key).unwrap();
        assert_eq!(branch.status, StepStatus::Running);
        branch.status = StepStatus::Dead;
        self.tell(Event::GaveUp { step: key.0, error: error(&format!("{} {}", key.0.as_usize(), key.1)) })
            .unwrap();
    }

    /// Every process dies: what ran is due again.
    pub(super) fn crash(&mut self) {
        for branch in self.branches.values_mut() {
            if branch.status == StepStatus::Running {
                branch.status = StepStatus::Queued;
            }
        }
        // What is kept is read back.
        let kept = serde_json::to_string(&self.progress).unwrap();
        self.progress = serde_json::from_str(&kept).unwrap();
    }

    /// Does one branch after the other until the job ends.
    pub(super) fn run(&mut self) {
        while let Some(key) = self.with_status(StepStatus::Queued).first().copied() {
            self.lease(key);
            self.succeed(key);
        }
    }

    /// The result of a step, as the store puts it together.
    pub(super) fn result(&self, step: StepIndex) -> Value {
        let at = self.progress.step(step).unwrap();
        if at.status == StepStatus::Skipped {
            return Value::Null;
        }
        let results =
            self.branches.range((step, 0)..=(step, u32::MAX)).map(|(_, branch)| branch.result.clone());
        if self.workflow.step(step).unwrap().is_fan_out() {
            results.collect()
        } else {
            results.into_iter().next().unwrap_or_default()
        }
    }

    /// Gives the machine what it asks for and nothing more, and does what it says.
    pub(super) fn tell(&mut self, event: Event) -> Result<(), AdvanceError> {
        let reads = self.workflow.reads(&self.progress, &event);
        let running = |step: StepIndex| {
            let branches = self.branches.range((step, 0)..=(step, u32::MAX));
            number_of(branches.filter(|(_, branch)| branch.status == StepStatus::Running))
        };
        let facts = Facts {
            input: if reads.input { self.input.clone() } else { Value::Null },
            results: reads.results.iter().map(|step| (*step, self.result(*step))).collect(),
            running: reads.running.iter().map(|step| (*step, running(*step))).collect(),
        };
        let advanced = self.workflow.advance(&self.progress, event.clone(), &facts)?;
        assert_eq!(self.workflow.advance(&self.progress, event, &facts).as_ref(), Ok(&advanced));
        self.progress = advanced.progress;
        for change in advanced.changes {
            self.apply(change);
        }
        self.check_counts();
        Ok(())
    }

    fn apply(&mut self, change: Change) {
        assert!(self.end.is_none(), "nothing follows the end");
        match change {
            Change::FanOut { step, items } => {
                for (number, item) in items.into_iter().enumerate() {
                    self.add(step, u32::try_from(number).unwrap(), item);
                }
            }
            Change::Undo { step, of } => {
                self.undone.push(of);
                let succeeded = |branch: &Branch| branch.status == StepStatus::Succeeded;
                let branches = self.branches.range((of, 0)..=(of, u32::MAX));
                let undo: Vec<(u32, Value)> = branches
                    .filter(|(_, branch)| succeeded(branch))
                    .map(|(key, branch)| (key.1, branch.item.clone()))
                    .collect();
                for (number, item) in undo {
                    self.add(step, number, item);
                }
            }
            Change::Queue { step, count } => {
                if !self.branches.keys().any(|key| key.0 == step) {
                    self.add(step, 0, Value::Null);
                }
                let branches = self.branches.range_mut((step, 0)..=(step, u32::MAX));
                let waiting = branches.filter(|(_, branch)| branch.status == StepStatus::Waiting);
                let mut queued = 0;
                for (_, branch) in waiting.take(count as usize) {
                    branch.status = StepStatus::Queued;
                    queued += 1;
                }
                assert_eq!(queued, count);
            }
            Change::Cancel { step, spares_running } => {
                for (_, branch) in self.branches.range_mut((step, 0)..=(step, u32::MAX)) {
                    let is_spared = spares_running && branch.status == StepStatus::Running;
                    if !branch.status.is_final() && !is_spared {
                        branch.status = StepStatus::Cancelled;
                    }
                }
            }
            Change::Reopen { step } => {
                for (_, branch) in self.branches.range_mut((step, 0)..=(step, u32::MAX)) {
                    if matches!(branch.status, StepStatus::Dead | StepStatus::Cancelled) {
                        branch.status = StepStatus::Waiting;
                    }
                }
            }
            Change::Reset => self.branches.clear(),
            Change::StepEnded { step, status } => self.ended.push((step, status)),
            Change::End(end) => self.end = Some(end),
        }
    }

    fn add(&mut self, step: StepIndex, number: u32, item: Value) {
        let branch = Branch { status: StepStatus::Waiting, item, result: Value::Null, successes: 0 };
        assert!(self.branches.insert((step, number), branch).is_none(), "a branch is made once");
    }

    /// The progress says of the branches what they are.
    fn check_counts(&self) {
        for (place, step) in self.workflow.steps().iter().enumerate() {
            let index = StepIndex::new(place).unwrap();
            let at = self.progress.step(index).unwrap();
            let branches: Vec<StepStatus> = self
                .branches
                .range((index, 0)..=(index, u32::MAX))
                .map(|(_, branch)| branch.status)
                .collect();
            let count = |statuses: &[StepStatus]| {
                number_of(branches.iter().filter(|status| statuses.contains(status)))
            };
            let name = step.name();
            assert_eq!(at.active, count(&[StepStatus::Queued, StepStatus::Running]), "{name}");
            assert_eq!(at.succeeded, count(&[StepStatus::Succeeded]), "{name}");
            assert_eq!(at.dead, count(&[StepStatus::Dead]), "{name}");
            // A plain step that never began has no branch that could be cancelled.
            assert_eq!(at.cancelled, count(&[StepStatus::Cancelled]), "{name}");
            assert_eq!(at.total, number_of(branches.iter()), "{name}");
            assert_eq!(at.active > 0, at.status == StepStatus::Running, "{name}");
        }
        let is_over = self.progress.steps.iter().all(|at| at.status.is_final());
        assert_eq!(self.progress.has_ended(), is_over && self.end.is_some());
        assert_eq!(self.progress.has_ended(), self.end.is_some());
    }

    fn perform(&self, key: (StepIndex, u32)) -> Value {
        let step = self.workflow.step(key.0).unwrap();
        let undone = step.undoes().map(|of| self.branches[&(of, key.1)].result.clone());
        let scope = Scope {
            input: Cow::Borrowed(&self.input),
            results: step.reads().into_iter().map(|step| (step, Cow::Owned(self.result(step)))).collect(),
            item: Cow::Borrowed(&self.branches[&key].item),
            branch: key.1,
            result: Cow::Owned(undone.unwrap_or_default()),
        };
        step.action(&scope).unwrap().perform().unwrap().unwrap()
    }

    /// A dead job is begun anew.
    pub(super) fn replay(&mut self) {
        self.end = None;
        self.ended.clear();
        self.undone.clear();
        self.tell(Event::Replayed).unwrap();
    }
}

fn number_of<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap()
}

pub(super) fn error(message: &str) -> JobError {
    JobError { code: ErrorCode::ProviderFailed, message: message.to_owned() }
}

//! The machine: what follows from an event.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

use super::graph::{Step, StepIndex, Workflow};
use super::progress::{Change, Event, JobEnd, Progress, StepProgress, StepStatus};
use super::scope::Scope;
use crate::code::ErrorCode;
use crate::job::JobError;

/// What the machine has to know besides the progress: as much of it as [`Workflow::reads`] names.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The job's input.
    pub input: Value,
    /// Results of steps that succeeded, that of the event included.
    pub results: BTreeMap<StepIndex, Value>,
    /// How many branches of a step are `running`, the one of the event not counted.
    pub running: BTreeMap<StepIndex, u32>,
}

/// Which [`Facts`] an event needs. For most there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Whether the input is read.
    pub input: bool,
    /// Whose results are read.
    pub results: Vec<StepIndex>,
    /// Whose running branches are counted.
    pub running: Vec<StepIndex>,
}

/// What follows from an event. Both parts are written in one transaction with the event.
#[derive(Clone, Debug, PartialEq)]
pub struct Advanced {
    /// How far the job is now.
    pub progress: Progress,
    /// What else has to be written.
    pub changes: Vec<Change>,
}

/// The event cannot have happened to a job that is where the progress says. Nothing must be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AdvanceError {
    /// The job has ended, or has not (for [`Event::Replayed`]).
    #[error("the job's status does not have this event")]
    NotNow,
    /// The step has no branch under way.
    #[error("the step has no branch that could have ended")]
    NoSuchBranch,
    /// The progress belongs to another workflow, or a fact that [`Workflow::reads`] names is missing.
    #[error("the progress or the facts are not those of the job")]
    Incomplete,
}

impl AdvanceError {
    /// The stable code of the failure.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::NotNow | Self::NoSuchBranch => ErrorCode::InvalidTransition,
            Self::Incomplete => ErrorCode::Internal,
        }
    }
}

impl Workflow {
    /// The progress of a job that was not yet submitted.
    pub fn unbegun(&self) -> Progress {
        Progress {
            steps: vec![StepProgress::default(); self.steps.len()],
            ending: None,
            undo: Vec::new(),
            has_ended: false,
        }
    }

    /// What [`Self::advance`] has to know for this event.
    pub fn reads(&self, progress: &Progress, event: &Event) -> Reads {
        let mut reads = Reads::default();
        let ends = match event {
            Event::Replayed if self.was_undone(progress) => {
                self.read_by_decisions(&self.unbegun(), Vec::new(), &mut reads);
                return reads;
            }
            Event::Submitted | Event::Replayed => Vec::new(),
            Event::Succeeded { step } => {
                let is_last =
                    progress.step(*step).is_some_and(|at| at.succeeded.saturating_add(1) == at.total);
                if progress.ending.is_some() || !is_last {
                    return reads;
                }
                vec![*step]
            }
            Event::GaveUp { .. } | Event::Cancelled | Event::Expired { .. } => {
                if progress.ending.is_none() {
                    reads.running = self.spared(progress);
                }
                return reads;
            }
        };
        self.read_by_decisions(progress, ends, &mut reads);
        reads
    }

    /// Follows an event. The same arguments give the same answer, so an event whose transaction was lost can be
    /// told again.
    ///
    /// # Errors
    /// [`AdvanceError`] when the event does not fit the progress.
    pub fn advance(
        &self,
        progress: &Progress,
        event: Event,
        facts: &Facts,
    ) -> Result<Advanced, AdvanceError> {
        if progress.steps.len() != self.steps.len() {
            return Err(AdvanceError::Incomplete);
        }
        let is_begun = progress.steps.iter().any(|step| step.status != StepStatus::Waiting);
        let mut run =
            Run { workflow: self, facts, before: progress, progress: progress.clone(), changes: Vec::new() };
        match event {
            Event::Submitted if !is_begun && !progress.has_ended => run.settle()?,
            Event::Replayed if matches!(progress.ending, Some(JobEnd::Dead { .. })) && progress.has_ended => {
                run.replay()?;
            }
            Event::Submitted | Event::Replayed => return Err(AdvanceError::NotNow),
            _ if progress.has_ended => return Err(AdvanceError::NotNow),
            Event::Succeeded { step } => run.succeeded(step)?,
            Event::GaveUp { step, error } => run.gave_up(step, error)?,
            Event::Cancelled => run.stop(JobEnd::Cancelled)?,
            Event::Expired { error } => run.stop(JobEnd::Dead { step: None, error })?,
        }
        Ok(Advanced { progress: run.progress, changes: run.changes })
    }

    /// The steps that are let finish when the job ends otherwise: what they do could not be undone, without
    /// their results.
    fn spared(&self, progress: &Progress) -> Vec<StepIndex> {
        let is_spared = |at: StepIndex, step: &Step| {
            step.compensation.is_some()
                && progress.step(at).is_some_and(|step| step.status == StepStatus::Running)
        };
        self.indexed().filter(|(at, step)| is_spared(*at, step)).map(|(at, _)| at).collect()
    }

    /// Whether a compensation has run, so that a replay has to begin from the beginning.
    fn was_undone(&self, progress: &Progress) -> bool {
        let is_undone = |(at, step): (&StepProgress, &Step)| step.undoes.is_some() && at.total > 0;
        progress.steps.iter().zip(&self.steps).any(is_undone)
    }

    /// Adds what is read by the steps that may be decided on once these have ended.
    fn read_by_decisions(&self, progress: &Progress, mut ends: Vec<StepIndex>, reads: &mut Reads) {
        let status = |step: StepIndex| progress.step(step).map(|at| at.status);
        let just_ended = ends.clone();
        let has_result =
            |step: StepIndex| just_ended.contains(&step) || status(step) == Some(StepStatus::Succeeded);
        for place in &self.order {
            let Some(step) = self.step(*place) else { continue };
            let is_open = matches!(
                status(*place),
                Some(StepStatus::Waiting | StepStatus::Dead | StepStatus::Cancelled)
            );
            let has_ended =
                |need: &StepIndex| ends.contains(need) || status(*need).is_some_and(StepStatus::is_final);
            if !is_open || !step.needs.iter().all(has_ended) {
                continue;
            }
            for reference in step.decided_by() {
                reads.input |= reference.is_input();
                reads.results.extend(reference.step().filter(|step| has_result(*step)));
            }
            if step.fan_out.is_some() && reads.running.is_empty() {
                // A list that is too long ends the job.
                reads.running = self.spared(progress);
            }
            ends.push(*place);
        }
        reads.results.sort_unstable();
        reads.results.dedup();
    }
}

/// One event on its way.
struct Run<'a> {
    workflow: &'a Workflow,
    facts: &'a Facts,
    before: &'a Progress,
    progress: Progress,
    changes: Vec<Change>,
}

impl<'a> Run<'a> {
    fn step(&self, step: StepIndex) -> Result<&'a Step, AdvanceError> {
        self.workflow.step(step).ok_or(AdvanceError::Incomplete)
    }

    fn at(&mut self, step: StepIndex) -> Result<&mut StepProgress, AdvanceError> {
        self.progress.steps.get_mut(step.as_usize()).ok_or(AdvanceError::Incomplete)
    }

    fn status(&self, step: StepIndex) -> StepStatus {
        self.progress.step(step).map_or(StepStatus::Waiting, |at| at.status)
    }

    fn succeeded(&mut self, step: StepIndex) -> Result<(), AdvanceError> {
        let is_ending = self.progress.ending.is_some();
        let at = self.at(step)?;
        at.active = at.active.checked_sub(1).ok_or(AdvanceError::NoSuchBranch)?;
        at.succeeded = at.succeeded.saturating_add(1);
        if is_ending {
            self.close(step)?;
            return self.go_on_ending();
        }
        if at.succeeded == at.total {
            self.close(step)?;
            return self.settle();
        }
        self.queue_more(step)
    }

    fn gave_up(&mut self, step: StepIndex, error: JobError) -> Result<(), AdvanceError> {
        let at = self.at(step)?;
        at.active = at.active.checked_sub(1).ok_or(AdvanceError::NoSuchBranch)?;
        at.dead = at.dead.saturating_add(1);
        if self.progress.ending.is_some() {
            self.close(step)?;
            return self.go_on_ending();
        }
        self.stop(JobEnd::Dead { step: Some(step), error })
    }

    /// Queues as many branches as the step may have under way.
    fn queue_more(&mut self, step: StepIndex) -> Result<(), AdvanceError> {
        let fan_out = self.step(step)?.fan_out.as_ref();
        let most = fan_out.and_then(|fan_out| fan_out.parallel).map_or(u32::MAX, std::num::NonZeroU32::get);
        let at = self.at(step)?;
        let count = at.waiting().min(most.saturating_sub(at.active));
        if count > 0 {
            at.active = at.active.saturating_add(count);
            self.changes.push(Change::Queue { step, count });
        }
        Ok(())
    }

    /// Ends a step whose branches have all ended; leaves any other alone.
    fn close(&mut self, step: StepIndex) -> Result<(), AdvanceError> {
        let at = self.at(step)?;
        if at.active > 0 || at.waiting() > 0 {
            return Ok(());
        }
        let has_effect = at.succeeded > 0;
        let status = match (at.dead, at.cancelled) {
            (0, 0) => StepStatus::Succeeded,
            (0, _) => StepStatus::Cancelled,
            _ => StepStatus::Dead,
        };
        self.end_step(step, status)?;
        if has_effect && self.step(step)?.compensation.is_some() {
            self.progress.undo.push(step);
        }
        Ok(())
    }

    fn end_step(&mut self, step: StepIndex, status: StepStatus) -> Result<(), AdvanceError> {
        self.at(step)?.status = status;
        self.changes.push(Change::StepEnded { step, status });
        Ok(())
    }

    /// Decides on every step whose needs have ended, and ends the job after the last.
    fn settle(&mut self) -> Result<(), AdvanceError> {
        let workflow = self.workflow;
        let mut has_open = false;
        for place in &workflow.order {
            let is_due = self.status(*place) == StepStatus::Waiting
                && self.step(*place)?.needs.iter().all(|need| self.status(*need).is_final());
            if is_due && let Err(error) = self.decide(*place)? {
                self.end_step(*place, StepStatus::Dead)?;
                return self.stop(JobEnd::Dead { step: Some(*place), error });
            }
            has_open |= !self.status(*place).is_final();
        }
        if !has_open {
            self.end(JobEnd::Succeeded { output: workflow.output });
        }
        Ok(())
    }

    /// Begins or skips a step. The inner error is the step's own.
    fn decide(&mut self, place: StepIndex) -> Result<Result<(), JobError>, AdvanceError> {
        let step = self.step(place)?;
        let scope = self.scope(step)?;
        let is_wanted = match &step.when {
            Some(condition) => condition.holds(&scope),
            None => step.needs.iter().all(|need| self.status(*need) != StepStatus::Skipped),
        };
        if !is_wanted {
            return self.end_step(place, StepStatus::Skipped).map(Ok);
        }
        let Some(fan_out) = &step.fan_out else {
            let at = self.at(place)?;
            at.total = 1;
            at.status = StepStatus::Running;
            return self.queue_more(place).map(Ok);
        };
        let items = match scope.look_up(&fan_out.over).into_owned() {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            _ => return Ok(Err(not_a_list(step))),
        };
        let total = u32::try_from(items.len()).unwrap_or(u32::MAX);
        if total > fan_out.max_items {
            return Ok(Err(too_many_items(step, total, fan_out.max_items)));
        }
        let at = self.at(place)?;
        at.total = total;
        at.status = StepStatus::Running;
        if total == 0 {
            return self.close(place).map(Ok);
        }
        self.changes.push(Change::FanOut { step: place, items });
        self.queue_more(place).map(Ok)
    }

    /// What a decision can see; every result that it names must be there.
    fn scope(&self, step: &Step) -> Result<Scope<'a>, AdvanceError> {
        let facts = self.facts;
        let mut scope = Scope { input: Cow::Borrowed(&facts.input), ..Scope::default() };
        for reference in step.decided_by() {
            let Some(read) = reference.step() else { continue };
            let at = self.progress.step(read).ok_or(AdvanceError::Incomplete)?;
            if at.status != StepStatus::Succeeded {
                continue;
            }
            let result = match facts.results.get(&read) {
                Some(result) => Cow::Borrowed(result),
                // An empty fan-out, perhaps decided on in this very event.
                None if at.total == 0 => Cow::Owned(Value::Array(Vec::new())),
                None => return Err(AdvanceError::Incomplete),
            };
            scope.results.insert(read, result);
        }
        Ok(scope)
    }

    /// Turns the job to an end other than success: what has not begun never does.
    fn stop(&mut self, ending: JobEnd) -> Result<(), AdvanceError> {
        if self.progress.ending.is_some() {
            return Ok(());
        }
        self.progress.ending = Some(ending);
        let workflow = self.workflow;
        for place in workflow.order.iter().copied() {
            match self.status(place) {
                StepStatus::Waiting => self.end_step(place, StepStatus::Cancelled)?,
                StepStatus::Running => self.cancel_branches(place)?,
                _ => {}
            }
        }
        self.go_on_ending()
    }

    fn cancel_branches(&mut self, step: StepIndex) -> Result<(), AdvanceError> {
        let spares_running = self.step(step)?.compensation.is_some();
        let active = self.at(step)?.active;
        // What this event has queued does not run yet.
        let may_run = self.before.step(step).is_some_and(|at| at.status == StepStatus::Running);
        let kept = if spares_running && active > 0 && may_run {
            active.min(*self.facts.running.get(&step).ok_or(AdvanceError::Incomplete)?)
        } else {
            0
        };
        let at = self.at(step)?;
        let ended = at.waiting().saturating_add(active.saturating_sub(kept));
        at.active = kept;
        at.cancelled = at.cancelled.saturating_add(ended);
        if ended > 0 {
            self.changes.push(Change::Cancel { step, spares_running });
        }
        self.close(step)
    }

    /// Waits for what is still running, then undoes, last first, then ends the job.
    fn go_on_ending(&mut self) -> Result<(), AdvanceError> {
        if self.progress.steps.iter().any(|at| at.status == StepStatus::Running) {
            return Ok(());
        }
        let Some(of) = self.progress.undo.pop() else {
            if let Some(ending) = self.progress.ending.clone() {
                self.end(ending);
            }
            return Ok(());
        };
        let step = self.step(of)?.compensation.ok_or(AdvanceError::Incomplete)?;
        let count = self.at(of)?.succeeded;
        let at = self.at(step)?;
        at.status = StepStatus::Running;
        at.total = count;
        self.changes.push(Change::Undo { step, of });
        self.queue_more(step)
    }

    fn end(&mut self, end: JobEnd) {
        for (at, step) in self.progress.steps.iter_mut().zip(&self.workflow.steps) {
            if step.undoes.is_some() && at.status == StepStatus::Waiting {
                at.status = StepStatus::Skipped;
            }
        }
        self.progress.undo.clear();
        self.progress.has_ended = true;
        self.changes.push(Change::End(end));
    }

    /// Takes up a dead job where it was left, or from the beginning if some of it has been undone.
    fn replay(&mut self) -> Result<(), AdvanceError> {
        self.progress.has_ended = false;
        self.progress.ending = None;
        let workflow = self.workflow;
        if workflow.was_undone(&self.progress) {
            self.progress = workflow.unbegun();
            self.changes.push(Change::Reset);
            return self.settle();
        }
        for (place, step) in workflow.indexed() {
            let at = self.at(place)?;
            match at.status {
                StepStatus::Skipped if step.undoes.is_some() => at.status = StepStatus::Waiting,
                StepStatus::Dead | StepStatus::Cancelled if at.total == 0 => at.status = StepStatus::Waiting,
                StepStatus::Dead | StepStatus::Cancelled => {
                    at.status = StepStatus::Running;
                    at.dead = 0;
                    at.cancelled = 0;
                    self.changes.push(Change::Reopen { step: place });
                    self.queue_more(place)?;
                }
                _ => {}
            }
        }
        self.settle()
    }
}

fn not_a_list(step: &Step) -> JobError {
    let message = format!("steps.{}.for_each is not a list", step.name());
    JobError { code: ErrorCode::InvalidRequest, message }
}

fn too_many_items(step: &Step, items: u32, most: u32) -> JobError {
    let message = format!("steps.{}.for_each has {items} items, at most {most} are allowed", step.name());
    JobError { code: ErrorCode::PayloadTooLarge, message }
}

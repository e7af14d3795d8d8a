//! The graph of a job, whichever kind it is: a workflow's own definition, or the one step of a single job.
//! Pure; the stores read what it asks for and write what it answers.

use std::sync::LazyLock;

use platen_core::code::ErrorCode;
use platen_core::job::{Answer, JobError};
use platen_core::workflow::{
    AdvanceError, Advanced, Event, Facts, Progress, Reads, Step, StepIndex, Workflow,
};
use serde_json::Value;

/// A job's graph and how far it is.
pub struct Graph {
    workflow: WorkflowOf,
    progress: Progress,
}

enum WorkflowOf {
    Single,
    Own(Box<Workflow>),
}

static SINGLE: LazyLock<Workflow> = LazyLock::new(Workflow::chat);

/// A single job that was accepted. Its progress is not kept: the row of its one step tells it.
static SINGLE_BEGUN: LazyLock<Progress> = LazyLock::new(|| after(&SINGLE.unbegun(), Event::Submitted));

/// A single job that is dead.
static SINGLE_DEAD: LazyLock<Progress> = LazyLock::new(|| {
    let error = JobError { code: ErrorCode::Internal, message: String::new() };
    after(&SINGLE_BEGUN, Event::GaveUp { step: StepIndex::FIRST, error })
});

fn after(progress: &Progress, event: Event) -> Progress {
    // These two events fit by construction; the unchanged progress would be refused at the next one.
    SINGLE
        .advance(progress, event, &Facts::default())
        .map_or_else(|_| progress.clone(), |advanced| advanced.progress)
}

impl Graph {
    /// The graph of a single job that lives, or that is dead.
    pub fn single(is_dead: bool) -> Self {
        let progress = if is_dead { &SINGLE_DEAD } else { &SINGLE_BEGUN };
        Self { workflow: WorkflowOf::Single, progress: Progress::clone(progress) }
    }

    /// The graph of a workflow with its progress; without one it was not submitted yet.
    pub fn of(workflow: Workflow, progress: Option<Progress>) -> Self {
        let progress = progress.unwrap_or_else(|| workflow.unbegun());
        Self { workflow: WorkflowOf::Own(Box::new(workflow)), progress }
    }

    /// The definition.
    pub fn workflow(&self) -> &Workflow {
        match &self.workflow {
            WorkflowOf::Single => &SINGLE,
            WorkflowOf::Own(workflow) => workflow,
        }
    }

    /// Whether its progress has to be kept.
    pub fn is_workflow(&self) -> bool {
        matches!(self.workflow, WorkflowOf::Own(_))
    }

    /// One step.
    pub fn step(&self, step: StepIndex) -> Option<&Step> {
        self.workflow().step(step)
    }

    /// What has to be known to follow the event.
    pub fn reads(&self, event: &Event) -> Reads {
        self.workflow().reads(&self.progress, event)
    }

    /// What follows from the event.
    ///
    /// # Errors
    /// [`AdvanceError`] when it cannot have happened.
    pub fn follow(&self, event: Event, facts: &Facts) -> Result<Advanced, AdvanceError> {
        self.workflow().advance(&self.progress, event, facts)
    }
}

/// The answer of a workflow whose output gave this.
pub fn answer_of(output: &Value) -> Answer {
    if let Ok(answer) = serde_json::from_value::<Answer>(output.clone()) {
        return answer;
    }
    let text = match output {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n\n")
        }
        other => other.to_string(),
    };
    Answer { text, finish_reason: "stop".to_owned(), model: String::new(), provider: String::new() }
}

#[cfg(test)]
mod tests {
    use platen_core::workflow::{Change, JobEnd};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_single_job_goes_through_the_machine_of_all() {
        let queue = Change::Queue { step: StepIndex::FIRST, count: 1 };
        let succeeded = Graph::single(false)
            .follow(Event::Succeeded { step: StepIndex::FIRST }, &Facts::default())
            .unwrap();
        let replayed = Graph::single(true).follow(Event::Replayed, &Facts::default()).unwrap();

        let end = Change::End(JobEnd::Succeeded { output: StepIndex::FIRST });
        assert_eq!(succeeded.changes.last(), Some(&end));
        assert_eq!(replayed.changes, [Change::Reopen { step: StepIndex::FIRST }, queue]);
    }

    #[test]
    fn whatever_a_workflow_gives_has_a_text() {
        let answer = json!({ "text": "T", "finish_reason": "length", "model": "m", "provider": "p" });

        assert_eq!(answer_of(&answer).finish_reason, "length");
        assert_eq!(answer_of(&json!("plain")).text, "plain");
        assert_eq!(answer_of(&json!(["one", "two"])).text, "one\n\ntwo");
        assert_eq!(answer_of(&json!({ "a": 1 })).text, r#"{"a":1}"#);
        assert_eq!(answer_of(&Value::Null).text, "");
    }
}

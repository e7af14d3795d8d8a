//! What a subscriber is told next, given what it has and where the job stands. Pure: the live hub and an
//! answer read back from the store both go through [`Cursor::step`], so they cannot differ.

use platen_core::code::ErrorCode;
use platen_core::job::{JobError, JobSnapshot, JobStatus, Usage};

use super::EventId;
use super::store::StoredProgress;

/// The most text in one event, in bytes: a late subscriber gets a long answer in pieces that a browser
/// paints one after another, and no copy is larger than this.
const MAX_DELTA_BYTES: usize = 16 * 1024;

/// How a stream ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamEnd {
    /// The job's final status.
    pub status: JobStatus,
    /// What the answer used.
    pub usage: Option<Usage>,
    /// Why there is no answer.
    pub error: Option<JobError>,
}

/// One event of a job's stream, in the order of docs/protocol.md.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamEvent {
    /// The job waits, or an attempt has begun.
    Status {
        /// `queued` or `running`.
        status: JobStatus,
        /// The last attempt that began.
        attempt: u32,
    },
    /// More text.
    Delta(String),
    /// The text so far is void.
    Reset {
        /// The attempt whose text follows.
        attempt: u32,
    },
    /// The stream is over.
    Done(StreamEnd),
}

/// Where a job stands and the text of its present attempt.
#[derive(Debug)]
pub(super) struct Progress {
    /// The attempt that `text` belongs to; 0 before the first.
    pub(super) attempt: u32,
    pub(super) phase: Phase,
    pub(super) text: String,
}

#[derive(Debug)]
pub(super) enum Phase {
    /// No attempt is running; the text of the last one, if any, is void.
    Waiting,
    Running,
    Ended(StreamEnd),
}

impl Progress {
    pub(super) fn waiting() -> Self {
        Self { attempt: 0, phase: Phase::Waiting, text: String::new() }
    }

    /// The progress of a job that is not here any more: it was erased.
    pub(super) fn gone() -> Self {
        let message = "the job was erased".to_owned();
        let error = Some(JobError { code: ErrorCode::JobNotFound, message });
        let end = StreamEnd { status: JobStatus::Cancelled, usage: None, error };
        Self { attempt: 0, phase: Phase::Ended(end), text: String::new() }
    }

    /// The progress of a job that another process runs, as far as the store has it.
    pub(super) fn of_stored(stored: StoredProgress) -> Self {
        let StoredProgress { job, running_text } = stored;
        match running_text {
            _ if job.status.is_final() => Self::of_ended(job),
            Some(text) => Self { attempt: job.attempt, phase: Phase::Running, text },
            None => Self { attempt: job.attempt, phase: Phase::Waiting, text: String::new() },
        }
    }

    /// Takes over what was read from the store, unless more is known already: two reads may come in any order.
    /// Tells whether anything changed.
    pub(super) fn catch_up(&mut self, stored: Self) -> bool {
        let is_newer = match (&self.phase, &stored.phase) {
            (Phase::Ended(_), _) => false,
            (_, Phase::Ended(_)) => true,
            (Phase::Running, Phase::Running) => {
                (stored.attempt, stored.text.len()) > (self.attempt, self.text.len())
            }
            // What waits after an attempt goes on with another one.
            (Phase::Waiting, Phase::Running) => stored.attempt > self.attempt,
            (Phase::Running, Phase::Waiting) if stored.attempt >= self.attempt => {
                // The text so far is void, and stays where the watchers are.
                self.phase = Phase::Waiting;
                return true;
            }
            (Phase::Running | Phase::Waiting, Phase::Waiting) => false,
        };
        if is_newer {
            *self = stored;
        }
        is_newer
    }

    /// The progress of a job that has ended, from what the store kept of it.
    pub(super) fn of_ended(job: JobSnapshot) -> Self {
        Self {
            attempt: job.attempt,
            text: job.result.map(|answer| answer.text).unwrap_or_default(),
            phase: Phase::Ended(StreamEnd { status: job.status, usage: job.usage, error: job.error }),
        }
    }
}

/// What one subscriber has been told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor {
    position: EventId,
    announced: Option<JobStatus>,
    is_done: bool,
}

impl Cursor {
    /// A subscriber that has what its `Last-Event-ID` says, or nothing.
    pub(super) fn after(last_event_id: Option<EventId>) -> Self {
        let position = last_event_id.unwrap_or(EventId { attempt: 0, sequence: 0 });
        Self { position, announced: None, is_done: false }
    }

    /// The id of the last event given.
    pub(super) fn position(&self) -> EventId {
        self.position
    }

    /// Whether the last event was given.
    pub(super) fn is_done(&self) -> bool {
        self.is_done
    }

    /// The next event, or `None` while there is nothing to tell.
    pub(super) fn step(&mut self, progress: &Progress) -> Option<StreamEvent> {
        if self.is_done {
            return None;
        }
        self.reset(progress).or_else(|| self.announce(progress)).or_else(|| self.advance(progress))
    }

    /// Drops what the subscriber has when it belongs to another attempt, or cannot be a part of this one.
    fn reset(&mut self, progress: &Progress) -> Option<StreamEvent> {
        // Attempt 0 is a job that this process has not run yet: what the subscriber has may still hold.
        if progress.attempt == 0 {
            return None;
        }
        let had = self.position;
        let is_known = had.attempt == progress.attempt
            && match progress.phase {
                // What runs elsewhere may have been streamed further there than the store has it.
                Phase::Running if had.sequence > progress.text.len() => true,
                Phase::Running | Phase::Waiting | Phase::Ended(_) => {
                    progress.text.is_char_boundary(had.sequence)
                }
            };
        if is_known {
            return None;
        }
        self.position = EventId { attempt: progress.attempt, sequence: 0 };
        self.announced = None;
        (had.attempt > 0).then_some(StreamEvent::Reset { attempt: progress.attempt })
    }

    fn announce(&mut self, progress: &Progress) -> Option<StreamEvent> {
        let status = match progress.phase {
            Phase::Waiting => JobStatus::Queued,
            Phase::Running => JobStatus::Running,
            Phase::Ended(_) => return None,
        };
        if self.announced == Some(status) {
            return None;
        }
        self.announced = Some(status);
        Some(StreamEvent::Status { status, attempt: self.position.attempt })
    }

    fn advance(&mut self, progress: &Progress) -> Option<StreamEvent> {
        match &progress.phase {
            Phase::Waiting => None,
            Phase::Running => self.take_text(&progress.text),
            Phase::Ended(end) => {
                let text = match end.status {
                    JobStatus::Succeeded => self.take_text(&progress.text),
                    // Nothing that follows the text so far was accepted as the answer.
                    JobStatus::Queued | JobStatus::Running | JobStatus::Dead | JobStatus::Cancelled => None,
                };
                text.or_else(|| {
                    self.is_done = true;
                    Some(StreamEvent::Done(end.clone()))
                })
            }
        }
    }

    fn take_text(&mut self, text: &str) -> Option<StreamEvent> {
        let rest = text.get(self.position.sequence..).filter(|rest| !rest.is_empty())?;
        let piece = rest.get(..rest.floor_char_boundary(MAX_DELTA_BYTES))?;
        self.position.sequence = self.position.sequence.saturating_add(piece.len());
        Some(StreamEvent::Delta(piece.to_owned()))
    }
}

#[cfg(test)]
mod tests;

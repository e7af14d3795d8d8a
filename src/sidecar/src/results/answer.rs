use platen_core::job::Answer;
use platen_core::limits::MAX_ANSWER_PART_BYTES;
use platen_core::wire::{AnswerPart, JobRef, ReadAnswer};

use super::{Results, ResultsError};

impl Results {
    /// The whole answer of a job.
    ///
    /// # Errors
    /// [`ResultsError`]
    pub async fn answer(&self, job: JobRef) -> Result<Answer, ResultsError> {
        let snapshot = self.jobs.snapshot(job).await?;
        snapshot.and_then(|job| job.result).ok_or(ResultsError::NoAnswer)
    }

    /// A part of it that fits a frame.
    ///
    /// # Errors
    /// [`ResultsError`]
    pub async fn answer_part(&self, request: ReadAnswer) -> Result<AnswerPart, ResultsError> {
        let ReadAnswer { site, job_id, offset } = request;
        let answer = self.answer(JobRef { site, job_id: job_id.clone() }).await?;
        let Answer { text, finish_reason, model, provider } = answer;
        let begin = usize::try_from(offset).map_err(|_| ResultsError::NoSuchPart)?;
        let rest = text.get(begin..).ok_or(ResultsError::NoSuchPart)?;
        let part = rest.get(..rest.floor_char_boundary(MAX_ANSWER_PART_BYTES)).unwrap_or(rest);
        let bytes = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let end = begin.saturating_add(part.len());
        Ok(AnswerPart {
            job_id,
            text: part.to_owned(),
            offset,
            next_offset: (end < text.len()).then(|| bytes(end)),
            total_bytes: bytes(text.len()),
            finish_reason,
            model,
            provider,
        })
    }
}

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::clock::Timestamp;

/// Identifies one job for its whole life, on both sides. A UUIDv7 (RFC 9562) in lower case, so it sorts by
/// creation time. WordPress chooses it before the hand-off: sending it twice makes one job.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JobId(String);

impl JobId {
    /// Builds an id from the time and 10 random bytes.
    pub fn generate(now: Timestamp, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.as_micros() / 1000).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string())
    }

    /// The id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text is not a job id.
#[derive(Debug, PartialEq, Eq, Error)]
#[error("a job id is a UUIDv7 of 36 lower-case characters")]
pub struct ParseJobIdError;

impl FromStr for JobId {
    type Err = ParseJobIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let id = uuid::Uuid::try_parse(text).map_err(|_| ParseJobIdError)?;
        let is_canonical = id.get_version_num() == 7 && id.to_string() == text;
        if is_canonical { Ok(Self(text.to_owned())) } else { Err(ParseJobIdError) }
    }
}

impl TryFrom<String> for JobId {
    type Error = ParseJobIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<JobId> for String {
    fn from(id: JobId) -> Self {
        id.0
    }
}

impl std::fmt::Display for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generated_id_parses_and_sorts_by_time() {
        let first = JobId::generate(Timestamp::from_seconds(1_000), [9; 10]);
        let second = JobId::generate(Timestamp::from_seconds(1_001), [1; 10]);

        assert_eq!(first.as_str().parse::<JobId>().unwrap(), first);
        assert!(first < second);
    }

    #[test]
    fn other_versions_and_spellings_are_refused() {
        for text in ["", "7", "0193D2E0-0000-7000-8000-000000000000", "0193d2e0-0000-4000-8000-000000000000"]
        {
            assert_eq!(text.parse::<JobId>(), Err(ParseJobIdError), "{text}");
        }
    }
}

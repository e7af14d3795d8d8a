//! What the provider is told to do, and which script decides a call.

use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;

/// How one call is answered. The fields are described in README.md.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Behaviour {
    latency_ms: u64,
    text: Option<String>,
    chunks: Option<Vec<String>>,
    chunk_delay_ms: u64,
    pub(crate) status: Option<u16>,
    pub(crate) retry_after: Option<u32>,
    pub(crate) error_code: Option<String>,
    pub(crate) cut_after_chunks: Option<usize>,
    pub(crate) bad_json: bool,
    pub(crate) endless: bool,
    pub(crate) no_usage: bool,
}

impl Behaviour {
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_millis(self.latency_ms)
    }

    /// The pause before each chunk. An endless answer pauses at least a little, so that it cannot fill the memory.
    pub(crate) fn chunk_delay(&self) -> Duration {
        Duration::from_millis(if self.endless { self.chunk_delay_ms.max(1) } else { self.chunk_delay_ms })
    }

    /// The chunks of the answer to `question`.
    pub(crate) fn chunks(&self, question: &str) -> Vec<String> {
        if let Some(chunks) = &self.chunks {
            return chunks.clone();
        }
        let text = self.text.clone().unwrap_or_else(|| format!("You said: {question}"));
        text.split_inclusive(' ').map(str::to_owned).collect()
    }
}

/// A behaviour, for which questions, and how often.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    #[serde(default, rename = "match")]
    pattern: String,
    times: Option<u32>,
    #[serde(default)]
    behaviour: Behaviour,
}

/// All scripts, in the order they were added.
#[derive(Default)]
pub(crate) struct Scripts(Mutex<Vec<Script>>);

impl Scripts {
    pub(crate) fn add(&self, script: Script) {
        self.0.lock().push(script);
    }

    pub(crate) fn forget(&self) {
        self.0.lock().clear();
    }

    /// The behaviour for a question; using it up is part of the answer.
    pub(crate) fn take(&self, question: &str) -> Behaviour {
        let mut scripts = self.0.lock();
        let applies = |script: &&mut Script| script.times != Some(0) && question.contains(&script.pattern);
        let Some(script) = scripts.iter_mut().find(applies) else {
            return Behaviour::default();
        };
        script.times = script.times.map(|times| times.saturating_sub(1));
        script.behaviour.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(json: serde_json::Value) -> Script {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_script_is_used_as_often_as_it_says_and_then_the_next_decides() {
        let scripts = Scripts::default();
        scripts.add(script(serde_json::json!({"match": "hi", "times": 1, "behaviour": {"status": 429}})));
        scripts.add(script(serde_json::json!({"behaviour": {"status": 500}})));

        let statuses = [scripts.take("hi there"), scripts.take("hi there")].map(|behaviour| behaviour.status);

        assert_eq!(statuses, [Some(429), Some(500)]);
    }

    #[test]
    fn an_unknown_behaviour_is_refused() {
        let parsed = serde_json::from_value::<Script>(serde_json::json!({"behaviour": {"sleep": 1}}));

        assert!(parsed.is_err());
    }
}

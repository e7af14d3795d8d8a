//! What the provider is told to do, and which script decides a call.

use std::time::Duration;

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

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
    /// Of a hundred calls; missing means all of them.
    percent: Option<u64>,
    #[serde(default)]
    behaviour: Behaviour,
    #[serde(skip)]
    used: u64,
}

/// How often a script decided.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Use {
    #[serde(rename = "match")]
    pattern: String,
    used: u64,
}

/// All scripts, in the order they were added, and the dice for those that apply to some calls only.
pub(crate) struct Scripts(Mutex<(Vec<Script>, Dice)>);

impl Scripts {
    /// The same seed gives the same throws, call by call.
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new((Vec::new(), Dice(seed))))
    }

    pub(crate) fn add(&self, script: Script) {
        self.0.lock().0.push(script);
    }

    pub(crate) fn forget(&self) {
        self.0.lock().0.clear();
    }

    pub(crate) fn uses(&self) -> Vec<Use> {
        let scripts = self.0.lock();
        scripts.0.iter().map(|script| Use { pattern: script.pattern.clone(), used: script.used }).collect()
    }

    /// The behaviour for a question; using it up is part of the answer.
    pub(crate) fn take(&self, question: &str) -> Behaviour {
        let mut locked = self.0.lock();
        let (scripts, dice) = &mut *locked;
        // One throw per call, so that the percentages of several scripts add up.
        let mut thrown = dice.throw();
        for script in scripts {
            if script.times == Some(0) || !question.contains(&script.pattern) {
                continue;
            }
            let percent = script.percent.unwrap_or(100);
            if thrown < percent {
                script.times = script.times.map(|times| times.saturating_sub(1));
                script.used = script.used.saturating_add(1);
                return script.behaviour.clone();
            }
            thrown = thrown.saturating_sub(percent);
        }
        Behaviour::default()
    }
}

/// Numbers from 0 to 99 (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % 100
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
        let scripts = Scripts::new(1);
        scripts.add(script(serde_json::json!({"match": "hi", "times": 1, "behaviour": {"status": 429}})));
        scripts.add(script(serde_json::json!({"behaviour": {"status": 500}})));

        let statuses = [scripts.take("hi there"), scripts.take("hi there")].map(|behaviour| behaviour.status);

        assert_eq!(statuses, [Some(429), Some(500)]);
    }

    #[test]
    fn percentages_add_up_and_leave_the_rest_alone() {
        let scripts = Scripts::new(7);
        scripts.add(script(serde_json::json!({"percent": 15, "behaviour": {"status": 429}})));
        scripts.add(script(serde_json::json!({"percent": 5, "behaviour": {"status": 500}})));

        let failed = (0..10_000).filter(|_| scripts.take("?").status.is_some()).count();

        let used: Vec<u64> = scripts.uses().into_iter().map(|uses| uses.used).collect();
        assert!((1_800..2_200).contains(&failed), "{failed}");
        assert!((1_350..1_650).contains(&used[0]) && (400..600).contains(&used[1]), "{used:?}");
    }

    #[test]
    fn an_unknown_behaviour_is_refused() {
        let parsed = serde_json::from_value::<Script>(serde_json::json!({"behaviour": {"sleep": 1}}));

        assert!(parsed.is_err());
    }
}

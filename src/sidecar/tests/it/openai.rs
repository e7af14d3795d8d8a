//! Answers in OpenAI's streaming format.

use std::time::Duration;

use crate::stub::{Reply, Step};

/// A whole answer at once: `Hello there`, with its usage.
pub(crate) fn hello() -> Reply {
    Reply::stream(vec![delta("Hello "), delta("there"), end()])
}

/// A whole answer of this text.
pub(crate) fn answer(text: &str) -> Reply {
    let letters: Vec<char> = text.chars().collect();
    let deltas = letters.chunks(4_000).map(|piece| delta(&piece.iter().collect::<String>()));
    Reply::stream(deltas.chain([end()]).collect())
}

/// The first word at once, the rest after a pause.
pub(crate) fn slow_hello(pause: Duration) -> Reply {
    Reply::stream(vec![delta("Hello "), Step::Pause(pause), delta("there"), end()])
}

/// One word, then the connection breaks.
pub(crate) fn cut() -> Reply {
    Reply::stream(vec![delta("Hello "), Step::Pause(Duration::from_millis(20)), Step::Break])
}

pub(crate) fn delta(text: &str) -> Step {
    Step::send(&format!(
        "data: {{\"id\":\"c\",\"model\":\"tiny-1\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{}}}}}]}}\n\n",
        serde_json::to_string(text).unwrap()
    ))
}

pub(crate) fn end() -> Step {
    Step::send(concat!(
        "data: {\"id\":\"c\",\"model\":\"tiny-1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"id\":\"c\",\"model\":\"tiny-1\",\"choices\":[],",
        "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":2}}\n\n",
        "data: [DONE]\n\n"
    ))
}

/// The end of an answer of which the filter left nothing.
pub(crate) fn withheld() -> Step {
    Step::send(concat!(
        "data: {\"id\":\"c\",\"model\":\"tiny-1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"content_filter\"}]}\n\n",
        "data: [DONE]\n\n"
    ))
}

//! The script.

use platen_core::job::{Message, Role};

use super::name;

/// The longest part of a question that is repeated, in characters.
const MAX_QUOTE_CHARS: usize = 160;

/// Writes the answer to the last question.
pub(super) fn compose(messages: &[Message]) -> String {
    let questions: Vec<&str> = messages
        .iter()
        .filter(|message| message.role == Role::User)
        .map(|message| message.content.as_str())
        .collect();
    let (asked, earlier) = questions.split_last().map_or(("", [].as_slice()), |(last, rest)| (*last, rest));
    [
        "**Offline demo.** No language model is connected, so this answer comes from a script.".to_owned(),
        about_question(asked),
        about_history(earlier),
        about_name(asked, &questions),
        "To talk to a real model, set `OPENAI_API_KEY`, `ANTHROPIC_API_KEY` or `OLLAMA_HOST` for the daemon \
         and start it again."
            .to_owned(),
    ]
    .into_iter()
    .filter(|paragraph| !paragraph.is_empty())
    .collect::<Vec<_>>()
    .join("\n\n")
}

fn about_question(asked: &str) -> String {
    match asked.split_whitespace().count() {
        0 => "You did not ask anything.".to_owned(),
        1 => format!("You wrote one word: “{}”.", quote(asked)),
        words => format!("You asked, in {words} words: “{}”", quote(asked)),
    }
}

fn about_history(earlier: &[&str]) -> String {
    match earlier {
        [] => "This is the first question of our conversation; ask another and I will refer to this one."
            .to_owned(),
        [only] => format!("This is your second question. Before it you asked: “{}”", quote(only)),
        [first, .., last] => format!(
            "This is question {} of our conversation. It began with “{}”, and just before this one you asked: \
             “{}”",
            earlier.len().saturating_add(1),
            quote(first),
            quote(last),
        ),
    }
}

/// Shows that the conversation is remembered, by the thing people try first.
fn about_name(asked: &str, questions: &[&str]) -> String {
    let known = questions.iter().rev().find_map(|question| name::introduced_in(question));
    match (known, name::is_asked_for(asked)) {
        (Some(name), true) => format!("You told me your name: **{name}**."),
        (Some(name), false) if name::introduced_in(asked).is_some() => format!("Nice to meet you, {name}."),
        (Some(name), false) => format!("I still know that your name is {name}."),
        (None, true) => "You have not told me your name yet.".to_owned(),
        (None, false) => String::new(),
    }
}

/// A question as it can stand inside a sentence: one line, no Markdown, not too long.
fn quote(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut plain: String = line.chars().filter(|character| !"*_`#<>[]|\\".contains(*character)).collect();
    if let Some((end, _)) = plain.char_indices().nth(MAX_QUOTE_CHARS) {
        plain.truncate(end);
        plain.push('…');
    }
    plain
}

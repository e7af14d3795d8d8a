//! Hears a name in a sentence.

/// What people say before their name, in lower case. A language per line.
const INTRODUCTIONS: [&str; 5] = ["my name is ", "call me ", "ich heiße ", "mein name ist ", "je m'appelle "];

/// How people ask for it.
const QUESTIONS: [&str; 5] =
    ["my name?", "what is my name", "who am i", "wie heiße ich", "comment je m'appelle"];

/// The longest name, in characters.
const MAX_NAME_CHARS: usize = 40;

/// The name that a sentence introduces.
pub(super) fn introduced_in(sentence: &str) -> Option<String> {
    let lower = sentence.to_lowercase();
    let after = INTRODUCTIONS.iter().find_map(|phrase| lower.find(phrase).map(|at| at + phrase.len()))?;
    // Lower case may have other lengths than the original; then the lower one has to do.
    let is_aligned = lower.len() == sentence.len();
    let rest = if is_aligned { sentence.get(after..)? } else { lower.get(after..)? };
    let is_part = |character: &char| character.is_alphabetic() || matches!(character, '-' | '\'' | '’');
    let name: String = rest.trim_start().chars().take_while(is_part).take(MAX_NAME_CHARS).collect();
    (!name.is_empty()).then_some(name)
}

/// Whether a sentence asks for the name.
pub(super) fn is_asked_for(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    QUESTIONS.iter().any(|question| lower.contains(question))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_heard_and_ends_where_it_ends() {
        for (sentence, name) in [
            ("Hello, my name is Ada. How are you?", "Ada"),
            ("MY NAME IS Jean-Luc", "Jean-Luc"),
            ("Ich heiße Zoë!", "Zoë"),
            ("please call me O'Neill, thanks", "O'Neill"),
        ] {
            assert_eq!(introduced_in(sentence).as_deref(), Some(name), "{sentence}");
        }
    }

    #[test]
    fn other_sentences_introduce_nobody() {
        for sentence in ["", "What is my name?", "my name is ", "My name is 42"] {
            assert_eq!(introduced_in(sentence), None, "{sentence:?}");
        }
    }

    #[test]
    fn the_question_for_the_name_is_understood() {
        assert!(is_asked_for("Do you remember my name?"));
        assert!(is_asked_for("Who am I"));
        assert!(!is_asked_for("My name is Ada"));
    }
}

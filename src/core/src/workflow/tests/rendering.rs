//! What placeholders become.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{json, valid};
use crate::code::ErrorCode;
use crate::workflow::{Action, ActionError, Scope, StepIndex, Workflow};

/// A workflow whose only step after `first` gives this value.
fn giving(value: &str) -> Workflow {
    let text = format!(
        r#"{{
  "name": "test", "version": 1, "output": "made",
  "input": {{ "text": "text", "count": "integer", "maybe": "text?", "tags": "list<text>", "any": "json" }},
  "steps": [
    {{ "name": "made", "kind": "template", "for_each": "input.tags", "params": {{ "value": {value} }} }},
    {{ "name": "first", "kind": "template", "params": {{ "value": "{{{{ input.any }}}}" }} }}
  ]
}}"#
    );
    Workflow::load(json(&text)).unwrap_or_else(|error| panic!("{error}"))
}

fn scope(first: Value) -> Scope<'static> {
    let input = json!({
        "text": "{{ input.count }}", "count": 3, "maybe": null, "tags": ["a", "b"], "any": { "deep": [1, { "x": "y" }] },
    });
    Scope {
        input: Cow::Owned(input),
        results: [(StepIndex::new(1).unwrap(), Cow::Owned(first))].into(),
        item: Cow::Owned(json!("b")),
        branch: 1,
        result: Cow::Owned(Value::Null),
    }
}

fn made(value: &str) -> Value {
    let workflow = giving(value);
    let action = workflow.step(StepIndex::FIRST).unwrap().action(&scope(json!([{ "n": 1 }, { "n": 2 }, {}])));
    action.unwrap().perform().unwrap().unwrap()
}

#[test]
fn a_placeholder_alone_becomes_the_value() {
    assert_eq!(made(r#""{{ input.count }}""#), json!(3));
    assert_eq!(made(r#""{{input.tags}}""#), json!(["a", "b"]));
    assert_eq!(made(r#"{ "a": ["{{ input.any.deep.1 }}"] }"#), json!({ "a": [{ "x": "y" }] }));
    assert_eq!(made(r#""{{ index }}""#), json!(1));
}

#[test]
fn in_a_text_values_become_text() {
    assert_eq!(made(r#""{{ item }}/{{ index }}/{{ input.count }}""#), json!("b/1/3"));
    assert_eq!(made(r#""<{{ input.maybe }}>""#), json!("<>"));
    assert_eq!(made(r#""All:\n{{ input.tags }}""#), json!("All:\na\n\nb"));
    assert_eq!(made(r#"" {{ input.any }}""#), json!(r#" {"deep":[1,{"x":"y"}]}"#));
}

#[test]
fn the_member_of_a_list_is_the_list_of_members() {
    assert_eq!(made(r#""{{ steps.first.n }}""#), json!([1, 2, null]));
    assert_eq!(made(r#""{{ steps.first.1.n }}""#), json!(2));
    assert_eq!(made(r#""{{ steps.first.7.n }}""#), json!(null));
    assert_eq!(made(r#""{{ input.any.nothing.at.all }}""#), json!(null));
}

#[test]
fn what_is_put_in_is_not_read_again() {
    assert_eq!(made(r#""{{ input.text }}""#), json!("{{ input.count }}"));
    assert_eq!(made(r#""a {{ input.text }} b""#), json!("a {{ input.count }} b"));
}

#[test]
fn braces_can_be_written() {
    assert_eq!(made(r#""{{ '{{' }} x }} {{ \"y\" }}""#), json!("{{ x }} y"));
    assert_eq!(made(r#"["{{ '{{' }}", 1]"#), json!(["{{", 1]));
}

#[test]
fn what_grows_too_large_is_refused() {
    let workflow = giving(r#"["{{ steps.first }}", "{{ steps.first }}"]"#);
    let step = workflow.step(StepIndex::FIRST).unwrap();

    let half = scope(json!("x".repeat(600_000)));
    assert_eq!(step.action(&half), Err(ActionError::TooLarge));
    assert_eq!(ActionError::TooLarge.code(), ErrorCode::PayloadTooLarge);
    assert!(step.action(&scope(json!("x".repeat(500_000)))).is_ok());
}

#[test]
fn what_does_not_fit_is_refused_without_telling_it() {
    let workflow = valid(
        r#"
name = "test"
version = 1
output = "ask"
[input]
any = "json"
[[steps]]
name = "ask"
kind = "chat"
params = { model = "default", messages = "{{ input.any }}" }
"#,
    );
    let input = json!({ "any": [{ "role": "user", "content": { "secret": "a prompt" } }] });
    let scope = Scope { input: Cow::Owned(input), ..Scope::default() };

    let error = workflow.step(StepIndex::FIRST).unwrap().action(&scope).unwrap_err();

    assert_eq!(error.to_string(), "the parameter messages[0].content is not what it must be");
    assert_eq!(error.code(), ErrorCode::InvalidRequest);
}

#[test]
fn a_chat_is_what_the_job_asks_for_and_no_template() {
    let payload = json!({
        "model": "default",
        "messages": [{ "role": "user", "content": "What does {{ input.url }} mean?" }],
    });
    let scope = Scope { input: Cow::Borrowed(&payload), ..Scope::default() };

    let action = Workflow::chat().step(StepIndex::FIRST).unwrap().action(&scope).unwrap();

    let Action::Chat(chat) = action else { panic!("a chat") };
    assert_eq!(serde_json::to_value(chat).unwrap(), payload);
}

#[test]
fn a_text_is_split_into_parts() {
    let payload =
        json!({ "text": "One sentence is here. Another one is there.", "tokens": 8, "model": "gpt-4o" });
    let workflow = valid(
        r#"
name = "test"
version = 1
output = "parts"
[input]
text = "text"
tokens = "integer"
model = "text"
[[steps]]
name = "parts"
kind = "split"
params = { text = "{{ input.text }}", tokens = "{{ input.tokens }}", model = "{{ input.model }}" }
"#,
    );
    let scope = Scope { input: Cow::Owned(payload), ..Scope::default() };
    let action = workflow.step(StepIndex::FIRST).unwrap().action(&scope).unwrap();

    assert_eq!(action.perform(), Some(Ok(json!(["One sentence is here.", " Another one is there."]))));
}

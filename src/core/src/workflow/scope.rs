use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use super::StepIndex;
use super::reference::{Reference, Root};

/// What the parameters of a step can refer to.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    /// The job's input.
    pub input: Cow<'a, Value>,
    /// Results of steps that succeeded; at least those of [`Step::reads`](super::Step::reads).
    pub results: BTreeMap<StepIndex, Cow<'a, Value>>,
    /// The item of the branch, in a fan-out and in the compensation of one.
    pub item: Cow<'a, Value>,
    /// The number of the branch.
    pub branch: u32,
    /// In a compensation the result of the branch that it undoes.
    pub result: Cow<'a, Value>,
}

impl Scope<'_> {
    /// What a path names; `null` when there is nothing.
    pub(super) fn look_up(&self, reference: &Reference) -> Cow<'_, Value> {
        let value = match reference.root {
            Root::Input => self.input.as_ref(),
            Root::Step(step) => self.results.get(&step).map_or(&Value::Null, AsRef::as_ref),
            Root::Item => self.item.as_ref(),
            Root::Index => return Cow::Owned(Value::from(self.branch)),
            Root::Result => self.result.as_ref(),
        };
        member_of(value, &reference.members)
    }
}

fn member_of<'v>(value: &'v Value, members: &[String]) -> Cow<'v, Value> {
    let Some((first, rest)) = members.split_first() else { return Cow::Borrowed(value) };
    match value {
        Value::Object(object) => match object.get(first) {
            Some(value) => member_of(value, rest),
            None => Cow::Owned(Value::Null),
        },
        Value::Array(items) => match first.parse::<usize>() {
            Ok(place) => match items.get(place) {
                Some(value) => member_of(value, rest),
                None => Cow::Owned(Value::Null),
            },
            Err(_) => Cow::Owned(items.iter().map(|item| member_of(item, members).into_owned()).collect()),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Cow::Owned(Value::Null),
    }
}

//! The types of what a definition says.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::workflow::condition::{Condition, Operand};
use crate::workflow::error::{Fault, InvalidWorkflow};
use crate::workflow::reference::{Reference, Root};
use crate::workflow::template::Template;
use crate::workflow::{StepIndex, ValueType};

/// What a step can refer to, by type.
pub(super) struct TypeScope<'a> {
    pub(super) input: &'a ValueType,
    /// The results of the steps that it needs.
    pub(super) results: BTreeMap<StepIndex, ValueType>,
    /// The item of a branch, if there are branches.
    pub(super) item: Option<ValueType>,
    /// In a compensation what it undoes.
    pub(super) result: Option<ValueType>,
    /// The names of the steps, for messages.
    pub(super) names: &'a [&'a str],
}

impl TypeScope<'_> {
    /// The type of what a path names.
    pub(super) fn of(&self, reference: &Reference) -> Result<ValueType, Fault> {
        let root = match reference.root {
            Root::Input => self.input.clone(),
            Root::Step(step) => {
                let name =
                    || self.names.get(step.as_usize()).map_or(String::new(), |name| (*name).to_owned());
                self.results.get(&step).cloned().ok_or_else(|| Fault::NotBefore { name: name() })?
            }
            Root::Item => self.item.clone().ok_or(Fault::NoBranch)?,
            Root::Index if self.item.is_none() => return Err(Fault::NoBranch),
            Root::Index => ValueType::Integer,
            Root::Result => self.result.clone().ok_or(Fault::NoResult)?,
        };
        let mut found = root;
        for member in &reference.members {
            found = found
                .member(member)
                .ok_or_else(|| Fault::UnknownReference { reference: self.text_of(reference) })?;
        }
        Ok(found)
    }

    /// The path as it is written.
    fn text_of(&self, reference: &Reference) -> String {
        let mut text = match reference.root {
            Root::Input => "input".to_owned(),
            Root::Step(step) => {
                format!("steps.{}", self.names.get(step.as_usize()).copied().unwrap_or_default())
            }
            Root::Item => "item".to_owned(),
            Root::Index => "index".to_owned(),
            Root::Result => "result".to_owned(),
        };
        for member in &reference.members {
            text.push('.');
            text.push_str(member);
        }
        text
    }

    /// Checks that a condition is true or false.
    pub(super) fn check_condition(&self, condition: &Condition) -> Result<(), Fault> {
        match condition {
            Condition::Any(parts) | Condition::All(parts) => {
                parts.iter().try_for_each(|part| self.check_condition(part))
            }
            Condition::Not(part) => self.check_condition(part),
            Condition::Exists(reference) => self.of(reference).map(|_| ()),
            Condition::Compare(left, operator, right) => {
                let (left, right) = (self.of_operand(left)?, self.of_operand(right)?);
                let is_comparable = are_comparable(left.present(), right.present(), operator.is_ordering());
                let operator = operator.as_str();
                if is_comparable { Ok(()) } else { Err(Fault::NotComparable { left, right, operator }) }
            }
            Condition::Is(operand) => match self.of_operand(operand)? {
                ValueType::Boolean => Ok(()),
                found => Err(Fault::NotBoolean { found }),
            },
        }
    }

    fn of_operand(&self, operand: &Operand) -> Result<ValueType, Fault> {
        match operand {
            Operand::Reference(reference) => self.of(reference),
            Operand::Literal(value) => Ok(of_value(value)),
        }
    }

    /// Checks that a value with placeholders can stand where `wanted` is asked for.
    pub(super) fn check(
        &self,
        template: &Template,
        wanted: &ValueType,
        path: &str,
    ) -> Result<(), InvalidWorkflow> {
        match (template, wanted.present()) {
            (Template::List(parts), ValueType::List(item)) => {
                let mut parts = parts.iter().enumerate();
                parts.try_for_each(|(place, part)| self.check(part, item, &format!("{path}.{place}")))
            }
            (Template::Record(parts), ValueType::Record(members)) => self.check_record(parts, members, path),
            _ => {
                let found = self.infer(template, path)?;
                if found.fits(wanted) {
                    return Ok(());
                }
                Err(InvalidWorkflow::at(path, Fault::WrongType { wanted: wanted.clone(), found }))
            }
        }
    }

    /// Checks the members of an object.
    pub(super) fn check_record(
        &self,
        parts: &[(String, Template)],
        members: &BTreeMap<String, ValueType>,
        path: &str,
    ) -> Result<(), InvalidWorkflow> {
        for (name, part) in parts {
            let wanted = members
                .get(name)
                .ok_or_else(|| InvalidWorkflow::at(path, Fault::UnknownParameter { name: name.clone() }))?;
            self.check(part, wanted, &format!("{path}.{name}"))?;
        }
        let is_given = |name: &String| parts.iter().any(|(given, _)| given == name);
        let missing = members.iter().find(|(name, kind)| {
            !matches!(kind, ValueType::Optional(_) | ValueType::Json) && !is_given(name)
        });
        match missing {
            Some((name, _)) => Err(InvalidWorkflow::at(path, Fault::MissingParameter { name: name.clone() })),
            None => Ok(()),
        }
    }

    /// The type of a value with placeholders.
    pub(super) fn infer(&self, template: &Template, path: &str) -> Result<ValueType, InvalidWorkflow> {
        let fault = |fault| InvalidWorkflow::at(path, fault);
        match template {
            Template::Literal(value) => Ok(of_value(value)),
            Template::Whole(reference) => self.of(reference).map_err(fault),
            Template::Text(_) => {
                for reference in template.references() {
                    self.of(reference).map_err(fault)?;
                }
                Ok(ValueType::Text)
            }
            Template::List(parts) => {
                let items = parts.iter().enumerate();
                let items = items.map(|(place, part)| self.infer(part, &format!("{path}.{place}")));
                Ok(common(items.collect::<Result<Vec<_>, _>>()?).list())
            }
            Template::Record(parts) => {
                let members = parts
                    .iter()
                    .map(|(name, part)| Ok((name.clone(), self.infer(part, &format!("{path}.{name}"))?)));
                Ok(ValueType::Record(members.collect::<Result<_, _>>()?))
            }
        }
    }
}

/// The type of a value as it stands.
fn of_value(value: &Value) -> ValueType {
    match value {
        Value::Null => ValueType::Null,
        Value::Bool(_) => ValueType::Boolean,
        Value::Number(number) if number.is_f64() => ValueType::Number,
        Value::Number(_) => ValueType::Integer,
        Value::String(_) => ValueType::Text,
        Value::Array(_) | Value::Object(_) => ValueType::Json,
    }
}

/// The type of a list's items: theirs if they have one in common.
fn common(types: Vec<ValueType>) -> ValueType {
    let mut types = types.into_iter();
    let Some(first) = types.next() else { return ValueType::Json };
    types.fold(first, |common, next| {
        if next.fits(&common) && common != ValueType::Json && next != ValueType::Json {
            common
        } else if common.fits(&next) && common != ValueType::Json {
            next
        } else {
            ValueType::Json
        }
    })
}

fn are_comparable(left: &ValueType, right: &ValueType, is_ordering: bool) -> bool {
    let is_number = |kind: &ValueType| matches!(kind, ValueType::Integer | ValueType::Number);
    let has_order = |kind: &ValueType| is_number(kind) || matches!(kind, ValueType::Text | ValueType::Json);
    let is_alike = left == right
        || (is_number(left) && is_number(right))
        || matches!(left, ValueType::Json)
        || matches!(right, ValueType::Json);
    if is_ordering {
        return is_alike && has_order(left) && has_order(right);
    }
    is_alike || matches!(left, ValueType::Null) || matches!(right, ValueType::Null)
}

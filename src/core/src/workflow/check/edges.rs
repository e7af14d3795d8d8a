//! Checks that hold for a whole graph: the types along its edges, and that its output can be reached.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::types::TypeScope;
use crate::workflow::error::{Fault, InvalidWorkflow};
use crate::workflow::graph::{Step, StepIndex, Workflow};
use crate::workflow::kind::ActionError;
use crate::workflow::scope::Scope;
use crate::workflow::template::Template;
use crate::workflow::value_type::ValueType;

/// What is known of a step that was checked.
struct Checked {
    result: ValueType,
    may_be_skipped: bool,
    /// All that it needs, and all that those need.
    before: BTreeSet<StepIndex>,
}

impl Workflow {
    /// Checks every reference, condition, fan-out and parameter.
    pub(in crate::workflow) fn check_types(&self) -> Result<(), InvalidWorkflow> {
        let names: Vec<&str> = self.steps.iter().map(Step::name).collect();
        let mut checked = BTreeMap::new();
        for place in &self.order {
            let Some(step) = self.step(*place) else { continue };
            let known = self.check_step(step, &checked, &names)?;
            checked.insert(*place, known);
        }
        Ok(())
    }

    fn check_step(
        &self,
        step: &Step,
        checked: &BTreeMap<StepIndex, Checked>,
        names: &[&str],
    ) -> Result<Checked, InvalidWorkflow> {
        let path = format!("steps.{}", step.name());
        let needs = || step.needs.iter().filter_map(|need| Some((*need, checked.get(need)?)));
        // Without a condition it does not run when something that it needs was skipped.
        let may_miss = |known: &Checked| known.may_be_skipped && step.when.is_some();
        let mut scope = TypeScope {
            input: &self.input,
            results: needs().map(|(need, known)| (need, known.seen(may_miss(known)))).collect(),
            item: None,
            result: None,
            names,
        };
        if let Some(condition) = &step.when {
            let fault = |fault| InvalidWorkflow::at(format!("{path}.when"), fault);
            scope.check_condition(condition).map_err(fault)?;
        }
        scope.item = item_type(step, &scope, &path)?;
        let result = check_params(step, &scope, &format!("{path}.params"))?;

        let mut before: BTreeSet<StepIndex> = step.needs.iter().copied().collect();
        needs().for_each(|(_, known)| before.extend(&known.before));
        if let Some(compensation) = step.compensation.and_then(|at| self.step(at)) {
            let seen = before.iter().filter_map(|at| Some((*at, checked.get(at)?)));
            scope.results = seen.map(|(at, known)| (at, known.seen(known.may_be_skipped))).collect();
            scope.result = Some(result.clone());
            check_params(compensation, &scope, &format!("{path}.compensate.params"))?;
        }
        Ok(Checked {
            result: if step.is_fan_out() { result.list() } else { result },
            may_be_skipped: step.when.is_some() || needs().any(|(_, known)| known.may_be_skipped),
            before,
        })
    }

    /// Checks that no condition without references keeps the output from ever running.
    pub(in crate::workflow) fn check_output(&self) -> Result<(), InvalidWorkflow> {
        let mut never: BTreeMap<StepIndex, StepIndex> = BTreeMap::new();
        for place in &self.order {
            let Some(step) = self.step(*place) else { continue };
            let blocker = match &step.when {
                Some(condition) if condition.references().is_empty() => {
                    (!condition.holds(&Scope::default())).then_some(*place)
                }
                Some(_) => None,
                None => step.needs.iter().find_map(|need| never.get(need).copied()),
            };
            if let Some(blocker) = blocker {
                never.insert(*place, blocker);
            }
        }
        let Some(blocker) = never.get(&self.output).and_then(|at| self.step(*at)) else { return Ok(()) };
        Err(InvalidWorkflow::at("output", Fault::OutputNeverRuns { name: blocker.name().to_owned() }))
    }
}

impl Checked {
    fn seen(&self, may_miss: bool) -> ValueType {
        if may_miss { self.result.clone().optional() } else { self.result.clone() }
    }
}

/// The type of the items of a fan-out.
fn item_type(step: &Step, scope: &TypeScope<'_>, path: &str) -> Result<Option<ValueType>, InvalidWorkflow> {
    let Some(fan_out) = &step.fan_out else { return Ok(None) };
    let fault = |fault| InvalidWorkflow::at(format!("{path}.for_each"), fault);
    match scope.of(&fan_out.over).map_err(fault)?.present() {
        ValueType::List(item) => Ok(Some(item.as_ref().clone())),
        ValueType::Json => Ok(Some(ValueType::Json)),
        found => Err(fault(Fault::NotAList { found: found.clone() })),
    }
}

/// Checks the parameters of a step and gives the type of one branch's result.
fn check_params(step: &Step, scope: &TypeScope<'_>, path: &str) -> Result<ValueType, InvalidWorkflow> {
    let Template::Record(parts) = &step.params else { return Ok(ValueType::Json) };
    scope.check_record(parts, &step.kind.params(), path)?;
    let example = step.params.over(&step.kind.example());
    if let Err(ActionError::Invalid(message)) = step.kind.action(example) {
        return Err(InvalidWorkflow::at(path, Fault::Parameters(message)));
    }
    let asks_for_parts =
        step.params.member("parts").is_some_and(|part| *part != Template::Literal(Value::Null));
    match (step.kind.result(asks_for_parts), step.params.member("value")) {
        (Some(result), _) => Ok(result),
        (None, Some(value)) => scope.infer(value, &format!("{path}.value")),
        (None, None) => Ok(ValueType::Null),
    }
}

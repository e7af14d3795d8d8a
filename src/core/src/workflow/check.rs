//! From a definition to a workflow.

mod edges;
mod order;
mod types;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::time::Duration;

use serde_json::Value;

use self::order::order;
use super::condition::Condition;
use super::cursor::{Cursor, Names};
use super::definition::{Definition, RetryDefinition, StepDefinition};
use super::error::{Fault, InvalidWorkflow};
use super::graph::{FanOut, Step, StepIndex, StepRetry, Workflow};
use super::kind::StepKind;
use super::reference::Reference;
use super::template::Template;
use super::value_type::ValueType;
use crate::limits::{MAX_FAN_OUT_ITEMS, MAX_WORKFLOW_STEPS};
use crate::retry::Backoff;

const MAX_NAME_BYTES: usize = 64;
const MAX_ATTEMPTS: u32 = 100;
/// A day, in seconds.
const MAX_TIMEOUT_S: u32 = 86_400;
/// A day, in milliseconds.
const MAX_BACKOFF_MS: u32 = 86_400_000;
const DEFAULT_BACKOFF_BASE_MS: u32 = 1_000;
const DEFAULT_BACKOFF_CAP_MS: u32 = 60_000;

impl Workflow {
    /// Checks a definition.
    ///
    /// # Errors
    /// [`InvalidWorkflow`] names the place in the definition and what is wrong there.
    pub fn new(definition: &Definition) -> Result<Self, InvalidWorkflow> {
        if !is_name(&definition.name) {
            return Err(InvalidWorkflow::at("name", Fault::Name));
        }
        let input = input_type(&definition.input)?;
        check_names(&definition.steps)?;
        let names = Names::new(definition.steps.iter().map(|step| step.name.as_str()));
        let mut steps =
            definition.steps.iter().map(|step| read_step(step, &names)).collect::<Result<Vec<_>, _>>()?;
        let order = order(&steps.iter().map(|step| step.needs.clone()).collect::<Vec<_>>())
            .map_err(|cycle| cycle_fault(&steps, &cycle))?;
        let output = names.find(&definition.output).map_err(|fault| InvalidWorkflow::at("output", fault))?;
        read_compensations(definition, &names, &mut steps)?;

        let workflow = Self {
            name: Cow::Owned(definition.name.clone()),
            version: definition.version,
            input,
            output,
            steps,
            order,
        };
        workflow.check_output()?;
        workflow.check_types()?;
        Ok(workflow)
    }
}

/// Whether the text may stand in a path.
fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= MAX_NAME_BYTES
        && text.bytes().all(is_part)
}

fn input_type(fields: &BTreeMap<String, String>) -> Result<ValueType, InvalidWorkflow> {
    let mut members = BTreeMap::new();
    for (name, text) in fields {
        let path = format!("input.{name}");
        if !is_name(name) {
            return Err(InvalidWorkflow::at(path, Fault::Name));
        }
        let kind = text.parse().map_err(|()| InvalidWorkflow::at(path, Fault::InputType))?;
        members.insert(name.clone(), kind);
    }
    Ok(ValueType::Record(members))
}

fn check_names(steps: &[StepDefinition]) -> Result<(), InvalidWorkflow> {
    if steps.is_empty() {
        return Err(InvalidWorkflow::at("steps", Fault::NoSteps));
    }
    if steps.len() > MAX_WORKFLOW_STEPS {
        return Err(InvalidWorkflow::at("steps", Fault::TooManySteps { limit: MAX_WORKFLOW_STEPS }));
    }
    let mut seen = BTreeSet::new();
    for (place, step) in steps.iter().enumerate() {
        if !is_name(&step.name) {
            return Err(InvalidWorkflow::at(format!("steps.{place}.name"), Fault::Name));
        }
        if !seen.insert(&step.name) {
            return Err(InvalidWorkflow::at(format!("steps.{}.name", step.name), Fault::DuplicateName));
        }
    }
    Ok(())
}

fn cycle_fault(steps: &[Step], cycle: &[StepIndex]) -> InvalidWorkflow {
    let name = |at: &StepIndex| steps.get(at.as_usize()).map_or("", |step| step.name());
    let first = cycle.first().map_or("", name);
    let mut names: Vec<String> = cycle.iter().map(|at| name(at).to_owned()).collect();
    names.push(first.to_owned());
    InvalidWorkflow::at(format!("steps.{first}"), Fault::Cycle { names })
}

fn read_step(definition: &StepDefinition, names: &Names<'_>) -> Result<Step, InvalidWorkflow> {
    let path = format!("steps.{}", definition.name);
    let at = |field: &str, fault: Fault| InvalidWorkflow::at(format!("{path}.{field}"), fault);
    let mut step = Step {
        name: Cow::Owned(definition.name.clone()),
        kind: read_kind(&definition.kind, &path)?,
        params: read_params(&definition.params, names, &path)?,
        needs: Vec::new(),
        when: None,
        fan_out: read_fan_out(definition, names)?,
        retry: definition.retry.map(|retry| read_retry(retry, &path)).transpose()?,
        timeout: read_timeout(definition.timeout_s, &path)?,
        compensation: None,
        undoes: None,
    };
    if let Some(text) = &definition.when {
        step.when = Some(Condition::parse(text, names).map_err(|fault| at("when", fault))?);
    }
    let mut needs = BTreeSet::new();
    for name in &definition.needs {
        needs.insert(names.find(name).map_err(|fault| at("needs", fault))?);
    }
    needs.extend(step.params.references().iter().filter_map(|reference| reference.step()));
    needs.extend(step.decided_by().filter_map(Reference::step));
    step.needs = needs.into_iter().collect();
    Ok(step)
}

fn read_kind(name: &str, path: &str) -> Result<StepKind, InvalidWorkflow> {
    let unknown = || Fault::UnknownKind { kind: name.to_owned() };
    StepKind::from_name(name).ok_or_else(|| InvalidWorkflow::at(format!("{path}.kind"), unknown()))
}

fn read_params(value: &Value, names: &Names<'_>, path: &str) -> Result<Template, InvalidWorkflow> {
    let path = format!("{path}.params");
    match value {
        Value::Null => Ok(Template::Record(Vec::new())),
        Value::Object(_) => Template::parse(value, names, &path),
        _ => Err(InvalidWorkflow::at(path, Fault::Shape("the parameters are an object".to_owned()))),
    }
}

fn read_fan_out(definition: &StepDefinition, names: &Names<'_>) -> Result<Option<FanOut>, InvalidWorkflow> {
    let at = |field: &str, fault| InvalidWorkflow::at(format!("steps.{}.{field}", definition.name), fault);
    let settings = [("max_items", definition.max_items), ("parallel", definition.parallel)];
    let most = u32::try_from(MAX_FAN_OUT_ITEMS).unwrap_or(u32::MAX);
    for (field, setting) in settings {
        if setting.is_some() && definition.for_each.is_none() {
            return Err(at(field, Fault::NoForEach));
        }
        if setting.is_some_and(|value| value == 0 || value > most) {
            return Err(at(field, Fault::Range { least: 1, most: u64::from(most) }));
        }
    }
    let Some(text) = &definition.for_each else { return Ok(None) };
    let mut cursor = Cursor::new(text);
    let over = cursor.take_reference(names).map_err(|fault| at("for_each", fault))?;
    if !cursor.is_at_end() {
        return Err(at("for_each", cursor.unexpected()));
    }
    let parallel = definition.parallel.and_then(NonZeroU32::new);
    Ok(Some(FanOut { over, max_items: definition.max_items.unwrap_or(most), parallel }))
}

fn read_timeout(seconds: Option<u32>, path: &str) -> Result<Option<Duration>, InvalidWorkflow> {
    let Some(seconds) = seconds else { return Ok(None) };
    in_range(seconds, MAX_TIMEOUT_S, || format!("{path}.timeout_s"))?;
    Ok(Some(Duration::from_secs(u64::from(seconds))))
}

fn read_retry(definition: RetryDefinition, path: &str) -> Result<StepRetry, InvalidWorkflow> {
    let RetryDefinition { max_attempts, backoff_base_ms, backoff_cap_ms } = definition;
    in_range(max_attempts, MAX_ATTEMPTS, || format!("{path}.retry.max_attempts"))?;
    if backoff_base_ms.is_none() && backoff_cap_ms.is_none() {
        return Ok(StepRetry { max_attempts, backoff: None });
    }
    let base = backoff_base_ms.unwrap_or(DEFAULT_BACKOFF_BASE_MS);
    let cap = backoff_cap_ms.unwrap_or(DEFAULT_BACKOFF_CAP_MS.max(base));
    in_range(base, MAX_BACKOFF_MS, || format!("{path}.retry.backoff_base_ms"))?;
    in_range(cap, MAX_BACKOFF_MS, || format!("{path}.retry.backoff_cap_ms"))?;
    let millis = |value: u32| Duration::from_millis(u64::from(value));
    let backoff = Backoff::new(millis(base), 2, millis(cap), 0).map_err(|_| {
        let fault = Fault::Range { least: u64::from(base), most: u64::from(MAX_BACKOFF_MS) };
        InvalidWorkflow::at(format!("{path}.retry.backoff_cap_ms"), fault)
    })?;
    Ok(StepRetry { max_attempts, backoff: Some(backoff) })
}

fn in_range(value: u32, most: u32, path: impl Fn() -> String) -> Result<(), InvalidWorkflow> {
    if (1..=most).contains(&value) {
        return Ok(());
    }
    Err(InvalidWorkflow::at(path(), Fault::Range { least: 1, most: u64::from(most) }))
}

/// Appends the compensations to the steps.
fn read_compensations(
    definition: &Definition,
    names: &Names<'_>,
    steps: &mut Vec<Step>,
) -> Result<(), InvalidWorkflow> {
    for (place, step) in definition.steps.iter().enumerate() {
        let Some(compensation) = &step.compensate else { continue };
        let path = format!("steps.{}.compensate", step.name);
        let added = Step {
            name: Cow::Owned(format!("{}.compensate", step.name)),
            kind: read_kind(&compensation.kind, &path)?,
            params: read_params(&compensation.params, names, &path)?,
            needs: Vec::new(),
            when: None,
            fan_out: None,
            retry: compensation.retry.map(|retry| read_retry(retry, &path)).transpose()?,
            timeout: read_timeout(compensation.timeout_s, &path)?,
            compensation: None,
            undoes: StepIndex::new(place),
        };
        let index = StepIndex::new(steps.len());
        if let Some(step) = steps.get_mut(place) {
            step.compensation = index;
        }
        steps.push(added);
    }
    Ok(())
}

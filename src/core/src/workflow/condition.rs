//! Conditions: `steps.fetch.status == 200 and not exists(input.skip)`.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::cursor::{Cursor, Names};
use super::error::Fault;
use super::reference::Reference;
use super::scope::Scope;

const MAX_BYTES: usize = 1024;
const MAX_DEPTH: usize = 16;

/// What is true or false of a job.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    /// At least one holds.
    Any(Vec<Self>),
    /// Each holds.
    All(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// The path names something other than `null`.
    Exists(Reference),
    /// Two values compare so.
    Compare(Operand, Operator, Operand),
    /// The value is true.
    Is(Operand),
}

/// A value in a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    /// Read from the job.
    Reference(Reference),
    /// As it stands there.
    Literal(Value),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
}

impl Operator {
    /// Longer signs first, as they are looked for.
    const ALL: [Self; 6] =
        [Self::Equal, Self::NotEqual, Self::LessOrEqual, Self::GreaterOrEqual, Self::Less, Self::Greater];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::LessOrEqual => "<=",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::Greater => ">",
        }
    }

    /// Whether it asks which of two values is greater.
    pub(super) fn is_ordering(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }

    fn holds(self, left: &Value, right: &Value) -> bool {
        match self {
            Self::Equal => is_equal(left, right),
            Self::NotEqual => !is_equal(left, right),
            Self::LessOrEqual => order(left, right).is_some_and(Ordering::is_le),
            Self::GreaterOrEqual => order(left, right).is_some_and(Ordering::is_ge),
            Self::Less => order(left, right).is_some_and(Ordering::is_lt),
            Self::Greater => order(left, right).is_some_and(Ordering::is_gt),
        }
    }
}

fn is_equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(_), Value::Number(_)) => order(left, right) == Some(Ordering::Equal),
        _ => left == right,
    }
}

/// Numbers by their value and texts by their bytes; anything else has no order.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => match (left.as_i64(), right.as_i64()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
        },
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

impl Condition {
    /// Reads a condition.
    pub(super) fn parse(text: &str, names: &Names<'_>) -> Result<Self, Fault> {
        if text.len() > MAX_BYTES {
            return Err(Fault::ConditionTooLarge);
        }
        let mut parser = Parser { cursor: Cursor::new(text), names };
        let condition = parser.any(MAX_DEPTH)?;
        if parser.cursor.is_at_end() { Ok(condition) } else { Err(parser.cursor.unexpected()) }
    }

    /// Whether it holds.
    pub(super) fn holds(&self, scope: &Scope<'_>) -> bool {
        match self {
            Self::Any(parts) => parts.iter().any(|part| part.holds(scope)),
            Self::All(parts) => parts.iter().all(|part| part.holds(scope)),
            Self::Not(part) => !part.holds(scope),
            Self::Exists(reference) => !scope.look_up(reference).is_null(),
            Self::Compare(left, operator, right) => operator.holds(&left.value(scope), &right.value(scope)),
            Self::Is(operand) => *operand.value(scope) == Value::Bool(true),
        }
    }

    /// Every path in it.
    pub(super) fn references(&self) -> Vec<&Reference> {
        match self {
            Self::Any(parts) | Self::All(parts) => parts.iter().flat_map(Self::references).collect(),
            Self::Not(part) => part.references(),
            Self::Exists(reference) => vec![reference],
            Self::Compare(left, _, right) => left.reference().into_iter().chain(right.reference()).collect(),
            Self::Is(operand) => operand.reference().into_iter().collect(),
        }
    }
}

impl Operand {
    fn value<'s>(&'s self, scope: &'s Scope<'_>) -> Cow<'s, Value> {
        match self {
            Self::Reference(reference) => scope.look_up(reference),
            Self::Literal(value) => Cow::Borrowed(value),
        }
    }

    fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Reference(reference) => Some(reference),
            Self::Literal(_) => None,
        }
    }
}

/// `any := all ("or" all)*`, `all := not ("and" not)*`, `not := "not" not | "(" any ")" | "exists" "(" path ")" |
/// operand (operator operand)?`.
struct Parser<'t, 'n> {
    cursor: Cursor<'t>,
    names: &'n Names<'n>,
}

impl Parser<'_, '_> {
    fn any(&mut self, depth: usize) -> Result<Condition, Fault> {
        let mut parts = vec![self.all(depth)?];
        while self.cursor.take_word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, Fault> {
        let mut parts = vec![self.not(depth)?];
        while self.cursor.take_word("and") {
            parts.push(self.not(depth)?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn not(&mut self, depth: usize) -> Result<Condition, Fault> {
        let depth = depth.checked_sub(1).ok_or(Fault::ConditionTooLarge)?;
        if self.cursor.take_word("not") {
            return Ok(Condition::Not(Box::new(self.not(depth)?)));
        }
        if self.cursor.take("(") {
            let inner = self.any(depth)?;
            return self.closed(inner);
        }
        if self.cursor.take_word("exists") {
            if !self.cursor.take("(") {
                return Err(self.cursor.unexpected());
            }
            let reference = self.cursor.take_reference(self.names)?;
            return self.closed(Condition::Exists(reference));
        }
        let left = self.operand()?;
        match Operator::ALL.into_iter().find(|operator| self.cursor.take(operator.as_str())) {
            Some(operator) => Ok(Condition::Compare(left, operator, self.operand()?)),
            None => Ok(Condition::Is(left)),
        }
    }

    fn closed(&mut self, inner: Condition) -> Result<Condition, Fault> {
        if self.cursor.take(")") { Ok(inner) } else { Err(self.cursor.unexpected()) }
    }

    fn operand(&mut self) -> Result<Operand, Fault> {
        for (word, value) in
            [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)]
        {
            if self.cursor.take_word(word) {
                return Ok(Operand::Literal(value));
            }
        }
        match self.cursor.peek() {
            Some('\'' | '"') => Ok(Operand::Literal(Value::from(self.cursor.take_quoted()?))),
            Some(c) if c.is_ascii_digit() || c == '-' => self.number(),
            _ => Ok(Operand::Reference(self.cursor.take_reference(self.names)?)),
        }
    }

    fn number(&mut self) -> Result<Operand, Fault> {
        let digits = self.cursor.take_run(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+'));
        let number: serde_json::Number =
            digits.parse().map_err(|_| Fault::Unexpected { rest: digits.chars().take(20).collect() })?;
        Ok(Operand::Literal(Value::Number(number)))
    }
}

fn one_or(mut parts: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}

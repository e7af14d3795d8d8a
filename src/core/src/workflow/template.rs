//! Values with placeholders: `"Summarise {{ item }} of {{ input.url }}"`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::cursor::{Cursor, Names};
use super::error::{Fault, InvalidWorkflow};
use super::kind::ActionError;
use super::reference::Reference;
use super::scope::Scope;
use crate::limits::MAX_RENDERED_BYTES;

/// A value, in whose texts paths in double braces stand for other values.
///
/// A text that is nothing but one placeholder becomes the value itself, of whatever type. In any other text, a text
/// is put in as it is, `null` as nothing, a list of texts with an empty line between them, and anything else as
/// JSON. A quoted text in double braces stands for itself: `{{ "{{" }}` is how two braces are written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Template {
    /// A value without placeholders.
    Literal(Value),
    /// Nothing but one placeholder.
    Whole(Reference),
    /// A text with placeholders.
    Text(Vec<Piece>),
    /// A list with placeholders somewhere in it.
    List(Vec<Self>),
    /// An object with placeholders somewhere in it.
    Record(Vec<(String, Self)>),
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    /// As it stands there.
    Text(String),
    /// A placeholder.
    Reference(Reference),
}

impl Template {
    /// Reads a value; `path` is where it stands in the definition.
    pub(super) fn parse(value: &Value, names: &Names<'_>, path: &str) -> Result<Self, InvalidWorkflow> {
        match value {
            Value::String(text) => parse_text(text, names).map_err(|fault| InvalidWorkflow::at(path, fault)),
            Value::Array(items) => {
                let parts = items.iter().enumerate();
                let parts = parts.map(|(place, item)| Self::parse(item, names, &format!("{path}.{place}")));
                Ok(Self::List(parts.collect::<Result<_, _>>()?))
            }
            Value::Object(members) => {
                let parts = members.iter().map(|(name, member)| {
                    Ok((name.clone(), Self::parse(member, names, &format!("{path}.{name}"))?))
                });
                Ok(Self::Record(parts.collect::<Result<_, InvalidWorkflow>>()?))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(Self::Literal(value.clone())),
        }
    }

    /// Every path in it.
    pub(super) fn references(&self) -> Vec<&Reference> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Whole(reference) => vec![reference],
            Self::Text(pieces) => pieces.iter().filter_map(Piece::reference).collect(),
            Self::List(parts) => parts.iter().flat_map(Self::references).collect(),
            Self::Record(parts) => parts.iter().flat_map(|(_, part)| part.references()).collect(),
        }
    }

    /// The member of an object.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(parts) => parts.iter().find(|(member, _)| member == name).map(|(_, part)| part),
            Self::Literal(_) | Self::Whole(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// The value, with the placeholders filled in.
    ///
    /// # Errors
    /// [`ActionError::TooLarge`] when it has more than [`MAX_RENDERED_BYTES`].
    pub(super) fn render(&self, scope: &Scope<'_>) -> Result<Value, ActionError> {
        let mut room = Room { left: MAX_RENDERED_BYTES };
        self.fill(scope, &mut room)
    }

    /// The value, with that of the example wherever there is a placeholder.
    pub(super) fn over(&self, example: &Value) -> Value {
        match self {
            Self::Literal(value) => value.clone(),
            Self::Whole(_) | Self::Text(_) => example.clone(),
            Self::List(parts) => {
                let example = example.get(0).unwrap_or(&Value::Null);
                parts.iter().map(|part| part.over(example)).collect()
            }
            Self::Record(parts) => {
                let mut members = example.as_object().cloned().unwrap_or_default();
                for (name, part) in parts {
                    let value = part.over(members.get(name).unwrap_or(&Value::Null));
                    members.insert(name.clone(), value);
                }
                Value::Object(members)
            }
        }
    }

    fn fill(&self, scope: &Scope<'_>, room: &mut Room) -> Result<Value, ActionError> {
        match self {
            Self::Literal(value) => room.admit(Cow::Borrowed(value)),
            Self::Whole(reference) => room.admit(scope.look_up(reference)),
            Self::Text(pieces) => {
                let mut text = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(part) => room.push(&mut text, part)?,
                        Piece::Reference(reference) => {
                            write_value(&scope.look_up(reference), &mut text, room)?;
                        }
                    }
                }
                Ok(Value::String(text))
            }
            Self::List(parts) => {
                let items = parts.iter().map(|part| part.fill(scope, room));
                Ok(Value::Array(items.collect::<Result<_, _>>()?))
            }
            Self::Record(parts) => {
                let members = parts.iter().map(|(name, part)| Ok((name.clone(), part.fill(scope, room)?)));
                Ok(Value::Object(members.collect::<Result<Map<_, _>, ActionError>>()?))
            }
        }
    }
}

impl Piece {
    fn reference(&self) -> Option<&Reference> {
        match self {
            Self::Text(_) => None,
            Self::Reference(reference) => Some(reference),
        }
    }
}

fn parse_text(text: &str, names: &Names<'_>) -> Result<Template, Fault> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("{{") {
        push_text(&mut pieces, before);
        let mut cursor = Cursor::new(from);
        if matches!(cursor.peek(), Some('\'' | '"')) {
            push_text(&mut pieces, cursor.take_quoted()?);
        } else {
            pieces.push(Piece::Reference(cursor.take_reference(names)?));
        }
        if !cursor.take("}}") {
            return Err(if cursor.is_at_end() { Fault::UnclosedBraces } else { cursor.unexpected() });
        }
        rest = cursor.rest();
    }
    push_text(&mut pieces, rest);
    Ok(match pieces.as_mut_slice() {
        [] => Template::Literal(Value::String(String::new())),
        [Piece::Text(only)] => Template::Literal(Value::String(std::mem::take(only))),
        [Piece::Reference(only)] => Template::Whole(only.clone()),
        _ => Template::Text(pieces),
    })
}

/// Texts that follow each other are one piece.
fn push_text(pieces: &mut Vec<Piece>, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Text(last)) => last.push_str(text),
        Some(Piece::Reference(_)) | None => pieces.push(Piece::Text(text.to_owned())),
    }
}

fn write_value(value: &Value, text: &mut String, room: &mut Room) -> Result<(), ActionError> {
    match value {
        Value::Null => Ok(()),
        Value::String(part) => room.push(text, part),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            for (place, item) in items.iter().filter_map(Value::as_str).enumerate() {
                room.push(text, if place == 0 { "" } else { "\n\n" })?;
                room.push(text, item)?;
            }
            Ok(())
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            room.measure(value)?;
            text.push_str(&value.to_string());
            Ok(())
        }
    }
}

/// How much may still be written.
struct Room {
    left: usize,
}

impl Room {
    fn take(&mut self, bytes: usize) -> Result<(), ActionError> {
        self.left = self.left.checked_sub(bytes).ok_or(ActionError::TooLarge)?;
        Ok(())
    }

    fn push(&mut self, text: &mut String, part: &str) -> Result<(), ActionError> {
        self.take(part.len())?;
        text.push_str(part);
        Ok(())
    }

    /// Makes room for the value as JSON; stops as soon as it is too large.
    fn measure(&mut self, value: &Value) -> Result<(), ActionError> {
        serde_json::to_writer(self, value).map_err(|_| ActionError::TooLarge)
    }

    /// A value is measured before it is copied.
    fn admit(&mut self, value: Cow<'_, Value>) -> Result<Value, ActionError> {
        self.measure(&value)?;
        Ok(value.into_owned())
    }
}

/// Counts what a value has as JSON, without keeping it.
impl std::io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.take(bytes.len()).map_err(std::io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

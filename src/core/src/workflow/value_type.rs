use std::collections::BTreeMap;
use std::str::FromStr;

/// What kind of value an input, a parameter or a result is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// Only `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// A string.
    Text,
    /// A list of one kind of value.
    List(Box<Self>),
    /// An object with these members and no others.
    Record(BTreeMap<String, Self>),
    /// The value, or `null`.
    Optional(Box<Self>),
    /// Any value; what it is shows only when the job runs.
    Json,
}

/// A type has at most so many parts in its text.
const MAX_DEPTH: usize = 8;

impl ValueType {
    /// A list of these.
    pub(super) fn list(self) -> Self {
        Self::List(Box::new(self))
    }

    /// This or `null`.
    pub(super) fn optional(self) -> Self {
        match self {
            Self::Optional(_) | Self::Null | Self::Json => self,
            _ => Self::Optional(Box::new(self)),
        }
    }

    /// The value that is there, if one is.
    pub(super) fn present(&self) -> &Self {
        match self {
            Self::Optional(inner) => inner,
            _ => self,
        }
    }

    /// An object with these members.
    pub(super) fn record<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Record(members.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect())
    }

    /// Whether a value of this type can stand where `wanted` is asked for. What is [`Self::Json`] is checked when
    /// the job runs.
    pub(super) fn fits(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (_, Self::Json)
            | (Self::Json, _)
            | (Self::Integer, Self::Number)
            | (Self::Null, Self::Optional(_)) => true,
            (Self::Optional(inner), Self::Optional(wanted)) => inner.fits(wanted),
            (found, Self::Optional(wanted)) => found.fits(wanted),
            (Self::List(found), Self::List(wanted)) => found.fits(wanted),
            (Self::Record(found), Self::Record(wanted)) => {
                let has = |(name, kind): (&String, &Self)| match found.get(name) {
                    Some(found) => found.fits(kind),
                    None => matches!(kind, Self::Optional(_)),
                };
                wanted.iter().all(has) && found.keys().all(|name| wanted.contains_key(name))
            }
            (found, wanted) => found == wanted,
        }
    }

    /// The type of a member, as [`Reference`](super::reference::Reference) describes it.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        match self {
            Self::Json => Some(Self::Json),
            Self::Record(members) => members.get(name).cloned(),
            Self::List(item) if name.parse::<usize>().is_ok() => Some(item.as_ref().clone().optional()),
            Self::List(item) => item.member(name).map(Self::list),
            Self::Optional(inner) => inner.member(name).map(Self::optional),
            Self::Null | Self::Boolean | Self::Integer | Self::Number | Self::Text => None,
        }
    }

    /// Whether the value is of this type.
    pub(super) fn admits(&self, value: &serde_json::Value) -> bool {
        use serde_json::Value;
        match (self, value) {
            (Self::Json, _)
            | (Self::Null | Self::Optional(_), Value::Null)
            | (Self::Boolean, Value::Bool(_))
            | (Self::Number, Value::Number(_))
            | (Self::Text, Value::String(_)) => true,
            (Self::Integer, Value::Number(number)) => number.is_i64() || number.is_u64(),
            (Self::Optional(inner), value) => inner.admits(value),
            (Self::List(item), Value::Array(items)) => items.iter().all(|value| item.admits(value)),
            (Self::Record(members), Value::Object(object)) => {
                let has =
                    |(name, kind): (&String, &Self)| kind.admits(object.get(name).unwrap_or(&Value::Null));
                members.iter().all(has) && object.keys().all(|name| members.contains_key(name))
            }
            _ => false,
        }
    }
}

/// Reads the type of an input: `text`, `integer`, `number`, `boolean`, `json`, `list<text>`, each with a `?` when it
/// may be missing.
impl FromStr for ValueType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        read(text.trim(), MAX_DEPTH)
    }
}

fn read(text: &str, depth: usize) -> Result<ValueType, ()> {
    let depth = depth.checked_sub(1).ok_or(())?;
    if let Some(inner) = text.strip_suffix('?') {
        return Ok(read(inner.trim_end(), depth)?.optional());
    }
    if let Some(item) = text.strip_prefix("list<").and_then(|rest| rest.strip_suffix('>')) {
        return Ok(read(item.trim(), depth)?.list());
    }
    match text {
        "text" => Ok(ValueType::Text),
        "integer" => Ok(ValueType::Integer),
        "number" => Ok(ValueType::Number),
        "boolean" => Ok(ValueType::Boolean),
        "json" => Ok(ValueType::Json),
        _ => Err(()),
    }
}

impl std::fmt::Display for ValueType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean => f.write_str("boolean"),
            Self::Integer => f.write_str("integer"),
            Self::Number => f.write_str("number"),
            Self::Text => f.write_str("text"),
            Self::List(item) => write!(f, "list<{item}>"),
            Self::Record(members) => {
                f.write_str("{")?;
                for (place, (name, kind)) in members.iter().enumerate() {
                    let separator = if place == 0 { "" } else { ", " };
                    write!(f, "{separator}{name}: {kind}")?;
                }
                f.write_str("}")
            }
            Self::Optional(inner) => write!(f, "{inner}?"),
            Self::Json => f.write_str("json"),
        }
    }
}

use ext_php_rs::types::{ZendHashTable, Zval};
use serde_json::{Map, Number, Value};

use super::array::{entries, is_list, text, values};
use crate::exceptions::Failure;

/// How deep arrays may nest. An array that holds itself by reference ends here.
pub(super) const MAX_DEPTH: usize = 64;

/// Reads a PHP value as the JSON value that `json_encode` would write: lists become arrays, other arrays and
/// `stdClass` objects become objects.
///
/// # Errors
/// [`Failure::Argument`] for what has no JSON form: other objects, resources, text that is not UTF-8, INF and
/// NAN, or deeper nesting than 64. `what` names the argument in the message.
pub(crate) fn json_value(value: &Zval, what: &str) -> Result<Value, Failure> {
    read(value, what, 0)
}

/// Reads a PHP array as a JSON object, an empty one too.
///
/// # Errors
/// As [`json_value`].
pub(crate) fn json_object(array: &ZendHashTable, what: &str) -> Result<Map<String, Value>, Failure> {
    read_object(array, what, 1)
}

fn read(value: &Zval, what: &str, depth: usize) -> Result<Value, Failure> {
    let value = value.dereference();
    if depth > MAX_DEPTH {
        return Err(refused(what, &format!("is nested deeper than {MAX_DEPTH} levels")));
    }
    if value.is_null() {
        Ok(Value::Null)
    } else if let Some(bool) = value.bool() {
        Ok(Value::Bool(bool))
    } else if let Some(number) = value.long() {
        Ok(Value::from(number))
    } else if let Some(number) = value.double() {
        let number =
            Number::from_f64(number).ok_or_else(|| refused(what, "holds a number that is not finite"))?;
        Ok(Value::Number(number))
    } else if value.is_string() {
        let text = text(value).ok_or_else(|| refused(what, "holds text that is not UTF-8"))?;
        Ok(Value::String(text.to_owned()))
    } else if let Some(array) = value.array() {
        if is_list(array) {
            values(array).map(|item| read(item, what, depth + 1)).collect::<Result<_, _>>().map(Value::Array)
        } else {
            read_object(array, what, depth + 1).map(Value::Object)
        }
    } else {
        read_other(value, what, depth)
    }
}

fn read_other(value: &Zval, what: &str, depth: usize) -> Result<Value, Failure> {
    let Some(object) = value.object() else {
        return Err(refused(what, "holds a value that has no JSON form"));
    };
    let class = object.get_class_name().unwrap_or_default();
    if class != "stdClass" {
        return Err(refused(what, &format!("holds an object of class {class}, which has no JSON form here")));
    }
    read_object(object.get_properties()?, what, depth + 1).map(Value::Object)
}

fn read_object(array: &ZendHashTable, what: &str, depth: usize) -> Result<Map<String, Value>, Failure> {
    let mut object = Map::new();
    for (key, value) in entries(array) {
        let key = match key.long() {
            Some(index) => index.to_string(),
            None => text(&key).ok_or_else(|| refused(what, "holds a key that is not UTF-8"))?.to_owned(),
        };
        object.insert(key, read(value, what, depth)?);
    }
    Ok(object)
}

pub(super) fn refused(what: &str, problem: &str) -> Failure {
    Failure::Argument(format!("the {what} {problem}"))
}

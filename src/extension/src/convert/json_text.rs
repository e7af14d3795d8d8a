//! JSON text straight from and to PHP's values, without a tree of JSON values between them.

use std::borrow::Cow;
use std::fmt;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::types::{ZendHashTable, Zval};
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

use super::array::{entries, is_list, text, values};
use super::from_php::{MAX_DEPTH, refused};
use super::json_string::append_json_string;
use crate::exceptions::Failure;

/// Writes a PHP array as a JSON object, an empty one too: without white space, the members of every object in the
/// order of their names' bytes.
///
/// # Errors
/// [`Failure::Argument`] for what has no JSON form, as [`super::json_object`] says.
pub(crate) fn write_json_object(array: &ZendHashTable, what: &str) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::with_capacity(512);
    Writer { out: &mut out, what, order: Order::ByName }.object(array, 1)?;
    Ok(out)
}

/// Appends a PHP array as a JSON object, an empty one too, with its members in their order.
///
/// # Errors
/// As above.
pub(crate) fn append_json_object(
    out: &mut Vec<u8>,
    array: &ZendHashTable,
    what: &str,
) -> Result<(), Failure> {
    Writer { out, what, order: Order::AsGiven }.object(array, 1)
}

#[derive(Clone, Copy)]
enum Order {
    ByName,
    AsGiven,
}

const NO_TEXT_KEY: &str = "holds a key that is not UTF-8";

struct Writer<'a> {
    out: &'a mut Vec<u8>,
    what: &'a str,
    order: Order,
}

impl Writer<'_> {
    fn value(&mut self, value: &Zval, depth: usize) -> Result<(), Failure> {
        let value = value.dereference();
        if depth > MAX_DEPTH {
            return Err(refused(self.what, &format!("is nested deeper than {MAX_DEPTH} levels")));
        }
        if let Some(string) = value.zend_str() {
            let text = string.as_str().map_err(|_| refused(self.what, "holds text that is not UTF-8"))?;
            append_json_string(self.out, text);
            Ok(())
        } else if let Some(number) = value.long() {
            self.scalar(&number)
        } else if let Some(bool) = value.bool() {
            self.scalar(&bool)
        } else if value.is_null() {
            self.scalar(&())
        } else if let Some(number) = value.double() {
            if !number.is_finite() {
                return Err(refused(self.what, "holds a number that is not finite"));
            }
            self.scalar(&number)
        } else if let Some(array) = value.array() {
            if is_list(array) { self.list(array, depth + 1) } else { self.object(array, depth + 1) }
        } else {
            let Some(object) = value.object() else {
                return Err(refused(self.what, "holds a value that has no JSON form"));
            };
            let class = object.get_class_name().unwrap_or_default();
            if class != "stdClass" {
                let problem = format!("holds an object of class {class}, which has no JSON form here");
                return Err(refused(self.what, &problem));
            }
            self.object(object.get_properties()?, depth + 1)
        }
    }

    fn scalar<T: serde::Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Failure> {
        serde_json::to_writer(&mut *self.out, value).map_err(|_| refused(self.what, "has no JSON form"))
    }

    fn list(&mut self, array: &ZendHashTable, depth: usize) -> Result<(), Failure> {
        self.out.push(b'[');
        for (position, value) in values(array).enumerate() {
            if position > 0 {
                self.out.push(b',');
            }
            self.value(value, depth)?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn object(&mut self, array: &ZendHashTable, depth: usize) -> Result<(), Failure> {
        match self.order {
            Order::ByName => self.sorted_object(array, depth),
            Order::AsGiven => self.plain_object(array, depth),
        }
    }

    fn plain_object(&mut self, array: &ZendHashTable, depth: usize) -> Result<(), Failure> {
        self.out.push(b'{');
        for (position, (key, value)) in entries(array).enumerate() {
            if position > 0 {
                self.out.push(b',');
            }
            if let Some(index) = key.long() {
                append_json_string(self.out, &index.to_string());
            } else {
                let name = text(&key).ok_or_else(|| refused(self.what, NO_TEXT_KEY))?;
                append_json_string(self.out, name);
            }
            self.out.push(b':');
            self.value(value, depth)?;
        }
        self.out.push(b'}');
        Ok(())
    }

    fn sorted_object(&mut self, array: &ZendHashTable, depth: usize) -> Result<(), Failure> {
        let members: Vec<(Zval, &Zval)> = entries(array).collect();
        let mut named = Vec::with_capacity(members.len());
        for (key, value) in &members {
            let name = match key.long() {
                Some(index) => Cow::Owned(index.to_string()),
                None => Cow::Borrowed(text(key).ok_or_else(|| refused(self.what, NO_TEXT_KEY))?),
            };
            named.push((name, *value));
        }
        named.sort_unstable_by(|(first, _), (second, _)| first.cmp(second));
        self.out.push(b'{');
        for (position, (name, value)) in named.iter().enumerate() {
            if position > 0 {
                self.out.push(b',');
            }
            append_json_string(self.out, name);
            self.out.push(b':');
            self.value(value, depth)?;
        }
        self.out.push(b'}');
        Ok(())
    }
}

/// Reads a JSON object as a PHP array, its members in their order; objects inside become associative arrays. Of
/// members with the same name the last one stays.
///
/// `None` when the text is no JSON object.
pub(crate) fn read_json_object(json: &[u8]) -> Option<ZBox<ZendHashTable>> {
    // Once for all of it, and not for each string in it.
    let json = str::from_utf8(json).ok()?;
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let array = deserializer.deserialize_map(ObjectVisitor).ok()?;
    deserializer.end().ok()?;
    Some(array)
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = ZBox<ZendHashTable>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut array = ZendHashTable::new();
        while let Some(name) = members.next_key_seed(Name)? {
            let value = members.next_value_seed(Value)?;
            array.insert(&*name, value).map_err(A::Error::custom)?;
        }
        Ok(array)
    }
}

/// Reads a member's name, without a copy when it needs no unescaping.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

struct Value;

impl<'de> DeserializeSeed<'de> for Value {
    type Value = Zval;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = Zval;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Zval, E> {
        Ok(Zval::null())
    }

    fn visit_bool<E>(self, bool: bool) -> Result<Zval, E> {
        let mut zval = Zval::new();
        zval.set_bool(bool);
        Ok(zval)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Zval, E> {
        let mut zval = Zval::new();
        zval.set_long(number);
        Ok(zval)
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Zval, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            // As json_decode does: a number beyond PHP's integers becomes a float.
            #[expect(clippy::cast_precision_loss, reason = "the loss is what json_decode does")]
            Err(_) => self.visit_f64(number as f64),
        }
    }

    fn visit_f64<E>(self, number: f64) -> Result<Zval, E> {
        let mut zval = Zval::new();
        zval.set_double(number);
        Ok(zval)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Zval, E> {
        let mut zval = Zval::new();
        zval.set_string(text, false).map_err(E::custom)?;
        Ok(zval)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Zval, A::Error> {
        let mut list = ZendHashTable::new();
        while let Some(item) = items.next_element_seed(Value)? {
            list.push(item).map_err(A::Error::custom)?;
        }
        let mut zval = Zval::new();
        zval.set_hashtable(list);
        Ok(zval)
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Zval, A::Error> {
        let mut zval = Zval::new();
        zval.set_hashtable(ObjectVisitor.visit_map(members)?);
        Ok(zval)
    }
}

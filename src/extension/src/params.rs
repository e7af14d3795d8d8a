//! Types of parameters that behave as PHP's own.
//!
//! ext-php-rs refuses an int for a `string` parameter whatever the caller declares, and its error names
//! neither the function nor the type. These newtypes ask the engine: a caller without `strict_types` gets the
//! usual coercions, one with it a `TypeError`, and both the usual text.

mod call;

use std::borrow::Cow;
use std::ffi::c_char;
use std::sync::Arc;

use ext_php_rs::convert::{FromZval, FromZvalMut, StubLiteral};
use ext_php_rs::ffi::zend_string;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendClassObject, ZendHashTable, ZendStr, Zval};
use platen_core::signing::{InvalidKey, TokenKey, jwt};

use crate::classes::{KeySet, SigningKey};
use crate::convert::values;
use crate::exceptions::Failure;
use crate::ini;

/// A `string` parameter as text. Bytes that are not UTF-8 are replaced by U+FFFD.
pub(crate) struct Text<'a> {
    text: Cow<'a, str>,
    /// How many bytes were given, before any was replaced.
    given_bytes: usize,
}

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// How many bytes were given. The text can have three times as many, when they are not UTF-8.
    pub(crate) fn given_bytes(&self) -> usize {
        self.given_bytes
    }
}

impl<'a> FromZvalMut<'a> for Text<'a> {
    const TYPE: DataType = DataType::String;

    fn from_zval_mut(zval: &'a mut Zval) -> Option<Self> {
        let string = string_argument(zval)?;
        let given_bytes = string.as_bytes().len();
        match string.as_str() {
            Ok(text) => Some(Self { text: Cow::Borrowed(text), given_bytes }),
            Err(_) => {
                call::guarded(|| Some(Self { text: String::from_utf8_lossy(string.as_bytes()), given_bytes }))
            }
        }
    }
}

impl From<&'static str> for Text<'_> {
    fn from(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), given_bytes: text.len() }
    }
}

impl StubLiteral for Text<'_> {
    fn stub_literal(&self) -> String {
        self.text.stub_literal()
    }
}

/// A `?string $… = null` parameter as text, as [`Text`] reads it.
pub(crate) struct OptionalText<'a>(Option<Text<'a>>);

impl OptionalText<'_> {
    pub(crate) fn into_owned(self) -> Option<String> {
        self.0.map(|text| text.text.into_owned())
    }
}

impl<'a> FromZvalMut<'a> for OptionalText<'a> {
    const TYPE: DataType = DataType::String;
    const NULLABLE: bool = true;

    fn from_zval_mut(zval: &'a mut Zval) -> Option<Self> {
        if zval.is_null() { Some(Self(None)) } else { Text::from_zval_mut(zval).map(|text| Self(Some(text))) }
    }

    fn from_missing() -> Option<Self> {
        Some(Self(None))
    }
}

/// A `string` parameter as bytes.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a>(pub(crate) &'a [u8]);

impl<'a> FromZvalMut<'a> for Bytes<'a> {
    const TYPE: DataType = DataType::String;

    fn from_zval_mut(zval: &'a mut Zval) -> Option<Self> {
        string_argument(zval).map(|string| Self(string.as_bytes()))
    }
}

/// An `int` parameter.
#[derive(Clone, Copy)]
pub(crate) struct Int(pub(crate) i64);

impl Int {
    /// The number as an amount, which is not negative.
    pub(crate) fn amount(self, name: &str) -> Result<usize, Failure> {
        usize::try_from(self.0).map_err(|_| Failure::Argument(format!("{name} must not be negative")))
    }
}

impl<'a> FromZval<'a> for Int {
    const TYPE: DataType = DataType::Long;

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        int_argument(zval, "int").map(Self)
    }
}

/// An `?int $… = null` parameter.
#[derive(Clone, Copy)]
pub(crate) struct OptionalInt(pub(crate) Option<i64>);

impl<'a> FromZval<'a> for OptionalInt {
    const TYPE: DataType = DataType::Long;
    const NULLABLE: bool = true;

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        if zval.is_null() { Some(Self(None)) } else { int_argument(zval, "?int").map(|int| Self(Some(int))) }
    }

    fn from_missing() -> Option<Self> {
        Some(Self(None))
    }
}

impl From<i64> for Int {
    fn from(number: i64) -> Self {
        Self(number)
    }
}

impl StubLiteral for Int {
    fn stub_literal(&self) -> String {
        self.0.stub_literal()
    }
}

/// Checks a number.
pub(crate) fn ranged(name: &str, value: i64, from: i64, to: i64) -> Result<i64, Failure> {
    if (from..=to).contains(&value) {
        Ok(value)
    } else {
        Err(Failure::Argument(format!("{name} must be from {from} to {to}, it is {value}")))
    }
}

/// A `string $model = ''` parameter: an empty name stands for the configured one.
pub(crate) struct Model<'a>(Text<'a>);

impl Model<'_> {
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl<'a> FromZvalMut<'a> for Model<'a> {
    const TYPE: DataType = DataType::String;

    fn from_zval_mut(zval: &'a mut Zval) -> Option<Self> {
        Text::from_zval_mut(zval).map(Self::configured)
    }
}

impl From<&'static str> for Model<'_> {
    fn from(text: &'static str) -> Self {
        Self::configured(Text::from(text))
    }
}

impl StubLiteral for Model<'_> {
    fn stub_literal(&self) -> String {
        String::from("''")
    }
}

impl<'a> Model<'a> {
    fn configured(text: Text<'a>) -> Self {
        if !text.as_str().is_empty() {
            return Self(text);
        }
        let name = ini::default_model();
        Self(Text { given_bytes: name.len(), text: Cow::Owned(name) })
    }
}

/// An `array` parameter, walked in place.
#[derive(Clone, Copy)]
pub(crate) struct Items<'a>(pub(crate) &'a ZendHashTable);

impl<'a> FromZval<'a> for Items<'a> {
    const TYPE: DataType = DataType::Array;

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        zval.array().or_else(|| call::refused(zval, "array")).map(Self)
    }
}

/// An optional `array` parameter whose default is the empty array.
#[derive(Clone, Copy)]
pub(crate) struct Options<'a>(pub(crate) Option<&'a ZendHashTable>);

impl<'a> FromZval<'a> for Options<'a> {
    const TYPE: DataType = DataType::Array;

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        Items::from_zval(zval).map(|items| Self(Some(items.0)))
    }
}

impl From<[&'static str; 0]> for Options<'_> {
    fn from(_: [&'static str; 0]) -> Self {
        Self(None)
    }
}

impl StubLiteral for Options<'_> {
    fn stub_literal(&self) -> String {
        String::from("[]")
    }
}

/// A `Platen\SigningKey` parameter.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a>(pub(crate) &'a TokenKey);

impl<'a> FromZval<'a> for Key<'a> {
    const TYPE: DataType = DataType::object(SigningKey::PHP_NAME);

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        key_of(zval).map(|key| Self(key)).or_else(|| call::refused(zval, SigningKey::PHP_NAME))
    }
}

/// The `Platen\SigningKey|array` parameter: all keys that are valid now.
pub(crate) struct Keys<'a>(Vec<&'a Arc<TokenKey>>);

impl Keys<'_> {
    /// The keys as shared secrets.
    ///
    /// # Errors
    /// [`InvalidKey`] when one is none.
    pub(crate) fn secrets(&self) -> Result<Vec<&platen_core::signing::SigningKey>, InvalidKey> {
        self.0.iter().map(|key| key.secret()).collect()
    }
}

impl<'a> FromZval<'a> for Keys<'a> {
    // ext-php-rs has no union types.
    const TYPE: DataType = DataType::Mixed;

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        call::guarded(|| {
            let keys = match zval.array() {
                Some(array) => values(array).map(key_of).collect(),
                None => key_of(zval).map(|key| vec![key]),
            };
            if keys.is_none() {
                call::refuse(zval, "Platen\\SigningKey|array of Platen\\SigningKey");
            }
            keys.map(Self)
        })
    }
}

/// An `array` parameter of `Platen\SigningKey`.
pub(crate) struct KeyList(pub(crate) Vec<Arc<TokenKey>>);

impl<'a> FromZval<'a> for KeyList {
    const TYPE: DataType = DataType::Array;

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        call::guarded(|| {
            let keys =
                zval.array().and_then(|array| values(array).map(|key| key_of(key).map(Arc::clone)).collect());
            if keys.is_none() {
                call::refuse(zval, "array of Platen\\SigningKey");
            }
            keys.map(Self)
        })
    }
}

/// The `Platen\SigningKey|Platen\KeySet` parameter: what a token may be signed with.
#[derive(Clone, Copy)]
pub(crate) struct TokenKeys<'a>(pub(crate) jwt::Keys<'a>);

impl<'a> FromZval<'a> for TokenKeys<'a> {
    // ext-php-rs has no union types.
    const TYPE: DataType = DataType::Mixed;

    fn from_zval(zval: &'a Zval) -> Option<Self> {
        let keys = match key_of(zval) {
            Some(key) => Some(jwt::Keys::Key(key)),
            None => set_of(zval).map(jwt::Keys::Set),
        };
        keys.map(Self).or_else(|| call::refused(zval, "Platen\\SigningKey|Platen\\KeySet"))
    }
}

fn key_of(zval: &Zval) -> Option<&Arc<TokenKey>> {
    let object = zval.dereference().object()?;
    ZendClassObject::<SigningKey>::from_zend_obj(object).map(|object| object.key())
}

fn set_of(zval: &Zval) -> Option<&platen_core::signing::KeySet> {
    let object = zval.dereference().object()?;
    ZendClassObject::<KeySet>::from_zend_obj(object).map(|object| object.set())
}

/// The argument's string, after the caller's coercions. `None` when an exception is on its way.
fn string_argument(zval: &mut Zval) -> Option<&ZendStr> {
    if !zval.is_string() {
        call::guarded(|| {
            let is_taken = !zval.is_null() && !call::is_strict() && coerce_to_string(zval);
            if !is_taken {
                call::refuse(zval, "string");
            }
            is_taken.then_some(())
        })?;
    }
    zval.zend_str()
}

/// The argument's integer, after the caller's coercions. `None` when an exception is on its way.
fn int_argument(zval: &Zval, expected: &str) -> Option<i64> {
    if let Some(number) = zval.long() {
        return Some(number);
    }
    call::guarded(|| {
        let coerced = if zval.is_null() || call::is_strict() { None } else { coerce_to_long(zval) };
        if coerced.is_none() {
            call::refuse(zval, expected);
        }
        coerced
    })
}

/// Turns a scalar or Stringable into a string, in the call's own copy of the argument.
fn coerce_to_string(zval: &mut Zval) -> bool {
    let mut string = std::ptr::null_mut();
    #[expect(unsafe_code, reason = "the engine's own coercion, with its notices and exceptions")]
    // SAFETY: an exclusively borrowed argument of the running call, which may be converted in place.
    unsafe {
        zend_parse_arg_str_weak(zval, &raw mut string, 0)
    }
}

fn coerce_to_long(zval: &Zval) -> Option<i64> {
    let mut number = 0;
    #[expect(unsafe_code, reason = "the engine's own coercion, with its notices and exceptions")]
    // SAFETY: an argument of the running call, which is only read.
    let is_taken = unsafe { zend_parse_arg_long_weak(zval, &raw mut number, 0) };
    is_taken.then_some(number)
}

#[expect(unsafe_code, reason = "functions of the engine that ext-php-rs does not bind")]
unsafe extern "C" {
    fn zend_parse_arg_str_weak(argument: *mut Zval, string: *mut *mut zend_string, position: u32) -> bool;
    fn zend_parse_arg_long_weak(argument: *const Zval, number: *mut i64, position: u32) -> bool;
    pub(crate) fn zend_zval_type_name(value: *const Zval) -> *const c_char;
}

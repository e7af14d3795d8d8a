use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::error::Error;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use serde_json::{Map, Value};

use crate::exceptions::Failure;

/// A PHP string of any bytes, also as what a function returns.
pub(crate) struct PhpString(Zval);

impl PhpString {
    /// Copies the bytes into PHP's memory; the caller keeps a guard over its own.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut zval = Zval::new();
        zval.set_zend_string(ZendStr::new(bytes, false));
        Self(zval)
    }
}

impl IntoZval for PhpString {
    const TYPE: DataType = DataType::String;
    const NULLABLE: bool = false;

    fn set_zval(self, zval: &mut Zval, _persistent: bool) -> Result<(), Error> {
        *zval = self.0;
        Ok(())
    }
}

/// Builds a PHP array from a JSON object; objects inside become associative arrays.
///
/// # Errors
/// [`Failure::Php`] when the engine cannot hold a value.
pub(crate) fn php_array(object: &Map<String, Value>) -> Result<ZBox<ZendHashTable>, Failure> {
    let mut array = ZendHashTable::with_capacity(capacity(object.len()));
    for (name, value) in object {
        array.insert(name.as_str(), php_value(value)?)?;
    }
    Ok(array)
}

fn php_value(value: &Value) -> Result<Zval, Failure> {
    let mut zval = Zval::new();
    match value {
        Value::Null => zval.set_null(),
        Value::Bool(bool) => zval.set_bool(*bool),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(integer), _) => zval.set_long(integer),
            // As json_decode does: a number beyond PHP's integers becomes a float.
            (None, float) => zval.set_double(float.unwrap_or(f64::NAN)),
        },
        Value::String(text) => zval.set_string(text, false)?,
        Value::Array(items) => {
            let mut list = ZendHashTable::with_capacity(capacity(items.len()));
            for item in items {
                list.push(php_value(item)?)?;
            }
            zval.set_hashtable(list);
        }
        Value::Object(object) => zval.set_hashtable(php_array(object)?),
    }
    Ok(zval)
}

fn capacity(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

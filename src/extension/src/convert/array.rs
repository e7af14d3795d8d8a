use ext_php_rs::types::{ZendHashTable, Zval};

/// The keys and values of an array, in order.
///
/// The iterators of ext-php-rs panic at a key that is not UTF-8; this one gives every key as PHP has it.
pub(crate) fn entries(array: &ZendHashTable) -> impl Iterator<Item = (Zval, &Zval)> {
    let mut iterator = array.iter();
    std::iter::from_fn(move || iterator.next_zval())
}

/// The values of an array, in order.
pub(crate) fn values(array: &ZendHashTable) -> impl Iterator<Item = &Zval> {
    entries(array).map(|(_, value)| value)
}

/// Whether the keys are 0, 1, 2 …, as `array_is_list` says.
pub(crate) fn is_list(array: &ZendHashTable) -> bool {
    let positions = 0_i64..;
    entries(array).zip(positions).all(|((key, _), position)| key.long() == Some(position))
}

/// A value's text; `None` when it is not a string or not UTF-8.
pub(crate) fn text(value: &Zval) -> Option<&str> {
    value.dereference().zend_str()?.as_str().ok()
}

//! Between PHP's values and Rust's, JSON values among them.

mod array;
mod from_php;
mod to_php;

pub(crate) use array::{entries, text, values};
pub(crate) use from_php::{json_object, json_value};
pub(crate) use to_php::{PhpString, php_array};

//! Between PHP's values and Rust's, JSON values among them.

mod array;
mod from_php;
mod json_string;
mod json_text;
mod to_php;

pub(crate) use array::{entries, text, values};
pub(crate) use from_php::{json_object, json_value};
pub(crate) use json_text::{append_json_object, read_json_object, write_json_object};
pub(crate) use to_php::{PhpString, php_array};

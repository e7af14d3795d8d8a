//! Counting tokens, and texts by their tokens.

use ext_php_rs::boxed::ZBox;
use ext_php_rs::prelude::*;
use ext_php_rs::types::ZendHashTable;
use ext_php_rs::zend::BailoutGuard;
use platen_core::limits::MAX_TEXT_BYTES;
use platen_core::tokens::{self, CutFrom};

use crate::convert::{PhpString, values};
use crate::exceptions::Failure;
use crate::footprint::Footprint;
use crate::guard::guard;
use crate::params::{Int, Items, Model, Text};

/// Counts the tokens of a text as the model counts them.
#[php_function]
#[php(name = "Platen\\count_tokens", defaults(model = "\"\""))]
fn count_tokens(text: Text<'_>, model: Model<'_>) -> Result<i64, Failure> {
    guard(|| {
        check_length("the text", text.given_bytes())?;
        let count = tokens::count(text.as_str(), model.as_str());
        Ok(i64::try_from(count.tokens).unwrap_or(i64::MAX))
    })
}

/// Gives the ids of a text's tokens, on the encoding that the model is counted with.
#[php_function]
#[php(name = "Platen\\encode", defaults(model = "\"\""))]
fn encode(text: Text<'_>, model: Model<'_>) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        check_length("the text", text.given_bytes())?;
        let ids = tokens::model_info(model.as_str()).encoding.encode(text.as_str());
        Footprint::list(ids.len()).check()?;
        // PHP may end the request for want of memory while the array is built; the ids are freed even then.
        let ids = BailoutGuard::new(ids);
        let mut list = ZendHashTable::with_capacity(u32::try_from(ids.len()).unwrap_or(0));
        for id in ids.iter() {
            list.push(i64::from(*id))?;
        }
        Ok(list)
    })
}

/// Gives the bytes that token ids stand for.
#[php_function]
#[php(name = "Platen\\decode", defaults(model = "\"\""))]
fn decode(tokens: Items<'_>, model: Model<'_>) -> Result<PhpString, Failure> {
    guard(|| {
        let ids = values(tokens.0).enumerate().map(|(place, id)| {
            let id = id.dereference().long().and_then(|id| u32::try_from(id).ok());
            id.ok_or_else(|| Failure::Argument(format!("token {place} is not an id")))
        });
        let ids = ids.collect::<Result<Vec<u32>, Failure>>()?;
        let encoding = tokens::model_info(model.as_str()).encoding;
        let length = encoding.decoded_bytes(&ids);
        check_length("the text of the tokens", length)?;
        Footprint::string(length).check()?;
        let bytes = encoding.decode(&ids).map_err(|error| Failure::Argument(error.to_string()))?;
        Ok(PhpString::new(&BailoutGuard::new(bytes)))
    })
}

/// Cuts a text so that it has at most so many tokens.
#[php_function]
#[php(name = "Platen\\truncate_tokens", defaults(model = "\"\"", from = "\"end\""))]
fn truncate_tokens(text: Text<'_>, max: Int, model: Model<'_>, from: Text<'_>) -> Result<PhpString, Failure> {
    guard(|| {
        check_length("the text", text.given_bytes())?;
        let from = CutFrom::from_name(from.as_str())
            .ok_or_else(|| Failure::Argument(String::from("from is neither end nor start")))?;
        let part = tokens::truncate(text.as_str(), max.amount("max")?, model.as_str(), from);
        Footprint::string(part.len()).check()?;
        Ok(PhpString::new(part.as_bytes()))
    })
}

/// Splits a text into parts of at most so many tokens, where paragraphs, lines, sentences or words end.
#[php_function]
#[php(name = "Platen\\split_tokens", defaults(overlap = 0, model = "\"\""))]
fn split_tokens(
    text: Text<'_>,
    size: Int,
    overlap: Int,
    model: Model<'_>,
) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        check_length("the text", text.given_bytes())?;
        let (size, overlap) = (size.amount("size")?, overlap.amount("overlap")?);
        let parts = tokens::split(text.as_str(), size, overlap, model.as_str());
        let parts = parts.map_err(|error| Failure::Argument(error.to_string()))?;
        let strings = parts.iter().map(|part| Footprint::string(part.len()));
        strings.fold(Footprint::list(parts.len()), Footprint::and).check()?;
        let parts = BailoutGuard::new(parts);
        let mut list = ZendHashTable::with_capacity(u32::try_from(parts.len()).unwrap_or(0));
        for part in parts.iter() {
            list.push(text.as_str().get(part.clone()).unwrap_or_default())?;
        }
        Ok(list)
    })
}

/// Tells what is known of a model from its name.
#[php_function]
#[php(name = "Platen\\model_info")]
fn model_info(model: Model<'_>) -> Result<ZBox<ZendHashTable>, Failure> {
    guard(|| {
        let model = tokens::model_info(model.as_str());
        let mut info = ZendHashTable::with_capacity(5);
        info.insert("encoding", model.encoding.name())?;
        info.insert("is_estimate", !model.is_exact())?;
        info.insert("error_percent", i64::from(model.error_percent()))?;
        info.insert("context_tokens", model.context_tokens)?;
        info.insert("max_output_tokens", model.max_output_tokens)?;
        Ok(info)
    })
}

/// Refuses a text that would keep the worker busy for seconds.
fn check_length(what: &'static str, actual: usize) -> Result<(), Failure> {
    if actual > MAX_TEXT_BYTES {
        return Err(Failure::TooLarge { what, actual, limit: MAX_TEXT_BYTES });
    }
    Ok(())
}

pub(super) fn register(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module
        .function(wrap_function!(count_tokens))
        .function(wrap_function!(encode))
        .function(wrap_function!(decode))
        .function(wrap_function!(truncate_tokens))
        .function(wrap_function!(split_tokens))
        .function(wrap_function!(model_info))
}

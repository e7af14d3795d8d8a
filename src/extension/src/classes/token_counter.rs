use ext_php_rs::flags::ClassFlags;
use ext_php_rs::prelude::*;
use platen_core::limits::MAX_TEXT_BYTES;

use crate::exceptions::Failure;
use crate::guard::guard;
use crate::params::{Bytes, Model};

/// Counts the tokens of a text that arrives in parts.
#[php_class]
#[php(name = "Platen\\TokenCounter", flags = ClassFlags::Final)]
pub(crate) struct TokenCounter {
    counter: platen_core::tokens::TokenCounter,
    bytes: usize,
}

#[php_impl]
impl TokenCounter {
    /// Begins with an empty text.
    #[php(defaults(model = "\"\""))]
    pub(crate) fn __construct(model: Model<'_>) -> Result<Self, Failure> {
        guard(|| Ok(Self { counter: platen_core::tokens::TokenCounter::new(model.as_str()), bytes: 0 }))
    }

    /// Appends bytes, cut anywhere.
    pub(crate) fn push(&mut self, text: Bytes<'_>) -> Result<(), Failure> {
        guard(|| {
            let bytes = self.bytes.saturating_add(text.0.len());
            if bytes > MAX_TEXT_BYTES {
                return Err(Failure::TooLarge { what: "the text", actual: bytes, limit: MAX_TEXT_BYTES });
            }
            self.bytes = bytes;
            self.counter.push(text.0);
            Ok(())
        })
    }

    /// How many tokens have arrived.
    pub(crate) fn count(&self) -> Result<i64, Failure> {
        guard(|| Ok(i64::try_from(self.counter.count().tokens).unwrap_or(i64::MAX)))
    }
}

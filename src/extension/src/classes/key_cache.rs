//! Parsed keys, kept for the life of the worker: checking a private RSA key costs more than signing with it, and
//! a PHP program reads its keys anew in every request.

use std::cell::RefCell;
use std::sync::Arc;

use platen_core::signing::{InvalidKey, TokenKey};
use sha2::{Digest, Sha256};

/// How many keys are kept: more than one site uses.
const MAX_KEYS: usize = 32;

/// The hash of what a key was read from, and the key. The text itself is not kept.
type Entry = ([u8; 32], Arc<TokenKey>);

thread_local! {
    static KEYS: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

/// Gives the key that was parsed from this text under this id before, or parses it.
///
/// # Errors
/// Those of `parse`; nothing is kept of a key that is refused.
pub(super) fn get_or_parse(
    text: &[u8],
    id: Option<&str>,
    parse: impl FnOnce() -> Result<TokenKey, InvalidKey>,
) -> Result<Arc<TokenKey>, InvalidKey> {
    let digest = digest(text, id);
    let found = KEYS
        .with_borrow(|keys| keys.iter().find(|(known, _)| *known == digest).map(|(_, key)| Arc::clone(key)));
    if let Some(key) = found {
        return Ok(key);
    }
    let key = Arc::new(parse()?);
    KEYS.with_borrow_mut(|keys| {
        // The oldest goes: a worker that reads more keys than this has no few that it uses again.
        if keys.len() >= MAX_KEYS {
            keys.remove(0);
        }
        keys.push((digest, Arc::clone(&key)));
    });
    Ok(key)
}

fn digest(text: &[u8], id: Option<&str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(text.len().to_le_bytes());
    hash.update(text);
    hash.update([u8::from(id.is_some())]);
    hash.update(id.unwrap_or_default());
    hash.finalize().into()
}

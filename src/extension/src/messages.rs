//! Reads the messages of a conversation, `['role' => …, 'content' => …]`, and counts what each costs.

use ext_php_rs::types::{ZendHashTable, Zval};
use platen_core::history::{HistoryRole, MessageCost};
use platen_core::limits::MAX_TEXT_BYTES;
use platen_core::tokens::{ImageDetail, MESSAGE_OVERHEAD_TOKENS, ModelInfo, image_tokens};

use crate::convert::{entries, text, values};
use crate::exceptions::Failure;

/// What the name of a speaker costs beside its text, in tokens (OpenAI's cookbook).
const NAME_TOKENS: usize = 1;

/// Counts all messages. Their texts together may be as long as one text.
///
/// # Errors
/// [`Failure::Argument`] for a malformed message, [`Failure::TooLarge`] for too much text.
pub(crate) fn costs<'a>(messages: &[&'a Zval], model: &ModelInfo) -> Result<Vec<MessageCost<'a>>, Failure> {
    let mut room = MAX_TEXT_BYTES;
    messages
        .iter()
        .enumerate()
        .map(|(place, message)| {
            let message = message.array().ok_or_else(|| refused(place, "is not an array"))?;
            Reader { fields: Fields::of(message), place, model, tokens: 0 }.cost(&mut room)
        })
        .collect()
}

/// What is read of a message. Null is as good as missing.
#[derive(Default)]
struct Fields<'a> {
    role: Option<&'a Zval>,
    name: Option<&'a Zval>,
    content: Option<&'a Zval>,
    tool_calls: Option<&'a Zval>,
    tool_call_id: Option<&'a Zval>,
    pinned: Option<&'a Zval>,
}

impl<'a> Fields<'a> {
    /// Looks at each entry once: a message has two or three of them, and to look for each field takes longer.
    fn of(message: &'a ZendHashTable) -> Self {
        let mut fields = Self::default();
        for (key, value) in entries(message) {
            let field = match text(&key) {
                Some("role") => &mut fields.role,
                Some("name") => &mut fields.name,
                Some("content") => &mut fields.content,
                Some("tool_calls") => &mut fields.tool_calls,
                Some("tool_call_id") => &mut fields.tool_call_id,
                Some("pinned") => &mut fields.pinned,
                _ => continue,
            };
            *field = Some(value.dereference()).filter(|value| !value.is_null());
        }
        fields
    }
}

/// One message of the caller at its place in the list, and what was counted of it so far.
struct Reader<'a, 'm> {
    fields: Fields<'a>,
    place: usize,
    model: &'m ModelInfo,
    tokens: usize,
}

impl<'a> Reader<'a, '_> {
    fn cost(mut self, room: &mut usize) -> Result<MessageCost<'a>, Failure> {
        let role_name = self.text("role", self.fields.role)?.unwrap_or_default();
        let role = HistoryRole::from_name(role_name)
            .ok_or_else(|| self.refused("has no role of system, user, assistant or tool"))?;
        self.add(MESSAGE_OVERHEAD_TOKENS);
        self.count(room, role_name)?;
        if let Some(name) = self.text("name", self.fields.name)? {
            self.add(NAME_TOKENS);
            self.count(room, name)?;
        }
        self.count_content(room)?;
        let tool_call_ids = self.count_tool_calls(room)?;
        Ok(MessageCost {
            role,
            tokens: self.tokens,
            is_pinned: self.is_pinned()?,
            tool_call_ids,
            answers_to: self.text("tool_call_id", self.fields.tool_call_id)?,
        })
    }

    /// The content is text, or a list of parts.
    fn count_content(&mut self, room: &mut usize) -> Result<(), Failure> {
        let Some(parts) = self.fields.content.and_then(Zval::array) else {
            let content = self.text("content", self.fields.content)?.unwrap_or_default();
            return self.count(room, content);
        };
        for part in values(parts) {
            let part = part.dereference().array();
            let part = part.ok_or_else(|| self.refused("has a part of its content that is no array"))?;
            match part.get("type").and_then(text) {
                Some("text" | "input_text" | "output_text") => {
                    let content = part.get("text").and_then(text);
                    let content =
                        content.ok_or_else(|| self.refused("has a text part without UTF-8 text"))?;
                    self.count(room, content)?;
                }
                Some("image_url" | "input_image") => self.add(image_tokens(image_detail(part))),
                _ => return Err(self.refused("has a part of its content that is neither text nor image")),
            }
        }
        Ok(())
    }

    /// Gives the ids of the calls.
    fn count_tool_calls(&mut self, room: &mut usize) -> Result<Vec<&'a str>, Failure> {
        let Some(calls) = self.fields.tool_calls else { return Ok(Vec::new()) };
        let calls = calls.array().ok_or_else(|| self.refused("has tool_calls that are no list"))?;
        let mut ids = Vec::new();
        for call in values(calls) {
            let call = call.dereference().array();
            let call = call.ok_or_else(|| self.refused("has a malformed tool call"))?;
            ids.extend(call.get("id").and_then(text));
            let function = call.get("function").and_then(|function| function.dereference().array());
            for part in ["name", "arguments"] {
                let part = function.and_then(|function| function.get(part)).and_then(text);
                self.count(room, part.unwrap_or_default())?;
            }
        }
        Ok(ids)
    }

    /// Adds what a text costs. All texts of one call share the limit of one text.
    fn count(&mut self, room: &mut usize, text: &str) -> Result<(), Failure> {
        *room = room.checked_sub(text.len()).ok_or(Failure::TooLarge {
            what: "the text of the messages",
            actual: MAX_TEXT_BYTES.saturating_sub(*room).saturating_add(text.len()),
            limit: MAX_TEXT_BYTES,
        })?;
        self.add(self.model.count_again(text).tokens);
        Ok(())
    }

    fn add(&mut self, tokens: usize) {
        self.tokens = self.tokens.saturating_add(tokens);
    }

    fn text(&self, name: &str, field: Option<&'a Zval>) -> Result<Option<&'a str>, Failure> {
        let Some(value) = field else { return Ok(None) };
        let text =
            text(value).ok_or_else(|| self.refused(&format!("has a {name} that is not UTF-8 text")))?;
        Ok(Some(text))
    }

    fn is_pinned(&self) -> Result<bool, Failure> {
        let Some(value) = self.fields.pinned else { return Ok(false) };
        value.bool().ok_or_else(|| self.refused("has a pinned that is neither true nor false"))
    }

    fn refused(&self, problem: &str) -> Failure {
        refused(self.place, problem)
    }
}

/// The detail of an image part: `detail` beside its address, its size from `width` and `height` of the part, which
/// Platen alone reads.
fn image_detail(part: &ZendHashTable) -> ImageDetail {
    let image = part.get("image_url").and_then(|image| image.dereference().array());
    let detail = image.and_then(|image| image.get("detail")).or_else(|| part.get("detail")).and_then(text);
    let side = |name: &str| {
        part.get(name).and_then(|side| side.dereference().long()).and_then(|side| u32::try_from(side).ok())
    };
    match (detail, side("width"), side("height")) {
        (Some("low"), ..) => ImageDetail::Low,
        (_, Some(width), Some(height)) => ImageDetail::High { width, height },
        _ => ImageDetail::UNKNOWN_SIZE,
    }
}

fn refused(place: usize, problem: &str) -> Failure {
    Failure::Argument(format!("message {place} {problem}"))
}

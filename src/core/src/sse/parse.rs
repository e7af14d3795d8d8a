use thiserror::Error;

use super::Event;

/// An event grew past the parser's limit. The stream cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an event is longer than {limit_bytes} bytes")]
pub struct EventTooLarge {
    /// The limit that was passed.
    pub limit_bytes: usize,
}

/// Reads a stream of events from chunks of any size. Lines may end in `\n`, `\r\n` or `\r`; a chunk may end
/// anywhere, also inside a character or between `\r` and `\n`. Bytes that are not UTF-8 become U+FFFD.
///
/// ```
/// let mut parser = platen_core::sse::Parser::new(1024);
///
/// assert!(parser.push(b"data: caf\xc3")?.is_empty());
/// assert_eq!(parser.push(b"\xa9\n\n")?[0].data, "caf\u{e9}");
/// # Ok::<(), platen_core::sse::EventTooLarge>(())
/// ```
#[derive(Clone, Debug)]
pub struct Parser {
    limit_bytes: usize,
    line: Vec<u8>,
    name: Option<String>,
    data: Option<String>,
    last_id: Option<String>,
    /// The last byte was `\r`: a `\n` right after it belongs to the same line end.
    after_cr: bool,
    /// No line was read yet: a byte order mark may stand at its front.
    is_first_line: bool,
}

impl Parser {
    /// Reads events of at most `limit_bytes` of data, in lines of at most as many.
    pub fn new(limit_bytes: usize) -> Self {
        Self {
            limit_bytes,
            line: Vec::new(),
            name: None,
            data: None,
            last_id: None,
            after_cr: false,
            is_first_line: true,
        }
    }

    /// Takes the next bytes and gives the events that they complete.
    ///
    /// # Errors
    /// [`EventTooLarge`] when a line or an event passes the limit; the parser is of no more use then.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<Event>, EventTooLarge> {
        let mut events = Vec::new();
        let mut rest = chunk;
        while let Some((&first, after_first)) = rest.split_first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                rest = after_first;
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (text, tail) = rest.split_at(end.unwrap_or(rest.len()));
            self.extend_line(text)?;
            let Some((&line_end, after_end)) = tail.split_first() else { break };
            self.after_cr = line_end == b'\r';
            rest = after_end;
            events.extend(self.end_line()?);
        }
        Ok(events)
    }

    fn extend_line(&mut self, text: &[u8]) -> Result<(), EventTooLarge> {
        if self.line.len().saturating_add(text.len()) > self.limit_bytes {
            return Err(EventTooLarge { limit_bytes: self.limit_bytes });
        }
        self.line.extend_from_slice(text);
        Ok(())
    }

    fn end_line(&mut self) -> Result<Option<Event>, EventTooLarge> {
        let bytes = std::mem::take(&mut self.line);
        let text = String::from_utf8_lossy(&bytes);
        let is_first = std::mem::take(&mut self.is_first_line);
        let line = text.strip_prefix('\u{feff}').filter(|_| is_first).unwrap_or(&text);
        let event = if line.is_empty() { self.dispatch() } else { self.field(line).map(|()| None)? };
        // The line's memory is used again for the next one.
        drop(text);
        self.line = bytes;
        self.line.clear();
        Ok(event)
    }

    /// Takes one field. Unknown fields, `retry` and comments (a colon without a name) are passed over.
    fn field(&mut self, line: &str) -> Result<(), EventTooLarge> {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => self.name = Some(value.to_owned()),
            "data" => self.extend_data(value)?,
            "id" if !value.contains('\0') => self.last_id = Some(value.to_owned()),
            _ => {}
        }
        Ok(())
    }

    fn extend_data(&mut self, value: &str) -> Result<(), EventTooLarge> {
        let Some(data) = &mut self.data else {
            self.data = Some(value.to_owned());
            return Ok(());
        };
        if data.len().saturating_add(value.len()) >= self.limit_bytes {
            return Err(EventTooLarge { limit_bytes: self.limit_bytes });
        }
        data.push('\n');
        data.push_str(value);
        Ok(())
    }

    /// Ends an event. One without data is none.
    fn dispatch(&mut self) -> Option<Event> {
        let name = self.name.take().filter(|name| !name.is_empty());
        let data = self.data.take()?;
        Some(Event { name, id: self.last_id.clone(), data })
    }
}

#[cfg(test)]
mod tests;

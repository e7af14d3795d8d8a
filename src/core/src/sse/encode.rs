use std::time::Duration;

use super::Event;

/// Appends an event. Any line break in the data becomes `\n` on the other side; one in a name or an id, which
/// would end the field, is left out.
pub fn encode_event(out: &mut String, event: &Event) {
    if let Some(id) = &event.id {
        field(out, "id", id);
    }
    if let Some(name) = &event.name {
        field(out, "event", name);
    }
    for line in lines(&event.data) {
        field(out, "data", line);
    }
    out.push('\n');
}

/// Appends a comment, which keeps a quiet connection open.
pub fn encode_comment(out: &mut String, text: &str) {
    field(out, "", text);
    out.push('\n');
}

/// Appends how long a client waits before it connects again.
pub fn encode_retry(out: &mut String, wait: Duration) {
    field(out, "retry", &wait.as_millis().to_string());
    out.push('\n');
}

fn field(out: &mut String, name: &str, value: &str) {
    out.push_str(name);
    out.push_str(": ");
    out.extend(value.chars().filter(|character| !matches!(character, '\n' | '\r')));
    out.push('\n');
}

/// The lines of a text by the rules of the format, where a lone `\r` ends a line too.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).flat_map(|line| line.split('\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_field_by_field() {
        let mut out = String::new();

        encode_retry(&mut out, Duration::from_secs(1));
        encode_event(
            &mut out,
            &Event { name: Some("delta".into()), id: Some("1-3".into()), data: "{}".into() },
        );
        encode_comment(&mut out, "heartbeat");

        assert_eq!(out, "retry: 1000\n\nid: 1-3\nevent: delta\ndata: {}\n\n: heartbeat\n\n");
    }

    #[test]
    fn a_line_break_cannot_smuggle_a_field_in() {
        let mut out = String::new();

        encode_event(
            &mut out,
            &Event { name: Some("a\ndata: x".into()), id: None, data: "one\rdata: two\r\nthree".into() },
        );

        assert_eq!(out, "event: adata: x\ndata: one\ndata: data: two\ndata: three\n\n");
    }
}

use proptest::prelude::*;

use super::*;
use crate::sse::{encode_comment, encode_event};

const LIMIT: usize = 64 * 1024;

fn parse(bytes: &[u8]) -> Vec<Event> {
    Parser::new(LIMIT).push(bytes).unwrap()
}

fn parse_in_chunks(bytes: &[u8], sizes: &[usize]) -> Vec<Event> {
    let mut parser = Parser::new(LIMIT);
    let mut events = Vec::new();
    let mut rest = bytes;
    for size in sizes {
        let (chunk, tail) = rest.split_at((*size).min(rest.len()));
        events.extend(parser.push(chunk).unwrap());
        rest = tail;
    }
    events.extend(parser.push(rest).unwrap());
    events
}

fn data(text: &str) -> Event {
    Event { data: text.to_owned(), ..Event::default() }
}

/// Bytes that hit the grammar often: field names, colons, every line end, parts of characters.
fn stream_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"data: ".to_vec()),
        Just(b"data".to_vec()),
        Just(b"event:x".to_vec()),
        Just(b"id: 7".to_vec()),
        Just(b": note".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\r".to_vec()),
        Just(b"\n\n".to_vec()),
        Just("\u{feff}".as_bytes().to_vec()),
        Just("gr\u{fc}n \u{1f33f}".as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_cuts_of_a_stream_make_no_difference(
        bytes in stream_bytes(), sizes in prop::collection::vec(0_usize..9, 0..60),
    ) {
        prop_assert_eq!(parse_in_chunks(&bytes, &sizes), parse(&bytes));
    }

    #[test]
    fn what_is_encoded_parses_back(
        name in prop::option::of("[a-z_]{1,12}"), id in prop::option::of("[0-9]{1,4}-[0-9]{1,6}"),
        text in any::<String>().prop_map(|text| text.replace('\r', "")),
    ) {
        let event = Event { name, id, data: text };
        let mut bytes = String::new();
        encode_comment(&mut bytes, "note");
        encode_event(&mut bytes, &event);

        prop_assert_eq!(parse(bytes.as_bytes()), [event]);
    }
}

#[test]
fn every_line_end_ends_a_line() {
    for stream in ["data: a\ndata: b\n\n", "data: a\r\ndata: b\r\n\r\n", "data: a\rdata: b\r\r"] {
        assert_eq!(parse(stream.as_bytes()), [data("a\nb")], "{stream:?}");
    }
}

#[test]
fn a_line_end_cut_in_two_is_one_line_end() {
    assert_eq!(parse_in_chunks(b"data: a\r\ndata: b\r\n\r\n", &[8, 10, 1]), [data("a\nb")]);
}

#[test]
fn comments_and_unknown_fields_are_passed_over() {
    assert_eq!(parse(b": keep-alive\nretry: 10\nfoo: bar\ndata: a\n\n: x\n\n"), [data("a")]);
}

#[test]
fn one_space_after_the_colon_is_not_data() {
    assert_eq!(parse(b"data:a\n\ndata:  b\n\n"), [data("a"), data(" b")]);
}

#[test]
fn an_id_stays_until_the_next_one_and_a_name_does_not() {
    let events = parse(b"event: delta\nid: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\n");

    let ids: Vec<_> = events.iter().map(|event| event.id.as_deref()).collect();
    let names: Vec<_> = events.iter().map(|event| event.name.as_deref()).collect();
    assert_eq!(ids, [Some("1"), Some("1"), Some("1")]);
    assert_eq!(names, [Some("delta"), None, None]);
}

#[test]
fn a_byte_order_mark_at_the_front_is_not_a_field_name() {
    assert_eq!(parse("\u{feff}data: a\n\n".as_bytes()), [data("a")]);
}

#[test]
fn an_event_that_the_stream_cut_off_is_not_given() {
    assert_eq!(parse(b"data: a\n"), []);
}

#[test]
fn a_line_past_the_limit_is_refused_however_it_is_cut() {
    let mut parser = Parser::new(16);

    assert_eq!(parser.push(b"data: 0123456789"), Ok(vec![]));
    assert_eq!(parser.push(b"x"), Err(EventTooLarge { limit_bytes: 16 }));
}

#[test]
fn an_event_of_many_lines_past_the_limit_is_refused() {
    let mut parser = Parser::new(16);

    assert_eq!(parser.push(b"data: 01234567\n"), Ok(vec![]));
    assert_eq!(parser.push(b"data: 01234567\n"), Err(EventTooLarge { limit_bytes: 16 }));
}

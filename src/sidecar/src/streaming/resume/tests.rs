use proptest::prelude::*;

use super::*;

fn running(attempt: u32, text: &str) -> Progress {
    Progress { attempt, phase: Phase::Running, text: text.to_owned() }
}

fn ended(attempt: u32, status: JobStatus, text: &str) -> Progress {
    let end = StreamEnd { status, usage: None, error: None };
    Progress { attempt, phase: Phase::Ended(end), text: text.to_owned() }
}

/// All events that a cursor gives for a progress that does not change any more.
fn drain(cursor: &mut Cursor, progress: &Progress) -> Vec<StreamEvent> {
    std::iter::from_fn(|| cursor.step(progress)).collect()
}

/// What a browser shows after these events, when it showed `before`.
fn shown(before: &str, events: &[StreamEvent]) -> String {
    events.iter().fold(before.to_owned(), |text, event| match event {
        StreamEvent::Delta(more) => text + more,
        StreamEvent::Reset { attempt: _ } => String::new(),
        StreamEvent::Status { status: _, attempt: _ } | StreamEvent::Done(_) => text,
    })
}

fn after(attempt: u32, sequence: usize) -> Cursor {
    Cursor::after(Some(EventId { attempt, sequence }))
}

fn boundaries(text: &str) -> Vec<usize> {
    (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect()
}

proptest! {
    /// The browser is cut off at any event, comes back while the attempt still writes or after the job has
    /// ended, and has the text exactly once.
    #[test]
    fn any_cut_and_resume_gives_the_text_exactly_once(
        pieces in prop::collection::vec("\\PC{0,5}", 0..8), cut_after in 0_usize..12, is_ended: bool,
    ) {
        let whole = pieces.concat();
        let mut progress = running(1, "");
        let mut cursor = Cursor::after(None);
        let mut events = Vec::new();
        for piece in &pieces {
            progress.text.push_str(piece);
            events.extend(std::iter::from_fn(|| cursor.step(&progress).map(|event| (cursor.position(), event))));
        }
        events.truncate(cut_after);
        let last_id = events.last().map(|(id, _)| *id);
        let received: Vec<StreamEvent> = events.into_iter().map(|(_, event)| event).collect();
        let before = shown("", &received);

        let later = if is_ended { ended(1, JobStatus::Succeeded, &whole) } else { progress };
        let after = drain(&mut Cursor::after(last_id), &later);

        prop_assert_eq!(shown(&before, &after), whole);
        let is_reset = after.contains(&StreamEvent::Reset { attempt: 1 });
        prop_assert!(!is_reset, "what the browser has is never sent twice");
    }

    /// An id that nobody was given does no harm: the browser starts over.
    #[test]
    fn any_id_at_all_ends_with_the_whole_text(
        attempt in 0_u32..4, sequence in 0_usize..40, text in "\\PC{0,12}",
    ) {
        let mut cursor = after(attempt, sequence);
        let known = attempt == 2 && text.is_char_boundary(sequence);
        let before = if known { text.get(..sequence).unwrap_or_default() } else { "what it had" };
        let before = if attempt == 0 { "" } else { before };

        let events = drain(&mut cursor, &ended(2, JobStatus::Succeeded, &text));

        prop_assert_eq!(shown(before, &events), text);
    }
}

#[test]
fn a_first_connection_gets_the_status_and_then_the_text() {
    let mut cursor = Cursor::after(None);

    let events = drain(&mut cursor, &running(1, "Hel"));

    let status = StreamEvent::Status { status: JobStatus::Running, attempt: 1 };
    assert_eq!(events, [status, StreamEvent::Delta("Hel".to_owned())]);
    assert_eq!(cursor.position().to_string(), "1-3");
}

#[test]
fn an_older_attempt_is_reset_and_the_new_one_comes_from_its_beginning() {
    let events = drain(&mut after(1, 5), &running(2, "Hello"));

    let status = StreamEvent::Status { status: JobStatus::Running, attempt: 2 };
    let delta = StreamEvent::Delta("Hello".to_owned());
    assert_eq!(events, [StreamEvent::Reset { attempt: 2 }, status, delta]);
}

#[test]
fn a_waiting_job_says_so_once_and_keeps_what_the_browser_has() {
    let mut cursor = after(1, 5);

    let events = drain(&mut cursor, &Progress::waiting());

    assert_eq!(events, [StreamEvent::Status { status: JobStatus::Queued, attempt: 1 }]);
    assert_eq!(cursor.position().to_string(), "1-5");
}

#[test]
fn the_void_text_of_a_failed_attempt_is_not_sent_on() {
    let mut cursor = after(1, 2);
    let failed = Progress { attempt: 1, phase: Phase::Waiting, text: "Hello".to_owned() };

    assert_eq!(drain(&mut cursor, &failed).len(), 1, "the status only");
    assert_eq!(drain(&mut after(1, 2), &ended(1, JobStatus::Dead, "Hello")).len(), 1, "the end only");
}

#[test]
fn the_end_is_told_once_and_nothing_follows() {
    let mut cursor = after(1, 5);
    let progress = ended(1, JobStatus::Succeeded, "Hello");

    let events = drain(&mut cursor, &progress);

    assert!(matches!(events.as_slice(), [StreamEvent::Done(_)]), "{events:?}");
    assert!(cursor.is_done());
}

#[test]
fn a_long_answer_comes_in_pieces_that_end_between_characters() {
    let text = "a".repeat(MAX_DELTA_BYTES - 1) + "ü" + "b";

    let events = drain(&mut Cursor::after(None), &ended(1, JobStatus::Succeeded, &text));

    let lengths: Vec<usize> = events
        .iter()
        .filter_map(|event| if let StreamEvent::Delta(text) = event { Some(text.len()) } else { None })
        .collect();
    assert_eq!(lengths, [MAX_DELTA_BYTES - 1, 3]);
    assert!(boundaries(&text).contains(&lengths[0]));
}

//! The hub between running jobs and the browsers that watch them.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use platen_core::job::{JobId, JobSnapshot, SiteId};
use tokio::sync::watch;

use super::resume::{Cursor, Phase, Progress};
use super::{EventId, StreamEnd, StreamEvent};

/// Names a job's stream. The site is part of it, so one site's id never opens another's answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StreamKey {
    /// Whose job it is.
    pub site: SiteId,
    /// The job.
    pub job: JobId,
}

/// The streams of this process. Cheap to clone; all clones are one hub.
///
/// A stream exists while somebody writes or reads it. What an ended job answered is read from the store.
#[derive(Clone, Default)]
pub struct Relay {
    streams: Arc<Streams>,
}

type Streams = Mutex<HashMap<StreamKey, Weak<JobStream>>>;

impl Relay {
    /// Begins an attempt. Whoever watches the job is told to drop the text of the attempt before. A writer of
    /// an earlier attempt that is still around has no effect from here on.
    pub fn open(&self, key: &StreamKey, attempt: u32) -> RelayWriter {
        let stream = self.stream(key);
        let turn = stream.begin(attempt);
        RelayWriter { stream, turn }
    }

    /// Watches a job, from after `last_event_id` or from the beginning. The job need not be running yet.
    ///
    /// Subscribe first and read the job's status afterwards: a job that ends in between is then seen by one
    /// of the two.
    pub fn subscribe(&self, key: &StreamKey, last_event_id: Option<EventId>) -> Subscription {
        Subscription::new(self.stream(key), last_event_id)
    }

    /// Ends the stream of a job, whether an attempt is running or not. Call it after the end is durable:
    /// who comes later reads the store.
    pub fn finish(&self, key: &StreamKey, end: StreamEnd) {
        // Removed before it ends: an attempt that begins now is a new life and gets a stream of its own.
        let removed = self.streams.lock().remove(key);
        if let Some(stream) = removed.and_then(|stream| stream.upgrade()) {
            stream.end(end);
        }
    }

    /// Ends the stream of a job that was erased.
    pub(crate) fn remove(&self, key: &StreamKey) {
        self.show(key, Progress::gone());
    }

    /// Shows those who watch a job what the store says of it. What is written here is known better, but for the end.
    pub(super) fn show(&self, key: &StreamKey, stored: Progress) {
        let listed = self.streams.lock().get(key).and_then(Weak::upgrade);
        if let Some(stream) = listed {
            stream.show(stored);
        }
    }

    /// Whether somebody writes or reads the stream of this job.
    pub(crate) fn is_watched(&self, key: &StreamKey) -> bool {
        self.streams.lock().contains_key(key)
    }

    /// The streams that somebody writes or reads.
    pub(crate) fn watched(&self) -> Vec<StreamKey> {
        self.streams.lock().keys().cloned().collect()
    }

    /// The number of streams that somebody writes or reads.
    pub fn len(&self) -> usize {
        self.streams.lock().len()
    }

    /// Whether nobody writes or reads a stream.
    pub fn is_empty(&self) -> bool {
        self.streams.lock().is_empty()
    }

    fn stream(&self, key: &StreamKey) -> Arc<JobStream> {
        let mut streams = self.streams.lock();
        if let Some(stream) = streams.get(key).and_then(Weak::upgrade) {
            return stream;
        }
        let stream = Arc::new(JobStream {
            key: key.clone(),
            streams: Arc::downgrade(&self.streams),
            shared: Mutex::new(Shared { progress: Progress::waiting(), turn: 0, has_writer: false }),
            changed: watch::Sender::new(()),
        });
        streams.insert(key.clone(), Arc::downgrade(&stream));
        stream
    }
}

/// The writing end of one attempt. Dropping it without [`RelayWriter::finish`] tells the watchers that the
/// job waits for another attempt.
pub struct RelayWriter {
    stream: Arc<JobStream>,
    turn: u64,
}

impl RelayWriter {
    /// Appends text; everyone who watches is woken.
    pub fn push(&self, text: &str) {
        self.stream.update(self.turn, |progress| progress.text.push_str(text));
    }

    /// Ends the stream. Call it after the end is durable.
    pub fn finish(self, end: StreamEnd) {
        self.stream.unlist();
        self.stream.update(self.turn, |progress| progress.phase = Phase::Ended(end));
    }
}

impl Drop for RelayWriter {
    fn drop(&mut self) {
        self.stream.update(self.turn, |progress| {
            if matches!(progress.phase, Phase::Running) {
                progress.phase = Phase::Waiting;
            }
        });
        self.stream.leave(self.turn);
    }
}

/// The reading end: a position in a job's text.
pub struct Subscription {
    stream: Arc<JobStream>,
    changed: watch::Receiver<()>,
    cursor: Cursor,
}

impl Subscription {
    fn new(stream: Arc<JobStream>, last_event_id: Option<EventId>) -> Self {
        let changed = stream.changed.subscribe();
        Self { stream, changed, cursor: Cursor::after(last_event_id) }
    }

    /// Reads a job that has ended, from what the store kept of it.
    pub fn of_ended(key: StreamKey, job: JobSnapshot, last_event_id: Option<EventId>) -> Self {
        let stream = JobStream {
            key,
            streams: Weak::new(),
            shared: Mutex::new(Shared { progress: Progress::of_ended(job), turn: 0, has_writer: false }),
            changed: watch::Sender::new(()),
        };
        Self::new(Arc::new(stream), last_event_id)
    }

    /// Waits for the next event and gives it with its id. `None` after [`StreamEvent::Done`]. Nothing is lost
    /// when the future is dropped.
    pub async fn next(&mut self) -> Option<(EventId, StreamEvent)> {
        loop {
            if self.cursor.is_done() {
                return None;
            }
            // Marked as seen before looking, so that a change in between is not slept through.
            self.changed.mark_unchanged();
            if let Some(event) = self.try_next() {
                return Some(event);
            }
            // The sender lives in `self.stream`, so this cannot fail.
            if self.changed.changed().await.is_err() {
                return None;
            }
        }
    }

    /// The next event with its id, if it is there already.
    pub fn try_next(&mut self) -> Option<(EventId, StreamEvent)> {
        let event = self.cursor.step(&self.stream.shared.lock().progress)?;
        Some((self.cursor.position(), event))
    }

    /// The id of the last event given, or the one that this began after.
    pub fn position(&self) -> EventId {
        self.cursor.position()
    }

    /// Whether no attempt is running in this process.
    pub fn is_waiting(&self) -> bool {
        let shared = self.stream.shared.lock();
        !shared.has_writer && !matches!(shared.progress.phase, Phase::Ended(_))
    }
}

struct JobStream {
    key: StreamKey,
    streams: Weak<Streams>,
    shared: Mutex<Shared>,
    changed: watch::Sender<()>,
}

struct Shared {
    progress: Progress,
    /// Counts the writers; only the last one has an effect.
    turn: u64,
    /// Whether the last one is still there.
    has_writer: bool,
}

impl JobStream {
    fn begin(&self, attempt: u32) -> u64 {
        let mut shared = self.shared.lock();
        shared.turn = shared.turn.wrapping_add(1);
        shared.progress = Progress { attempt, phase: Phase::Running, text: String::new() };
        shared.has_writer = true;
        let turn = shared.turn;
        drop(shared);
        self.changed.send_replace(());
        turn
    }

    fn update(&self, turn: u64, change: impl FnOnce(&mut Progress)) {
        let mut shared = self.shared.lock();
        let is_writable = shared.turn == turn && !matches!(shared.progress.phase, Phase::Ended(_));
        if !is_writable {
            return;
        }
        change(&mut shared.progress);
        drop(shared);
        self.changed.send_replace(());
    }

    fn end(&self, end: StreamEnd) {
        let turn = self.shared.lock().turn;
        self.update(turn, |progress| progress.phase = Phase::Ended(end));
    }

    fn show(&self, stored: Progress) {
        let is_end = matches!(stored.phase, Phase::Ended(_));
        if is_end {
            // As in `Relay::finish`: what begins now is a new life.
            self.unlist();
        }
        let mut shared = self.shared.lock();
        let is_news = (is_end || !shared.has_writer) && shared.progress.catch_up(stored);
        drop(shared);
        if is_news {
            self.changed.send_replace(());
        }
    }

    fn leave(&self, turn: u64) {
        let mut shared = self.shared.lock();
        if shared.turn == turn {
            shared.has_writer = false;
        }
    }

    /// Takes the stream off the list, unless another has taken its place.
    fn unlist(&self) {
        let Some(streams) = self.streams.upgrade() else { return };
        let mut streams = streams.lock();
        if streams.get(&self.key).is_some_and(|listed| std::ptr::eq(listed.as_ptr(), self)) {
            streams.remove(&self.key);
        }
    }
}

impl Drop for JobStream {
    fn drop(&mut self) {
        self.unlist();
    }
}

#[cfg(test)]
mod tests;

use std::time::Duration;

use platen_core::clock::Timestamp;
use platen_core::job::{Answer, JobStatus};
use tokio::time::timeout;

use super::*;

fn key(site: &str) -> StreamKey {
    StreamKey {
        site: SiteId::try_from(site.to_owned()).unwrap(),
        job: JobId::generate(Timestamp::from_seconds(1_000), [7; 10]),
    }
}

fn end(status: JobStatus) -> StreamEnd {
    StreamEnd { status, usage: None, error: None }
}

/// The next event, or `None` when there is none for now.
async fn next(subscription: &mut Subscription) -> Option<StreamEvent> {
    timeout(Duration::from_millis(10), subscription.next()).await.ok().flatten().map(|(_, event)| event)
}

async fn rest(mut subscription: Subscription) -> Vec<StreamEvent> {
    let mut events = Vec::new();
    while let Some(event) = next(&mut subscription).await {
        events.push(event);
    }
    events
}

fn status(status: JobStatus, attempt: u32) -> StreamEvent {
    StreamEvent::Status { status, attempt }
}

fn delta(text: &str) -> StreamEvent {
    StreamEvent::Delta(text.to_owned())
}

#[tokio::test(start_paused = true)]
async fn everyone_who_watches_gets_the_text_whenever_they_came() {
    let relay = Relay::default();
    let early = relay.subscribe(&key("a"), None);
    let writer = relay.open(&key("a"), 1);
    writer.push("Hel");
    let late = relay.subscribe(&key("a"), None);
    writer.push("lo");
    writer.finish(end(JobStatus::Succeeded));

    for subscription in [early, late] {
        assert_eq!(rest(subscription).await, [delta("Hello"), StreamEvent::Done(end(JobStatus::Succeeded))]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiting_subscriber_is_woken_by_each_step() {
    let relay = Relay::default();
    let mut subscription = relay.subscribe(&key("a"), None);
    assert_eq!(next(&mut subscription).await, Some(status(JobStatus::Queued, 0)));
    assert!(subscription.is_waiting());

    let writer = relay.open(&key("a"), 1);
    assert_eq!(next(&mut subscription).await, Some(status(JobStatus::Running, 1)));
    writer.push("Hel");
    assert_eq!(next(&mut subscription).await, Some(delta("Hel")));
    assert_eq!(next(&mut subscription).await, None);

    drop(writer);
    assert_eq!(next(&mut subscription).await, Some(status(JobStatus::Queued, 1)));

    let writer = relay.open(&key("a"), 2);
    writer.push("Hi");
    assert_eq!(next(&mut subscription).await, Some(StreamEvent::Reset { attempt: 2 }));
    assert_eq!(next(&mut subscription).await, Some(status(JobStatus::Running, 2)));
    assert_eq!(next(&mut subscription).await, Some(delta("Hi")));
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_was_replaced_has_no_effect() {
    let relay = Relay::default();
    let stale = relay.open(&key("a"), 1);
    let writer = relay.open(&key("a"), 2);
    writer.push("new");

    stale.push("old");
    drop(stale);
    let mut subscription = relay.subscribe(&key("a"), None);

    assert_eq!(next(&mut subscription).await, Some(status(JobStatus::Running, 2)));
    assert_eq!(next(&mut subscription).await, Some(delta("new")));
    assert_eq!(next(&mut subscription).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_job_can_end_while_nobody_writes() {
    let relay = Relay::default();
    let mut subscription = relay.subscribe(&key("a"), None);
    assert_eq!(next(&mut subscription).await, Some(status(JobStatus::Queued, 0)));

    relay.finish(&key("a"), end(JobStatus::Cancelled));

    assert_eq!(next(&mut subscription).await, Some(StreamEvent::Done(end(JobStatus::Cancelled))));
}

#[tokio::test(start_paused = true)]
async fn another_sites_job_of_the_same_id_is_another_stream() {
    let relay = Relay::default();
    let writer = relay.open(&key("a"), 1);
    writer.push("secret of a");
    let mut other = relay.subscribe(&key("b"), None);

    assert_eq!(next(&mut other).await, Some(status(JobStatus::Queued, 0)));
    assert_eq!(next(&mut other).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_replayed_job_does_not_meet_its_former_end() {
    let relay = Relay::default();
    let slow = relay.subscribe(&key("a"), None);
    relay.open(&key("a"), 1).finish(end(JobStatus::Dead));

    let writer = relay.open(&key("a"), 2);
    writer.push("again");

    assert_eq!(rest(slow).await, [StreamEvent::Done(end(JobStatus::Dead))]);
    assert_eq!(rest(relay.subscribe(&key("a"), None)).await, [status(JobStatus::Running, 2), delta("again")]);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_nobody_writes_or_reads_is_forgotten() {
    let relay = Relay::default();
    let subscription = relay.subscribe(&key("a"), None);
    let writer = relay.open(&key("b"), 1);
    assert_eq!(relay.len(), 2);

    drop(subscription);
    writer.finish(end(JobStatus::Succeeded));

    assert!(relay.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_ended_job_is_read_from_what_the_store_kept() {
    let key = key("a");
    let job = JobSnapshot {
        id: key.job.clone(),
        kind: "chat".to_owned(),
        status: JobStatus::Succeeded,
        result: Some(Answer {
            text: "Hello".to_owned(),
            finish_reason: "stop".to_owned(),
            model: "m".to_owned(),
            provider: "p".to_owned(),
        }),
        usage: None,
        error: None,
        attempt: 1,
        request_id: "r1".to_owned(),
        created_at: Timestamp::from_seconds(1_000),
        updated_at: Timestamp::from_seconds(1_001),
    };

    let resumed = Subscription::of_ended(key, job, Some(EventId { attempt: 1, sequence: 3 }));

    assert_eq!(rest(resumed).await, [delta("lo"), StreamEvent::Done(end(JobStatus::Succeeded))]);
}

//! Jobs that are handed over while the daemon comes and goes, and the one effect that each must have.

use std::collections::HashMap;
use std::time::Duration;

use platen_core::job::{JobSpec, JobStatus};
use platen_core::wire::Reply;
use tokio::time::sleep;

use crate::daemon::{Client, Home, submission};
use crate::stub::{Reply as Answer, Stub, eventually};

/// A site that takes every webhook.
pub(crate) async fn webhooks() -> Stub {
    Stub::start(vec![Answer::status(200, "{\"applied\":true}")]).await
}

/// Hands a job over until it was acknowledged, as the plugin's outbox does.
pub(crate) async fn hand_over(home: &Home, job: &JobSpec) {
    loop {
        if let Ok(stream) = tokio::net::UnixStream::connect(home.socket()).await {
            match Client::from(stream).try_call(&submission(job.clone())).await {
                Ok(Reply::Receipt(_)) => return,
                Ok(other) => panic!("{other:?}"),
                Err(_) => {}
            }
        }
        sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until all have succeeded, and checks that the site was told of each by one event. A delivery whose
/// acknowledgement was lost comes again, with the same id: that is one effect.
pub(crate) async fn expect_one_each(home: &Home, site: &Stub, jobs: &[JobSpec]) {
    let mut client = home.client().await;
    for job in jobs {
        let ended = client.wait_until(&job.id, "ended", |job| job.status.is_final()).await;
        assert_eq!(ended.status, JobStatus::Succeeded, "{ended:?}");
    }
    eventually("all webhooks", || site.count() >= jobs.len()).await;
    let mut effects: HashMap<String, String> = HashMap::new();
    let mut told = Vec::new();
    for _ in 0..500 {
        for received in site.received() {
            let body = received.json();
            let job = body["data"]["job_id"].as_str().unwrap().to_owned();
            effects.insert(received.header("webhook-id").to_owned(), job);
        }
        told = effects.values().cloned().collect();
        told.sort();
        told.dedup();
        if told.len() == jobs.len() {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    let mut expected: Vec<_> = jobs.iter().map(|job| job.id.to_string()).collect();
    expected.sort();
    assert_eq!(told, expected, "each job was told");
    assert_eq!(effects.len(), jobs.len(), "each job has exactly one webhook id");
}

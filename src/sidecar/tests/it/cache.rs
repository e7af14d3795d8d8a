//! Answers from the file that the daemon and PHP's workers share.

use std::time::Duration;

use platen_cache::{CacheFile, MIN_BYTES};
use platen_core::clock::Clock;
use platen_core::job::{CachePolicy, JobSpec, JobStatus, Usage, Work};
use platen_core::prompt::{self, CacheTag, PromptHash};
use platen_core::wire::{Reply, Request};
use platen_sidecar::clock::SystemClock;

use crate::daemon::{Client, Home, chat, reference};
use crate::openai::hello;
use crate::stub::Stub;

fn hash() -> PromptHash {
    prompt::hash(&"Who is there?".into())
}

fn tag(text: &str) -> CacheTag {
    text.to_owned().try_into().unwrap()
}

/// A job that asks the same as every other one here, and may be answered from the cache.
fn cached_chat() -> JobSpec {
    let mut spec = chat("Who is there?");
    spec.prompt_hash = Some(hash().to_string());
    let Work::Chat(payload) = &mut spec.work else { panic!("a chat") };
    payload.cache = Some(CachePolicy { ttl_s: 3600, tags: vec![tag("version:1")] });
    spec
}

/// A daemon with a cache in its own directory, which it makes.
async fn home(answers: usize) -> (Home, Stub) {
    let provider = Stub::start(vec![hello(); answers]).await;
    let home = Home::with_provider(&provider.url, "");
    let path = home.dir.path().join("cache/prompts.cache");
    home.set(&format!("cache.path = \"{}\"\ncache.max_bytes = {MIN_BYTES}", path.display()));
    home.add_site("http://127.0.0.1:9");
    (home, provider)
}

fn file(home: &Home) -> CacheFile {
    CacheFile::open(&home.dir.path().join("cache/prompts.cache"), MIN_BYTES).unwrap()
}

async fn hops(client: &mut Client, spec: &JobSpec) -> Vec<String> {
    match client.call(&Request::Trace(reference(&spec.id))).await {
        Reply::Hops(trace) => trace.hops.into_iter().map(|hop| hop.name).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_second_job_is_answered_without_the_provider() {
    let (home, provider) = home(1).await;
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let (first, second) = (cached_chat(), cached_chat());

    client.submit(first.clone()).await;
    let first = client.wait_for(&first.id, JobStatus::Succeeded).await;
    client.submit(second.clone()).await;
    let job = client.wait_for(&second.id, JobStatus::Succeeded).await;

    assert_eq!(job.result, first.result);
    assert_eq!(job.usage, Some(Usage::default()));
    assert_eq!(provider.count(), 1);
    let hops = hops(&mut client, &second).await;
    assert!(
        hops.contains(&"cache.hit".to_owned()) && !hops.contains(&"provider.called".to_owned()),
        "{hops:?}"
    );
}

#[tokio::test]
async fn php_finds_what_the_daemon_has_kept_and_flushes_it() {
    let (home, _provider) = home(1).await;
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = cached_chat();

    client.submit(spec.clone()).await;
    client.wait_for(&spec.id, JobStatus::Succeeded).await;

    let now = SystemClock.now();
    let mut file = file(&home);
    crate::stub::eventually("an entry", || file.get(&hash(), now).is_some()).await;
    let kept: serde_json::Value = serde_json::from_slice(file.get(&hash(), now).unwrap().as_bytes()).unwrap();
    assert_eq!((kept["text"].as_str(), kept["provider"].as_str()), (Some("Hello there"), Some("main")));
    assert_eq!(file.flush_tag(&tag("model:tiny-1"), now).unwrap(), 1);
}

#[tokio::test]
async fn the_daemon_answers_with_what_php_has_kept() {
    let (home, provider) = home(0).await;
    let _daemon = home.start().await;
    let answer = r#"{"text":"From PHP","finish_reason":"stop","model":"m","provider":"p"}"#;
    let hour = Duration::from_hours(1);
    file(&home).set(&hash(), answer.as_bytes(), &[], hour, SystemClock.now()).unwrap();
    let mut client = home.client().await;
    let spec = cached_chat();

    client.submit(spec.clone()).await;
    let job = client.wait_for(&spec.id, JobStatus::Succeeded).await;

    assert_eq!(job.result.unwrap().text, "From PHP");
    assert_eq!(provider.count(), 0);
}

#[tokio::test]
async fn what_is_no_answer_and_what_nobody_asked_for_is_not_used() {
    let (home, provider) = home(2).await;
    let _daemon = home.start().await;
    let hour = Duration::from_hours(1);
    file(&home).set(&hash(), b"some text of PHP's own", &[], hour, SystemClock.now()).unwrap();
    let mut client = home.client().await;
    let (cached, mut plain) = (cached_chat(), cached_chat());
    let Work::Chat(payload) = &mut plain.work else { panic!("a chat") };
    payload.cache = None;

    client.submit(cached.clone()).await;
    let answered = client.wait_for(&cached.id, JobStatus::Succeeded).await;
    client.submit(plain.clone()).await;
    client.wait_for(&plain.id, JobStatus::Succeeded).await;

    assert_eq!(answered.result.unwrap().text, "Hello there");
    assert_eq!(provider.count(), 2);
}

#[tokio::test]
async fn a_cache_that_cannot_be_used_fails_no_job() {
    let (home, provider) = home(1).await;
    std::fs::write(home.dir.path().join("cache"), "in the way").unwrap();
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = cached_chat();

    client.submit(spec.clone()).await;
    client.wait_for(&spec.id, JobStatus::Succeeded).await;

    assert_eq!(provider.count(), 1);
    assert!(home.log().contains("the cache cannot be used now"), "{}", home.log());
}

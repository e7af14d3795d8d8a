//! Workflows and schedules in the real daemon.

use std::fs;
use std::time::Duration;

use platen_core::job::{JobSpec, JobStatus, Work, WorkflowPayload};
use serde_json::json;

use crate::daemon::{Home, chat, submission};
use crate::openai::{hello, slow_hello};
use crate::stub::{Reply as Answer, Stub, eventually};

const DIGEST: &str = r#"
name = "digest"
version = 1
output = "join"
[input]
url = "text"
[[steps]]
name = "fetch"
kind = "fetch"
params = { url = "{{ input.url }}", parts = { tokens = 12, model = "gpt-4o" } }
[[steps]]
name = "summarise"
kind = "chat"
for_each = "steps.fetch.parts"
params = { model = "default", messages = [{ role = "user", content = "Sum up: {{ item }}" }] }
[[steps]]
name = "join"
kind = "template"
params = { value = "{{ steps.summarise.text }}" }
"#;

/// Long enough for several parts.
const PAGE: &str = "The museum opens at nine in the morning on every day of the week.\n\n\
                    In winter it closes at four in the afternoon, in summer at six.\n\n\
                    Children and students pay half of the price on the first Sunday.";

async fn site() -> Stub {
    Stub::start(vec![Answer::status(200, "{\"applied\":true}")]).await
}

/// A home whose daemon knows the workflow and may read pages of this machine.
fn home(provider: &Stub, settings: &str) -> Home {
    let home = Home::with_provider(&provider.url, settings);
    let dir = home.dir.path().join("workflows");
    fs::create_dir(&dir).unwrap();
    fs::write(dir.join("digest.toml"), DIGEST).unwrap();
    home.set(&format!("workflows.dir = \"{}\"\nfetch.allow_addresses = [\"127.0.0.1\"]", dir.display()));
    home
}

fn digest(url: &str) -> JobSpec {
    let run = WorkflowPayload { name: "digest".to_owned(), input: json!({ "url": url }) };
    JobSpec { work: Work::Workflow(run), ..chat("") }
}

#[tokio::test]
async fn a_kill_in_the_middle_of_a_workflow_repeats_only_the_step_that_ran() {
    let page = Stub::start(vec![Answer::status(200, PAGE)]).await;
    let answers = vec![hello(), slow_hello(Duration::from_mins(1)), hello()];
    let (provider, site) = (Stub::start(answers).await, site().await);
    let home = home(&provider, "[jobs]\nconcurrency = 1\n");
    home.add_site(&site.url);
    let daemon = home.start().await;
    let spec = digest(&format!("{}/page", page.url));
    home.client().await.submit(spec.clone()).await;
    eventually("the second call", || provider.count() == 2).await;

    daemon.kill();
    let _daemon = home.start().await;
    let job = home.client().await.wait_for(&spec.id, JobStatus::Succeeded).await;

    // One call a part, and one that was cut by the kill.
    let parts = provider.count() - 1;
    assert!(parts >= 3, "{parts}");
    let joined = vec!["Hello there"; parts].join("\n\n");
    assert_eq!(job.result.unwrap().text, joined);
    assert_eq!(page.count(), 1);
    eventually("the webhook", || site.count() > 0).await;
    assert_eq!(site.received()[0].json()["data"]["result"]["text"], joined);
}

#[tokio::test]
async fn a_private_address_is_refused_and_an_input_that_does_not_fit_is_not_taken() {
    let (provider, site) = (Stub::start(vec![hello()]).await, site().await);
    let home = home(&provider, "");
    home.add_site(&site.url);
    home.replace("[\"127.0.0.1\"]", "[]");
    let _daemon = home.start().await;
    let mut client = home.client().await;
    let spec = digest(&site.url);

    client.submit(spec.clone()).await;
    let dead = client.wait_for(&spec.id, JobStatus::Dead).await;

    assert_eq!(dead.error.unwrap().code.as_str(), "invalid_request");
    assert_eq!(provider.count(), 0);
    let listed = home.ok(&["jobs", "dead", "list", "--cause", "invalid_request"]);
    assert!(listed.contains(spec.id.as_str()) && listed.contains("private network"), "{listed}");
    let run = WorkflowPayload { name: "digest".to_owned(), input: json!({ "address": 1 }) };
    let other = JobSpec { work: Work::Workflow(run), ..chat("") };
    assert_eq!(client.refused(&submission(other)).await.as_str(), "invalid_request");
    let run = WorkflowPayload { name: "missing".to_owned(), input: json!({}) };
    let other = JobSpec { work: Work::Workflow(run), ..chat("") };
    assert_eq!(client.refused(&submission(other)).await.as_str(), "unknown_workflow");
}

#[tokio::test]
async fn a_tick_that_was_missed_is_run_once_across_restarts() {
    let page = Stub::start(vec![Answer::status(200, "Short.")]).await;
    let (provider, site) = (Stub::start(vec![hello()]).await, site().await);
    let schedule = format!(
        "[[schedules]]\nname = \"often\"\ncron = \"* * * * *\"\nsite = \"demo\"\nworkflow = \"digest\"\n\
         input = {{ url = \"{}/page\" }}\n",
        page.url
    );
    let home = home(&provider, &schedule);
    home.add_site(&site.url);
    let number = |query: &str| {
        let database = rusqlite::Connection::open(home.database()).unwrap();
        database.query_row(query, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let first = home.start().await;
    eventually("the schedule", || number("SELECT COUNT(*) FROM schedules") == 1).await;
    first.kill();
    let back = "UPDATE schedules SET last_tick = last_tick - 600000000";
    rusqlite::Connection::open(home.database()).unwrap().execute(back, []).unwrap();

    // Ten ticks were missed: the latest is run, and the next start finds it done.
    let second = home.start().await;
    eventually("the job", || number("SELECT COUNT(*) FROM jobs") >= 1).await;
    second.kill();
    let _daemon = home.start().await;
    eventually("the webhook", || site.count() > 0).await;

    let jobs = home.ok(&["jobs", "list", "--format", "json"]);
    let jobs: serde_json::Value = serde_json::from_str(&jobs).unwrap();
    let count = jobs.as_array().unwrap().len();
    // A minute may have turned during the test.
    assert!((1..=2).contains(&count), "{jobs}");
}

use futures_util::StreamExt;
use platen_core::job::Role;

use super::*;
use crate::config::ProviderKind;

fn provider(pace: Duration) -> Offline {
    let config = ProviderConfig {
        name: "offline".to_owned(),
        kind: ProviderKind::Offline,
        base_url: String::new(),
        api_key: None,
        timeouts: crate::config::Timeouts::default(),
        pace,
    };
    Offline::new(&config)
}

fn conversation(turns: &[(Role, &str)]) -> CompletionRequest {
    CompletionRequest {
        model: "offline-demo".to_owned(),
        messages: turns
            .iter()
            .map(|(role, content)| Message { role: *role, content: (*content).to_owned() })
            .collect(),
        max_output_tokens: None,
        temperature: None,
        request_id: "r1".to_owned(),
        traceparent: None,
    }
}

async fn events(request: CompletionRequest) -> Vec<CompletionEvent> {
    let stream = provider(Duration::from_millis(40)).complete(request).await.unwrap();
    stream.map(Result::unwrap).collect().await
}

fn text(events: &[CompletionEvent]) -> String {
    let deltas = events.iter().filter_map(|event| match event {
        CompletionEvent::Delta(text) => Some(text.as_str()),
        CompletionEvent::Finished(_) => None,
    });
    deltas.collect()
}

async fn answer(turns: &[(Role, &str)]) -> String {
    text(&events(conversation(turns)).await)
}

#[tokio::test(start_paused = true)]
async fn every_answer_says_that_it_is_the_offline_demo_and_repeats_the_question() {
    let answer = answer(&[(Role::User, "How do *I* bake\nbread?")]).await;

    assert!(answer.starts_with("**Offline demo.** No language model"), "{answer}");
    assert!(answer.contains("“How do I bake bread?”"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn the_history_shows_in_the_answer() {
    let turns = [
        (Role::System, "planted instruction"),
        (Role::User, "My name is Ada."),
        (Role::Assistant, "Nice to meet you."),
        (Role::User, "What is bread?"),
        (Role::Assistant, "Flour and water."),
        (Role::User, "What is my name?"),
    ];

    let answer = answer(&turns).await;

    assert!(answer.contains("question 3"), "{answer}");
    assert!(answer.contains("“What is bread?”"), "{answer}");
    assert!(answer.contains("You told me your name: **Ada**."), "{answer}");
    assert!(!answer.contains("planted"), "instructions of the site are not the visitor's to see");
}

#[tokio::test(start_paused = true)]
async fn the_words_come_at_the_configured_pace() {
    let began = tokio::time::Instant::now();

    let events = events(conversation(&[(Role::User, "Hello")])).await;

    let steps = u32::try_from(events.len()).unwrap();
    assert!(steps > 20, "word by word");
    assert_eq!(began.elapsed(), Duration::from_millis(40) * steps);
}

#[tokio::test(start_paused = true)]
async fn the_usage_is_an_estimate_that_costs_nothing() {
    let events = events(conversation(&[(Role::User, "Hello there")])).await;

    let Some(CompletionEvent::Finished(finish)) = events.last() else { panic!("no end") };
    let usage = finish.usage.as_ref().unwrap();
    assert!(usage.is_estimate);
    assert_eq!(usage.cost_microusd, Some(0));
    assert!(usage.input_tokens >= 1 && usage.output_tokens > 20, "{usage:?}");
    assert_eq!(finish.finish_reason, FinishReason::Stop);
}

#[tokio::test(start_paused = true)]
async fn the_ceiling_cuts_the_answer() {
    let mut request = conversation(&[(Role::User, "Hello")]);
    request.max_output_tokens = Some(3);

    let events = events(request).await;

    assert_eq!(text(&events), "**Offline demo.** No ");
    let Some(CompletionEvent::Finished(finish)) = events.last() else { panic!("no end") };
    assert_eq!(finish.finish_reason, FinishReason::Length);
}

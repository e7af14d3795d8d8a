//! The HTTP server: the providers' routes and the control routes for tests.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use futures_util::{Stream, StreamExt, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::sleep;

use crate::calls::Calls;
use crate::formats::{Anthropic, Format, OpenAi, last_question, usage_of};
use crate::scripts::{Behaviour, Script, Scripts};

const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;
const CUT_DELAY: Duration = Duration::from_millis(50);

struct Provider {
    scripts: Scripts,
    calls: Calls,
}

/// Serves until the process is ended.
pub(crate) async fn serve(address: SocketAddr, seed: u64) -> anyhow::Result<()> {
    let provider = Arc::new(Provider { scripts: Scripts::new(seed), calls: Calls::new() });
    // Nagle's algorithm would hold small chunks back for 40 ms. A socket that refuses the option is still usable.
    let listener = TcpListener::bind(address).await?;
    // Whoever asked for port 0 reads here which one it is.
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    let listener = listener.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    axum::serve(listener, router(provider)).await?;
    Ok(())
}

fn router(provider: Arc<Provider>) -> Router {
    Router::new()
        .route(OpenAi::PATH, post(complete::<OpenAi>))
        .route(Anthropic::PATH, post(complete::<Anthropic>))
        .route("/v1/models", get(models))
        .route("/_scripts", get(list_scripts).post(add_script).delete(forget))
        .route("/_calls", get(list_calls))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(provider)
}

async fn add_script(State(provider): State<Arc<Provider>>, Json(script): Json<Script>) -> StatusCode {
    provider.scripts.add(script);
    StatusCode::CREATED
}

async fn list_scripts(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(json!(provider.scripts.uses()))
}

async fn forget(State(provider): State<Arc<Provider>>) -> StatusCode {
    provider.scripts.forget();
    provider.calls.forget();
    StatusCode::NO_CONTENT
}

async fn list_calls(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(json!(provider.calls.all()))
}

async fn models() -> Json<Value> {
    Json(json!({"object": "list", "data": [{"id": "fake-model", "object": "model", "owned_by": "tests"}]}))
}

async fn complete<F: Format>(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        let error = F::error(400, &Behaviour::default());
        return (StatusCode::BAD_REQUEST, Json(error)).into_response();
    };
    provider.calls.record(F::PATH, &headers, &body);
    let question = last_question(&body);
    let behaviour = provider.scripts.take(&question);
    pause(behaviour.latency()).await;

    if let Some(status) = behaviour.status {
        return failure::<F>(status, &behaviour);
    }
    if body.get("stream").and_then(Value::as_bool) == Some(true) {
        let events = Body::from_stream(answer_stream::<F>(&body, &question, &behaviour));
        return ([(header::CONTENT_TYPE, "text/event-stream")], events).into_response();
    }
    let chunks = behaviour.chunks(&question);
    Json(F::whole(model_of(&body), &chunks.concat(), usage_of(&body, &chunks))).into_response()
}

fn failure<F: Format>(status: u16, behaviour: &Behaviour) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (code, Json(F::error(status, behaviour))).into_response();
    if let Some(seconds) = behaviour.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn model_of(body: &Value) -> &str {
    body.get("model").and_then(Value::as_str).unwrap_or("fake-model")
}

/// What is sent at one step of a streamed answer.
enum Step {
    Event(String),
    Chunk(String),
    /// Ends the connection without the final event; an error here makes the server reset it.
    Cut,
}

fn answer_stream<F: Format>(
    body: &Value,
    question: &str,
    behaviour: &Behaviour,
) -> impl Stream<Item = Result<String, std::io::Error>> + use<F> {
    let model = model_of(body).to_owned();
    let chunks = behaviour.chunks(question);
    let usage = usage_of(body, &chunks);
    let mut steps: Vec<Step> = F::opening(&model, usage).into_iter().map(Step::Event).collect();
    let kept = behaviour.cut_after_chunks.unwrap_or(chunks.len());
    steps.extend(chunks.iter().take(kept).map(|text| Step::Chunk(F::chunk(&model, text))));
    if behaviour.bad_json {
        steps.push(Step::Event("data: {\"choices\": [\n\n".to_owned()));
    }
    if behaviour.cut_after_chunks.is_some() {
        steps.push(Step::Cut);
    }

    let delay = behaviour.chunk_delay();
    let endless = behaviour.endless.then(|| F::chunk(&model, "and on "));
    let more =
        stream::iter(endless).flat_map(|chunk| stream::repeat_with(move || Step::Chunk(chunk.clone())));
    let closing = F::closing(&model, (!behaviour.no_usage).then_some(usage)).into_iter().map(Step::Event);
    stream::iter(steps).chain(more).chain(stream::iter(closing)).then(move |step| send(step, delay))
}

/// A sleep of nothing lasts until the timer's next millisecond, and an answer has many chunks.
async fn pause(delay: Duration) {
    if !delay.is_zero() {
        sleep(delay).await;
    }
}

async fn send(step: Step, delay: Duration) -> Result<String, std::io::Error> {
    match step {
        Step::Event(event) => Ok(event),
        Step::Chunk(event) => {
            pause(delay).await;
            Ok(event)
        }
        Step::Cut => {
            // The chunks before the cut must be on their way: the reset would overtake them.
            sleep(CUT_DELAY).await;
            Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
        }
    }
}

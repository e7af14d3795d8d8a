//! Submits jobs through the daemon's socket as fast as it takes them, and says how fast that was.
//!
//! `load-client SOCKET SITE CONNECTIONS JOBS`: prints one line of JSON with the submits per
//! second and the latency of a submit in microseconds. Every job is another piece of work of one of 1 000 users.

#![expect(clippy::print_stdout, reason = "its output is its purpose")]

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use platen_core::clock::{Clock, Timestamp};
use platen_core::job::{ChatPayload, JobId, JobSpec, Message, Priority, Role, SiteId, Work};
use platen_core::wire::{HEADER_BYTES, Reply, Request, Submit, decode_header, encode};
use platen_sidecar::clock::SystemClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::task::JoinSet;

/// Users whose jobs these are.
const SUBJECTS: u64 = 1_000;

struct Load {
    socket: PathBuf,
    site: SiteId,
    jobs: u64,
    next: AtomicU64,
    /// Keeps the keys of one run apart from those of another.
    run: u64,
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, socket, site, connections, jobs] = &arguments[..] else {
        bail!("load-client SOCKET SITE CONNECTIONS JOBS");
    };
    let load = Arc::new(Load {
        socket: socket.into(),
        site: site.clone().try_into()?,
        jobs: jobs.parse()?,
        next: AtomicU64::new(0),
        run: u64::try_from(SystemClock.now().as_micros())?,
    });
    let connections: usize = connections.parse()?;
    // One thread: the daemon is what is measured, and it has the rest of the machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let began = Instant::now();
    let mut latencies = runtime.block_on(run(&load, connections))?;
    let took = began.elapsed();
    latencies.sort_unstable();
    let per_second = u128::from(load.jobs) * 1_000_000 / took.as_micros().max(1);
    println!(
        "{{\"connections\":{connections},\"jobs\":{},\"per_second\":{per_second},\"p50_us\":{},\"p99_us\":{}}}",
        load.jobs,
        percentile(&latencies, 50),
        percentile(&latencies, 99),
    );
    Ok(())
}

async fn run(load: &Arc<Load>, connections: usize) -> anyhow::Result<Vec<Duration>> {
    let mut clients = JoinSet::new();
    for _ in 0..connections {
        clients.spawn(submit_all(Arc::clone(load)));
    }
    let mut latencies = Vec::new();
    while let Some(client) = clients.join_next().await {
        latencies.extend(client??);
    }
    Ok(latencies)
}

async fn submit_all(load: Arc<Load>) -> anyhow::Result<Vec<Duration>> {
    let mut stream = UnixStream::connect(&load.socket).await.context("no daemon listens")?;
    let mut latencies = Vec::new();
    loop {
        let number = load.next.fetch_add(1, Ordering::Relaxed);
        if number >= load.jobs {
            return Ok(latencies);
        }
        let frame = frame(&load, number)?;
        let began = Instant::now();
        stream.write_all(&frame).await?;
        let mut header = [0; HEADER_BYTES];
        stream.read_exact(&mut header).await?;
        let reply = decode_header(header)?;
        let mut body = vec![0; reply.body_bytes];
        stream.read_exact(&mut body).await?;
        latencies.push(began.elapsed());
        let reply = Reply::decode(reply.tag, &body)?;
        ensure!(matches!(reply, Some(Reply::Receipt(_))), "the daemon answered {reply:?}");
    }
}

fn frame(load: &Load, number: u64) -> anyhow::Result<Vec<u8>> {
    let now = SystemClock.now();
    let mut random = [0; 10];
    let bytes = load.run.to_be_bytes().into_iter().skip(6).chain(number.to_be_bytes());
    random.iter_mut().zip(bytes).for_each(|(place, byte)| *place = byte);
    let job = JobSpec {
        id: JobId::generate(now, random),
        // A key of a site is random, which is the worst case for an index.
        idempotency_key: format!("{:016x}-{}", spread(number ^ load.run), load.run),
        request_id: format!("{number:032x}"),
        traceparent: None,
        prompt_hash: None,
        subject: Some(format!("user:{}", number % SUBJECTS)),
        conversation: None,
        priority: Priority::Standard,
        run_at: None,
        deadline_ms: None,
        created_at: Timestamp::from_micros(now.as_micros()),
        work: Work::Chat(ChatPayload {
            model: "default".to_owned(),
            messages: vec![Message {
                role: Role::User,
                content: format!("What does the page number {number} say about opening hours in winter?"),
            }],
            max_output_tokens: Some(500),
            temperature: None,
            cache: None,
        }),
    };
    let submit = Submit { site: load.site.clone(), job };
    let (tag, body) = Request::Submit(Box::new(submit)).encode()?;
    Ok(encode(tag, &body)?)
}

/// Numbers that follow each other, thrown far apart.
fn spread(number: u64) -> u64 {
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

fn percentile(sorted: &[Duration], percent: usize) -> u128 {
    let place = sorted.len().saturating_mul(percent) / 100;
    sorted.get(place.min(sorted.len().saturating_sub(1))).map_or(0, Duration::as_micros)
}

//! Counters and histograms in the Prometheus text format.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use platen_core::breaker::BreakerStatus;
use platen_core::code::ErrorCode;
use platen_core::job::{JobStatus, SiteId, Usage};
use platen_core::wire::{EndpointReport, EndpointStatus};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::names;

/// Everything that is counted. Cheap to call from any thread.
pub struct Metrics {
    registry: Registry,
    jobs: Family<StatusLabel, Gauge<i64, AtomicI64>>,
    accepted: Counter<u64, AtomicU64>,
    ended: Family<StatusLabel, Counter>,
    attempts_failed: Family<CodeLabel, Counter>,
    run_seconds: Histogram,
    wait_seconds: Histogram,
    provider_calls: Family<ProviderLabels, Counter>,
    first_token_seconds: Family<ProviderLabel, Histogram>,
    response_cache: Family<OutcomeLabel, Counter>,
    tokens: Family<TokenLabels, Counter>,
    webhooks: Family<OutcomeLabel, Counter>,
    endpoints: Family<StatusLabel, Gauge<i64, AtomicI64>>,
    webhooks_waiting: Gauge<i64, AtomicI64>,
    results_fetched: Counter<u64, AtomicU64>,
    ipc: Family<IpcLabels, Counter>,
    streams: Gauge<i64, AtomicI64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabel {
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CodeLabel {
    code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ProviderLabel {
    provider: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ProviderLabels {
    provider: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TokenLabels {
    provider: String,
    direction: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct IpcLabels {
    request: &'static str,
    outcome: &'static str,
}

/// 10 ms to about 11 minutes: a cached answer up to a long reasoning one.
fn duration_buckets() -> impl Iterator<Item = f64> {
    exponential_buckets(0.01, 2.0, 17)
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All counters at zero.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::default(),
            jobs: Family::default(),
            accepted: Counter::default(),
            ended: Family::default(),
            attempts_failed: Family::default(),
            run_seconds: Histogram::new(duration_buckets()),
            wait_seconds: Histogram::new(duration_buckets()),
            provider_calls: Family::default(),
            first_token_seconds: Family::new_with_constructor(|| Histogram::new(duration_buckets())),
            response_cache: Family::default(),
            tokens: Family::default(),
            webhooks: Family::default(),
            endpoints: Family::default(),
            webhooks_waiting: Gauge::default(),
            results_fetched: Counter::default(),
            ipc: Family::default(),
            streams: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(names::METRIC_JOBS, "Jobs that stand in a status", self.jobs.clone());
        registry.register(names::METRIC_JOBS_ACCEPTED, "Jobs accepted", self.accepted.clone());
        registry.register(names::METRIC_JOBS_ENDED, "Jobs that ended", self.ended.clone());
        let help = "Attempts that failed, by code";
        registry.register(names::METRIC_ATTEMPTS_FAILED, help, self.attempts_failed.clone());
        registry.register(names::METRIC_RUN_SECONDS, "Duration of attempts", self.run_seconds.clone());
        let help = "Time from being due to being taken";
        registry.register(names::METRIC_WAIT_SECONDS, help, self.wait_seconds.clone());
        registry.register(names::METRIC_PROVIDER_CALLS, "Calls of providers", self.provider_calls.clone());
        let help = "Time from the call to the first piece of the answer";
        registry.register(names::METRIC_FIRST_TOKEN_SECONDS, help, self.first_token_seconds.clone());
        let help = "Jobs that an earlier answer would do for";
        registry.register(names::METRIC_CACHE, help, self.response_cache.clone());
        registry.register(names::METRIC_TOKENS, "Tokens used", self.tokens.clone());
        registry.register(names::METRIC_WEBHOOKS, "Tries to deliver a webhook", self.webhooks.clone());
        let help = "Sites by how their webhooks stand: the circuit breaker's word, or off or gone";
        registry.register(names::METRIC_WEBHOOK_ENDPOINTS, help, self.endpoints.clone());
        let help = "Webhooks that wait to be delivered";
        registry.register(names::METRIC_WEBHOOKS_WAITING, help, self.webhooks_waiting.clone());
        let help = "Results that sites asked for and acknowledged";
        registry.register(names::METRIC_RESULTS_FETCHED, help, self.results_fetched.clone());
        registry.register(names::METRIC_IPC, "Requests on the socket", self.ipc.clone());
        registry.register(names::METRIC_STREAMS, "Event streams that are open", self.streams.clone());
    }

    /// Sets how many jobs stand where.
    pub fn set_jobs(&self, counts: &[(JobStatus, u64)]) {
        for (status, count) in counts {
            let label = StatusLabel { status: status.as_str() };
            self.jobs.get_or_create(&label).set(i64::try_from(*count).unwrap_or(i64::MAX));
        }
    }

    /// Counts an accepted job.
    pub fn job_accepted(&self) {
        self.accepted.inc();
    }

    /// Counts the end of a job.
    pub fn job_ended(&self, status: JobStatus) {
        self.ended.get_or_create(&StatusLabel { status: status.as_str() }).inc();
    }

    /// Counts a failed attempt.
    pub fn attempt_failed(&self, code: ErrorCode) {
        self.attempts_failed.get_or_create(&CodeLabel { code: code.as_str() }).inc();
    }

    /// Records how long an attempt took.
    pub fn attempt_ran(&self, duration: Duration) {
        self.run_seconds.observe(duration.as_secs_f64());
    }

    /// Records how long a job waited after it was due.
    pub fn job_waited(&self, duration: Duration) {
        self.wait_seconds.observe(duration.as_secs_f64());
    }

    /// Counts the end of a provider call: `ok` or the code of its failure.
    pub fn provider_called(&self, provider: &str, outcome: &'static str) {
        self.provider_calls.get_or_create(&ProviderLabels { provider: provider.to_owned(), outcome }).inc();
    }

    /// Records the time to the first piece of an answer.
    pub fn first_token(&self, provider: &str, duration: Duration) {
        let label = ProviderLabel { provider: provider.to_owned() };
        self.first_token_seconds.get_or_create(&label).observe(duration.as_secs_f64());
    }

    /// Counts a look for an earlier answer: `hit` or `miss`.
    pub fn response_cache_asked(&self, outcome: &'static str) {
        self.response_cache.get_or_create(&OutcomeLabel { outcome }).inc();
    }

    /// Counts tokens.
    pub fn tokens_used(&self, provider: &str, usage: &Usage) {
        for (direction, count) in [("input", usage.input_tokens), ("output", usage.output_tokens)] {
            let labels = TokenLabels { provider: provider.to_owned(), direction };
            self.tokens.get_or_create(&labels).inc_by(count);
        }
    }

    /// Sets how many of the sites that were called stand where.
    pub fn set_circuits(&self, counts: &HashMap<BreakerStatus, usize>) {
        for status in BreakerStatus::ALL {
            let count = counts.get(&status).copied().unwrap_or(0);
            self.set_endpoints(status.as_str(), count);
        }
    }

    /// Sets how many sites get no webhooks, and how many webhooks wait.
    pub fn set_webhooks(&self, endpoints: &[(SiteId, EndpointReport)]) {
        for status in [EndpointStatus::Off, EndpointStatus::Gone] {
            let count = endpoints.iter().filter(|(_, report)| report.status == status).count();
            self.set_endpoints(status.as_str(), count);
        }
        let waiting = endpoints.iter().map(|(_, report)| report.waiting).fold(0_u64, u64::saturating_add);
        self.webhooks_waiting.set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    fn set_endpoints(&self, status: &'static str, count: usize) {
        self.endpoints.get_or_create(&StatusLabel { status }).set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Counts results that a site asked for and acknowledged.
    pub fn results_fetched(&self, count: u64) {
        self.results_fetched.inc_by(count);
    }

    /// Counts a try to deliver a webhook: `delivered`, `failed`, `given_up` or `gone`.
    pub fn webhook_tried(&self, outcome: &'static str) {
        self.webhooks.get_or_create(&OutcomeLabel { outcome }).inc();
    }

    /// Counts a request on the socket: `ok` or the code of its refusal.
    pub fn ipc_request(&self, request: &'static str, outcome: &'static str) {
        self.ipc.get_or_create(&IpcLabels { request, outcome }).inc();
    }

    /// Counts a stream in.
    pub fn stream_opened(&self) {
        self.streams.inc();
    }

    /// Counts a stream out.
    pub fn stream_closed(&self) {
        self.streams.dec();
    }

    /// The page of `/metrics`.
    pub fn encode(&self) -> String {
        let mut page = String::new();
        // Writing to a string does not fail; an empty page is what a scraper reports as down.
        match encode(&mut page, &self.registry) {
            Ok(()) => page,
            Err(std::fmt::Error) => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_what_was_counted() {
        let metrics = Metrics::new();

        metrics.job_accepted();
        metrics.job_ended(JobStatus::Succeeded);
        metrics.set_jobs(&[(JobStatus::Queued, 3)]);
        metrics.provider_called("openai", "ok");

        let page = metrics.encode();
        for line in [
            "platen_jobs_accepted_total 1",
            "platen_jobs_ended_total{status=\"succeeded\"} 1",
            "platen_jobs{status=\"queued\"} 3",
            "platen_provider_calls_total{provider=\"openai\",outcome=\"ok\"} 1",
        ] {
            assert!(page.contains(line), "{line} is not in:\n{page}");
        }
    }
}

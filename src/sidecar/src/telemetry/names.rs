//! Every span, field and metric name, each written once.

/// Span of one supervised task.
pub const TASK_RUN: &str = "task.run";
/// Span of one attempt at a job.
pub const JOB_RUN: &str = "job.run";
/// Span of one connection on the socket.
pub const IPC_SERVE: &str = "ipc.serve";

/// Field: the name of a supervised task.
pub const TASK_NAME: &str = "task.name";
/// Field: the id of a job.
pub const JOB_ID: &str = "job.id";
/// Field: the request id that follows a request through every part.
pub const REQUEST_ID: &str = "request.id";
/// Field: the id of a site.
pub const SITE_ID: &str = "site.id";
/// Field: which attempt at a job.
pub const ATTEMPT: &str = "attempt";
/// Field: the name of a provider.
pub const PROVIDER_NAME: &str = "provider.name";
/// Field: the stable code of a failure.
pub const ERROR_CODE: &str = "error.code";
/// Field: a failure with its causes.
pub const ERROR: &str = "error";
/// Field: a duration in milliseconds.
pub const DURATION_MS: &str = "duration_ms";
/// Field: a size in bytes.
pub const SIZE_BYTES: &str = "size_bytes";
/// Field: user number of a peer on the socket.
pub const PEER_UID: &str = "peer.uid";
/// Field: HTTP status of an answer.
pub const HTTP_STATUS: &str = "http.status";

/// Metric: how many jobs stand where, by `status`.
pub const METRIC_JOBS: &str = "platen_jobs";
/// Metric: jobs accepted, duplicates not counted.
pub const METRIC_JOBS_ACCEPTED: &str = "platen_jobs_accepted";
/// Metric: jobs that ended, by `status`.
pub const METRIC_JOBS_ENDED: &str = "platen_jobs_ended";
/// Metric: attempts that failed, by `code`.
pub const METRIC_ATTEMPTS_FAILED: &str = "platen_attempts_failed";
/// Metric: how long an attempt took.
pub const METRIC_RUN_SECONDS: &str = "platen_job_run_seconds";
/// Metric: how long a job waited from being due to being taken.
pub const METRIC_WAIT_SECONDS: &str = "platen_job_wait_seconds";
/// Metric: calls of providers, by `provider` and `outcome`.
pub const METRIC_PROVIDER_CALLS: &str = "platen_provider_calls";
/// Metric: time to the first piece of an answer, by `provider`.
pub const METRIC_FIRST_TOKEN_SECONDS: &str = "platen_provider_first_token_seconds";
/// Metric: jobs that an earlier answer would do for, by `outcome`.
pub const METRIC_CACHE: &str = "platen_response_cache_lookups";
/// Metric: tokens used, by `provider` and `direction`.
pub const METRIC_TOKENS: &str = "platen_tokens";
/// Metric: tries to deliver a webhook, by `outcome`.
pub const METRIC_WEBHOOKS: &str = "platen_webhook_deliveries";
/// Metric: sites by how their webhooks stand, by `status`.
pub const METRIC_WEBHOOK_ENDPOINTS: &str = "platen_webhook_endpoints";
/// Metric: webhooks that wait to be delivered.
pub const METRIC_WEBHOOKS_WAITING: &str = "platen_webhooks_waiting";
/// Metric: results that sites asked for and acknowledged.
pub const METRIC_RESULTS_FETCHED: &str = "platen_results_fetched";
/// Metric: requests on the socket, by `request` and `outcome`.
pub const METRIC_IPC: &str = "platen_ipc_requests";
/// Metric: event streams that are open.
pub const METRIC_STREAMS: &str = "platen_streams_open";

/// Hop: the daemon made the job durable.
pub const HOP_ACCEPTED: &str = "job.accepted";
/// Hop: a worker took the job.
pub const HOP_LEASED: &str = "job.leased";
/// Hop: an earlier answer to the same prompt was found in the cache.
pub const HOP_CACHE_HIT: &str = "cache.hit";
/// Hop: the call of the provider began.
pub const HOP_CALLED: &str = "provider.called";
/// Hop: the first piece of the answer came.
pub const HOP_FIRST_TOKEN: &str = "provider.first_token";
/// Hop: the answer is complete.
pub const HOP_ANSWERED: &str = "provider.answered";
/// Hop: the call failed.
pub const HOP_PROVIDER_FAILED: &str = "provider.failed";
/// Hop: another attempt was put on the calendar.
pub const HOP_RETRY: &str = "job.retry_scheduled";
/// Hop: the daemon drained and put the job back.
pub const HOP_GIVEN_BACK: &str = "job.given_back";
/// Hop: the daemon found the job without its worker and put it back.
pub const HOP_RECOVERED: &str = "job.recovered";
/// Hop: someone replayed the dead job.
pub const HOP_REPLAYED: &str = "job.replayed";
/// Hop: a step of a workflow ended.
pub const HOP_STEP_ENDED: &str = "step.ended";
/// Hop: the job ended with an answer.
pub const HOP_SUCCEEDED: &str = "job.succeeded";
/// Hop: the job ended without one.
pub const HOP_DEAD: &str = "job.dead";
/// Hop: the job ended by request.
pub const HOP_CANCELLED: &str = "job.cancelled";
/// Hop: the site took the webhook.
pub const HOP_DELIVERED: &str = "webhook.delivered";
/// Hop: a try to deliver the webhook failed.
pub const HOP_DELIVERY_FAILED: &str = "webhook.failed";
/// Hop: the site asked for the event and acknowledged it.
pub const HOP_FETCHED: &str = "result.fetched";
/// Hop: the webhook is not tried any more.
pub const HOP_DELIVERY_GIVEN_UP: &str = "webhook.given_up";

//! Every hard limit, named with its unit. Configurable limits may be lower, never higher.

use std::time::Duration;

/// The largest frame on the socket, in bytes after the length field. Holds a job of
/// [`MAX_JOB_BYTES`] with its envelope and a batch of small ones.
pub const MAX_FRAME_BYTES: usize = 1024 * 1024;

/// The largest payload of one job, in bytes of JSON.
pub const MAX_JOB_BYTES: usize = 256 * 1024;

/// The longest idempotency key, in bytes: fits a unique `utf8mb4` index in WordPress's tables.
pub const MAX_IDEMPOTENCY_KEY_BYTES: usize = 191;

/// The longest subject and the longest name of a conversation, in bytes.
pub const MAX_WORD_BYTES: usize = 191;

/// The longest life of a job, in milliseconds: 30 days.
pub const MAX_DEADLINE_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// The longest request id taken over from outside, in bytes.
pub const MAX_REQUEST_ID_BYTES: usize = 64;

/// The longest site id, in bytes.
pub const MAX_SITE_ID_BYTES: usize = 64;

/// The most jobs of one batch.
pub const MAX_BATCH_JOBS: usize = 256;

/// The longest key of a rate limit or a budget, in bytes.
pub const MAX_RATE_KEY_BYTES: usize = 191;

/// The longest window of a rate limit: a bucket kept for longer is no rate limit.
pub const MAX_RATE_WINDOW: Duration = Duration::from_hours(31 * 24);

/// The longest id of a reservation, in bytes.
pub const MAX_RESERVATION_ID_BYTES: usize = 64;

/// The longest time that a reservation holds an amount.
pub const MAX_RESERVATION_TTL: Duration = Duration::from_hours(31 * 24);

/// The longest time that a request may wait for the end of a job.
pub const MAX_WAIT: Duration = Duration::from_mins(1);

/// The longest answer kept for one job, in bytes of text.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// The longest text that one native call takes, in bytes.
pub const MAX_TEXT_BYTES: usize = 16 * 1024 * 1024;

/// The most findings of one text to redact: as a PHP array they take 50 MB.
pub const MAX_FINDINGS: usize = 100_000;

/// The largest value that the prompt cache takes, in bytes.
pub const MAX_CACHED_BYTES: usize = 16 * 1024 * 1024;

/// The most tags of one cached value.
pub const MAX_CACHE_TAGS: usize = 16;

/// The most tags that a job gives its cached answer; the daemon adds two.
pub const MAX_JOB_CACHE_TAGS: usize = MAX_CACHE_TAGS - 2;

/// The longest tag of a cached value, in bytes.
pub const MAX_CACHE_TAG_BYTES: usize = 191;

/// The shortest signing key, in bytes (RFC 7518 §3.2: as long as the hash output).
pub const MIN_KEY_BYTES: usize = 32;

/// The life of a stream token, in seconds.
pub const MAX_STREAM_TOKEN_SECONDS: u64 = 120;

/// The largest body of a webhook, in bytes. An answer that is longer is told of, and fetched by its site.
pub const MAX_WEBHOOK_BYTES: usize = 256 * 1024;

/// The most webhook secrets of one site that are in force at the same time.
pub const MAX_WEBHOOK_SECRETS: usize = 4;

/// The most results of one page.
pub const MAX_PAGE_RESULTS: u32 = 100;

/// The most bytes of results on one page: it must fit a frame with its envelope, and hold at least one result.
pub const MAX_PAGE_BYTES: usize = 3 * MAX_WEBHOOK_BYTES;

/// The longest part of an answer's text, in bytes: with six bytes for each control character it fits a frame.
pub const MAX_ANSWER_PART_BYTES: usize = 128 * 1024;

/// The longest life of a token that asks for results, in seconds.
pub const MAX_RESULTS_TOKEN_SECONDS: u64 = 60;

/// The life of a token that hands jobs over by HTTP, in seconds.
pub const MAX_JOBS_TOKEN_SECONDS: u64 = 60;

/// How far a webhook's timestamp may lie from now, in seconds (Standard Webhooks).
pub const WEBHOOK_TOLERANCE_SECONDS: u64 = 300;

/// The largest definition of a workflow, in bytes of JSON.
pub const MAX_WORKFLOW_BYTES: usize = 256 * 1024;

/// The most steps of a workflow, compensations not counted.
pub const MAX_WORKFLOW_STEPS: usize = 64;

/// The most branches of one step, and the most parts of one text.
pub const MAX_FAN_OUT_ITEMS: usize = 10_000;

/// The largest parameters of one step once they are filled in, in bytes of JSON.
pub const MAX_RENDERED_BYTES: usize = 1024 * 1024;

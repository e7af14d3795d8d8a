-- One unit of work. Narrow on purpose: every step of a job's life rewrites this row, so the long texts stand
-- in tables of their own.
CREATE TABLE jobs (
    -- UUIDv7, chosen by WordPress before the hand-off.
    job_id TEXT NOT NULL PRIMARY KEY,
    site_id TEXT NOT NULL REFERENCES sites (site_id),
    -- The same key gives the same job.
    idempotency_key TEXT NOT NULL,
    -- Follows the request through every part.
    request_id TEXT NOT NULL,
    -- W3C Trace Context of the browser's request, as it came.
    traceparent TEXT,
    -- Hexadecimal SHA-256 of the canonical prompt, as WordPress computed it.
    prompt_hash TEXT,
    -- Whom the use is counted for, opaque here.
    subject TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('chat')),
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'dead', 'cancelled')),
    -- Attempts that have begun, replays included: never goes back, so it fences late workers off.
    attempt INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    -- Failed attempts of the present life; a replay begins at 0.
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    -- Attempts of the present life that ended with the process; a replay begins at 0.
    crashes INTEGER NOT NULL DEFAULT 0 CHECK (crashes >= 0),
    -- How often the job has ended; numbers its webhook events.
    ends INTEGER NOT NULL DEFAULT 0 CHECK (ends >= 0),
    -- When a queued job is due.
    run_at INTEGER,
    -- Until when the worker of a running job holds it without a sign of life.
    lease_until INTEGER,
    -- Why the last attempt failed; cleared by success and replay.
    error_code TEXT,
    error_message TEXT,
    -- JSON of core's Usage, the sum of all attempts that were charged.
    usage TEXT,
    -- When WordPress wrote its row.
    created_at INTEGER NOT NULL,
    -- When the daemon accepted the job, or when it was last replayed: the deadline counts from here.
    life_began_at INTEGER NOT NULL,
    -- When the status last changed.
    updated_at INTEGER NOT NULL,
    finished_at INTEGER,
    CHECK ((status = 'queued') = (run_at IS NOT NULL)),
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'dead', 'cancelled')) = (finished_at IS NOT NULL)),
    CHECK ((error_code IS NULL) = (error_message IS NULL)),
    CHECK (status != 'dead' OR error_code IS NOT NULL)
) STRICT;

-- Finds the job of an earlier submission.
CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (site_id, idempotency_key);
-- Takes the jobs that are due, and finds when the next one is.
CREATE INDEX jobs_due ON jobs (run_at) WHERE status = 'queued';
-- Finds jobs whose worker is gone.
CREATE INDEX jobs_leased ON jobs (lease_until) WHERE status = 'running';
-- Finds ended jobs that have been kept long enough.
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
-- Counts and lists by status.
CREATE INDEX jobs_by_status ON jobs (status, job_id);

-- What a job asks for. Written once, with the job.
CREATE TABLE payloads (
    job_id TEXT NOT NULL PRIMARY KEY REFERENCES jobs (job_id) ON DELETE CASCADE,
    -- JSON of the `payload` of a Submit, as core writes it: equal text is equal work.
    payload TEXT NOT NULL
) STRICT;

-- What a succeeded job was answered. Written once, in the transaction that ends the job.
CREATE TABLE answers (
    job_id TEXT NOT NULL PRIMARY KEY REFERENCES jobs (job_id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    finish_reason TEXT NOT NULL,
    -- The model by its provider's name, and the provider by its name in the configuration.
    model TEXT NOT NULL,
    provider TEXT NOT NULL
) STRICT;

-- One try at a job.
CREATE TABLE attempts (
    job_id TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    began_at INTEGER NOT NULL,
    ended_at INTEGER,
    -- How it ended; absent while it runs. `abandoned` is a crash, a drain or a cancellation.
    outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'abandoned')),
    error_code TEXT,
    error_message TEXT,
    -- What the provider had sent when the attempt ended without an answer.
    partial_text TEXT,
    PRIMARY KEY (job_id, attempt),
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT, WITHOUT ROWID;

-- Text that arrived in the attempt that runs, in the order of `chunk_id`. At the end of the attempt it
-- becomes the answer or the attempt's partial text, and the rows go.
CREATE TABLE chunks (
    chunk_id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
    attempt INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

-- Collects an attempt's text.
CREATE INDEX chunks_by_attempt ON chunks (job_id, attempt, chunk_id);

-- Moments of a job's life, for `trace`. Written in the transaction that made them true.
CREATE TABLE hops (
    hop_id INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
    -- `noun.verb`, see telemetry/names.rs.
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- A JSON object of facts.
    detail TEXT NOT NULL
) STRICT;

-- Shows a job's trace.
CREATE INDEX hops_by_job ON hops (job_id, at, hop_id);

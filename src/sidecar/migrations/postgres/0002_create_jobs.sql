-- The queue. A job is a graph of steps; a chat is a graph of one step. A step has a branch for each item of the
-- list that it is fanned out over, or one. Numbers join the tables, because every
-- submit writes most of them; the ids that the outside knows stand in `jobs` only.

-- A line in which due steps wait: one per priority, site and model. Few rows, never removed.
CREATE TABLE lanes (
    lane_no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    priority TEXT NOT NULL CHECK (priority IN ('high', 'standard', 'batch')),
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (site_id),
    -- The model's alias; empty for steps that call none.
    model TEXT NOT NULL,
    -- The turn of the step that was taken last: where the line stands.
    turn BIGINT NOT NULL DEFAULT 0,
    -- When a step was taken last: equals are served in this order.
    taken_at BIGINT NOT NULL DEFAULT 0,
    UNIQUE (priority, site_id, model)
);

-- The last turn that a subject was given in a lane. The next one is a turn later, so each subject's first
-- waiting step stands before everyone's second (start-time fair queueing). A row whose turn has been reached
-- means nothing and may go.
CREATE TABLE shares (
    lane_no BIGINT NOT NULL REFERENCES lanes (lane_no),
    subject TEXT NOT NULL,
    turn BIGINT NOT NULL,
    PRIMARY KEY (lane_no, subject)
);

-- One unit of work.
CREATE TABLE jobs (
    -- In the order of acceptance.
    job_no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- UUIDv7, chosen by WordPress before the hand-off.
    job_id TEXT COLLATE "C" NOT NULL UNIQUE,
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (site_id),
    -- The same key gives the same job.
    idempotency_key TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of kind and payload: equal bytes are equal work.
    fingerprint BYTEA NOT NULL,
    -- The time of acceptance in steps of 8.4 s (upper bits) and a hash of site, subject, conversation and
    -- fingerprint: finds the same input of the same user within a window. Absent without a subject. Grows with
    -- time, so that a submit touches the index's newest page only.
    input_key BIGINT,
    -- Follows the request through every part.
    request_id TEXT NOT NULL,
    -- W3C Trace Context of the browser's request, as it came.
    traceparent TEXT,
    -- Hexadecimal SHA-256 of the canonical prompt, as WordPress computed it.
    prompt_hash TEXT,
    -- Whom the use is counted for, opaque here.
    subject TEXT,
    -- Which conversation the job belongs to, opaque here.
    conversation TEXT COLLATE "C",
    kind TEXT NOT NULL CHECK (kind IN ('chat', 'workflow')),
    priority TEXT NOT NULL CHECK (priority IN ('high', 'standard', 'batch')),
    -- Queued: nothing runs, and nothing has ended yet. Running: something does or has.
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'dead', 'cancelled')),
    -- How far a workflow is: JSON of core's Progress. Absent for the graph of one step, whose row says it all.
    progress TEXT,
    -- The step whose text is the job's answer, and how many attempts of it have begun.
    output_step BIGINT NOT NULL DEFAULT 0,
    attempt BIGINT NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    -- How often the job has ended; numbers its webhook events.
    ends BIGINT NOT NULL DEFAULT 0 CHECK (ends >= 0),
    -- Why the last attempt failed; cleared by success and replay.
    error_code TEXT,
    error_message TEXT,
    -- Why a dead job is dead, in one word (core's Cause).
    cause TEXT,
    -- JSON of core's Usage, the sum of all attempts that were charged.
    usage TEXT,
    -- When WordPress wrote its row.
    created_at BIGINT NOT NULL,
    -- When the daemon accepted the job.
    accepted_at BIGINT NOT NULL,
    -- When the present life began: acceptance, or the last replay, or `run_at` if that is later.
    life_began_at BIGINT NOT NULL,
    -- When the present life must have ended.
    deadline_at BIGINT NOT NULL,
    -- When the status last changed.
    updated_at BIGINT NOT NULL,
    finished_at BIGINT,
    -- When prompts and results were taken out of an ended job.
    purged_at BIGINT,
    CHECK ((status IN ('succeeded', 'dead', 'cancelled')) = (finished_at IS NOT NULL)),
    CHECK ((error_code IS NULL) = (error_message IS NULL)),
    CHECK ((status = 'dead') = (cause IS NOT NULL)),
    CHECK (status != 'dead' OR error_code IS NOT NULL)
);

-- Finds the job of an earlier submission.
CREATE UNIQUE INDEX jobs_by_idempotency_key ON jobs (site_id, idempotency_key);
-- Finds the same input of a moment ago.
CREATE INDEX jobs_by_input ON jobs (input_key) WHERE input_key IS NOT NULL;
-- Counts the living, and finds those whose time is over.
CREATE INDEX jobs_living ON jobs (status, deadline_at) WHERE finished_at IS NULL;
-- Counts and lists the ended, and finds those that have been kept long enough.
CREATE INDEX jobs_ended ON jobs (status, finished_at) WHERE finished_at IS NOT NULL;

-- What a job asks for. Written once, with the job; removed when its content is purged.
CREATE TABLE payloads (
    job_no BIGINT NOT NULL PRIMARY KEY REFERENCES jobs (job_no) ON DELETE CASCADE,
    -- JSON of the `payload` of a Submit, as core writes it.
    payload TEXT NOT NULL,
    -- JSON of a workflow as it was defined when the job was accepted; absent for the graph of one step.
    definition TEXT
);

-- One branch of a step: what a worker takes. Narrow on purpose: every change of a job's life rewrites this row.
CREATE TABLE steps (
    job_no BIGINT NOT NULL REFERENCES jobs (job_no) ON DELETE CASCADE,
    -- The step's place in the definition, from 0.
    step BIGINT NOT NULL CHECK (step >= 0),
    -- Which item it works on, from 0; 0 for a step without a list.
    branch BIGINT NOT NULL CHECK (branch >= 0),
    -- The step's name in the definition.
    name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'queued', 'running', 'succeeded', 'dead', 'cancelled')),
    lane_no BIGINT NOT NULL REFERENCES lanes (lane_no),
    -- Its place in the lane, while it is queued and due.
    turn BIGINT,
    -- Attempts that have begun, replays included: never goes back, so it fences late workers off.
    attempt BIGINT NOT NULL DEFAULT 0 CHECK (attempt >= 0),
    -- Failed attempts of the present life; a replay begins at 0.
    failures BIGINT NOT NULL DEFAULT 0 CHECK (failures >= 0),
    -- Attempts of the present life that ended with the process; a replay begins at 0.
    crashes BIGINT NOT NULL DEFAULT 0 CHECK (crashes >= 0),
    -- When a queued branch is due, or was.
    run_at BIGINT,
    -- Until when the worker of a running branch holds it without a sign of life, and whose worker it is.
    lease_until BIGINT,
    owner TEXT,
    -- JSON of the item, in a fan-out.
    item TEXT,
    PRIMARY KEY (job_no, step, branch),
    CHECK ((status = 'queued') = (run_at IS NOT NULL)),
    CHECK (turn IS NULL OR status = 'queued'),
    CHECK ((status = 'running') = (lease_until IS NOT NULL)),
    CHECK ((status = 'running') = (owner IS NOT NULL))
);

-- The head of each lane.
CREATE INDEX steps_due ON steps (lane_no, turn, job_no, step, branch) WHERE turn IS NOT NULL;
-- Those that are not due yet, the next one first.
CREATE INDEX steps_later ON steps (run_at) WHERE status = 'queued' AND turn IS NULL;
-- Counts what runs, and finds steps whose worker is gone.
CREATE INDEX steps_running ON steps (lane_no, lease_until) WHERE status = 'running';

-- What a branch gave. Written once, in the transaction that ends it.
CREATE TABLE results (
    job_no BIGINT NOT NULL,
    step BIGINT NOT NULL,
    branch BIGINT NOT NULL,
    -- JSON: core's Answer for a step that called a model, any value for another.
    result TEXT NOT NULL,
    PRIMARY KEY (job_no, step, branch),
    FOREIGN KEY (job_no, step, branch) REFERENCES steps (job_no, step, branch) ON DELETE CASCADE
);

-- What a workflow gave as a whole. A single job's answer is the result of its step.
CREATE TABLE answers (
    job_no BIGINT NOT NULL PRIMARY KEY REFERENCES jobs (job_no) ON DELETE CASCADE,
    -- JSON of core's Answer.
    answer TEXT NOT NULL
);

-- One try at a branch.
CREATE TABLE attempts (
    job_no BIGINT NOT NULL,
    step BIGINT NOT NULL,
    branch BIGINT NOT NULL,
    attempt BIGINT NOT NULL CHECK (attempt >= 1),
    began_at BIGINT NOT NULL,
    ended_at BIGINT,
    -- How it ended; absent while it runs. `abandoned` is a crash, a drain or a cancellation.
    outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'abandoned')),
    error_code TEXT,
    error_message TEXT,
    -- What the provider had sent when the attempt ended without an answer.
    partial_text TEXT,
    PRIMARY KEY (job_no, step, branch, attempt),
    FOREIGN KEY (job_no, step, branch) REFERENCES steps (job_no, step, branch) ON DELETE CASCADE,
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
);

-- Text that arrived in an attempt that runs, in pieces. At the end of the attempt it becomes the result or the
-- attempt's partial text, and the rows go.
CREATE TABLE chunks (
    job_no BIGINT NOT NULL,
    step BIGINT NOT NULL,
    branch BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    -- The piece's place, from 1.
    chunk BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (job_no, step, branch, attempt, chunk),
    FOREIGN KEY (job_no, step, branch) REFERENCES steps (job_no, step, branch) ON DELETE CASCADE
);

-- Moments of a job's life, for `trace`. Written in the transaction that made them true. The first one, the
-- acceptance, stands in `jobs.accepted_at` only.
CREATE TABLE hops (
    job_no BIGINT NOT NULL REFERENCES jobs (job_no) ON DELETE CASCADE,
    -- In the order of writing, from 1.
    hop BIGINT NOT NULL,
    -- `noun.verb`, see telemetry/names.rs.
    name TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- A JSON object of facts.
    detail TEXT NOT NULL,
    PRIMARY KEY (job_no, hop)
);

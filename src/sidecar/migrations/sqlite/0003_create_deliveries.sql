-- One webhook event per end of a job. Written in the transaction that ends the job.
CREATE TABLE deliveries (
    -- The `webhook-id`: `evt_{job}_{n}` for the nth end of a job.
    delivery_id TEXT NOT NULL PRIMARY KEY,
    job_no INTEGER NOT NULL REFERENCES jobs (job_no) ON DELETE CASCADE,
    site_id TEXT NOT NULL REFERENCES sites (site_id),
    -- The body, byte for byte as it is signed and sent. Removed when the site took it.
    body BLOB,
    -- Headers of the outgoing request.
    request_id TEXT NOT NULL,
    traceparent TEXT NOT NULL,
    -- Tries so far.
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    -- When the next try is due; absent when there is none.
    next_at INTEGER,
    delivered_at INTEGER,
    given_up_at INTEGER,
    -- What the site answered last, and what was wrong.
    last_http_status INTEGER,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    CHECK ((next_at IS NOT NULL) + (delivered_at IS NOT NULL) + (given_up_at IS NOT NULL) = 1),
    CHECK (body IS NOT NULL OR next_at IS NULL)
) STRICT;

-- Takes the deliveries that are due, and finds when the next one is.
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;
-- Finds a job's deliveries.
CREATE INDEX deliveries_by_job ON deliveries (job_no);

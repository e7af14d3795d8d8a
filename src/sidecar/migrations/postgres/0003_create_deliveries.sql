-- One webhook event per end of a job. Written in the transaction that ends the job.
CREATE TABLE deliveries (
    -- The `webhook-id`: `evt_{job}_{n}` for the nth end of a job.
    delivery_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    job_no BIGINT NOT NULL REFERENCES jobs (job_no) ON DELETE CASCADE,
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (site_id),
    -- The body, byte for byte as it is signed and sent. Removed when the site took it.
    body BYTEA,
    -- Headers of the outgoing request.
    request_id TEXT NOT NULL,
    traceparent TEXT NOT NULL,
    -- Tries so far.
    tries BIGINT NOT NULL DEFAULT 0 CHECK (tries >= 0),
    -- When the next try is due; absent when there is none.
    next_at BIGINT,
    delivered_at BIGINT,
    given_up_at BIGINT,
    -- What the site answered last, and what was wrong.
    last_http_status BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    CHECK (num_nonnulls(next_at, delivered_at, given_up_at) = 1),
    CHECK (body IS NOT NULL OR next_at IS NULL)
);

-- Takes the deliveries that are due, and finds when the next one is.
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE next_at IS NOT NULL;
-- Finds a job's deliveries.
CREATE INDEX deliveries_by_job ON deliveries (job_no);

-- One event per end of a job. Written in the transaction that ends the job. It is told by a webhook, or by a page
-- of results when the site asks; whichever comes first.
CREATE TABLE deliveries (
    -- In the order of ending.
    delivery_no BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The `webhook-id`: `evt_{job}_{n}` for the nth end of a job.
    delivery_id TEXT COLLATE "C" NOT NULL UNIQUE,
    job_no BIGINT NOT NULL REFERENCES jobs (job_no) ON DELETE CASCADE,
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (site_id),
    -- That of the job: its events are sent in their order.
    conversation TEXT COLLATE "C",
    -- The body, byte for byte as it is signed and sent. Removed when the site took it.
    body BYTEA,
    -- Headers of the outgoing request.
    request_id TEXT NOT NULL,
    traceparent TEXT NOT NULL,
    -- Tries so far, in all and of this round. A replay begins another round.
    tries BIGINT NOT NULL DEFAULT 0 CHECK (tries >= 0),
    round_tries BIGINT NOT NULL DEFAULT 0 CHECK (round_tries >= 0),
    -- When the round began: the day of tries counts from here.
    round_began_at BIGINT NOT NULL,
    -- When the next try is due; absent when there is none.
    next_at BIGINT,
    -- When the site took it, and how.
    delivered_at BIGINT,
    delivered_by TEXT CHECK (delivered_by IN ('webhook', 'page')),
    -- When its webhook was given up. The site may still ask for it.
    given_up_at BIGINT,
    -- The last page of results that it was on; a cursor of that page acknowledges it.
    page BIGINT,
    -- What the site answered last, and what was wrong.
    last_http_status BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    CHECK (num_nonnulls(next_at, delivered_at, given_up_at) = 1),
    CHECK ((delivered_at IS NULL) = (delivered_by IS NULL)),
    CHECK (body IS NOT NULL OR next_at IS NULL)
);

-- Takes the deliveries of a site that are due, and finds when the next one is.
CREATE INDEX deliveries_due ON deliveries (site_id, next_at) WHERE next_at IS NOT NULL;
-- Finds what has to be told before an event of the same conversation.
CREATE INDEX deliveries_in_order ON deliveries (site_id, conversation, delivery_no)
    WHERE next_at IS NOT NULL AND conversation IS NOT NULL;
-- Finds what a site was not told of.
CREATE INDEX deliveries_untold ON deliveries (site_id, delivery_no) WHERE delivered_at IS NULL;
-- Finds a job's deliveries.
CREATE INDEX deliveries_by_job ON deliveries (job_no);

-- One event per end of a job. Written in the transaction that ends the job. It is told by a webhook, or by a page
-- of results when the site asks; whichever comes first.
CREATE TABLE deliveries (
    -- In the order of ending.
    delivery_no INTEGER NOT NULL PRIMARY KEY,
    -- The `webhook-id`: `evt_{job}_{n}` for the nth end of a job.
    delivery_id TEXT NOT NULL UNIQUE,
    job_no INTEGER NOT NULL REFERENCES jobs (job_no) ON DELETE CASCADE,
    site_id TEXT NOT NULL REFERENCES sites (site_id),
    -- That of the job: its events are sent in their order.
    conversation TEXT,
    -- The body, byte for byte as it is signed and sent. Removed when the site took it.
    body BLOB,
    -- Headers of the outgoing request.
    request_id TEXT NOT NULL,
    traceparent TEXT NOT NULL,
    -- Tries so far, in all and of this round. A replay begins another round.
    tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    round_tries INTEGER NOT NULL DEFAULT 0 CHECK (round_tries >= 0),
    -- When the round began: the day of tries counts from here.
    round_began_at INTEGER NOT NULL,
    -- When the next try is due; absent when there is none.
    next_at INTEGER,
    -- When the site took it, and how.
    delivered_at INTEGER,
    delivered_by TEXT CHECK (delivered_by IN ('webhook', 'page')),
    -- When its webhook was given up. The site may still ask for it.
    given_up_at INTEGER,
    -- The last page of results that it was on; a cursor of that page acknowledges it.
    page INTEGER,
    -- What the site answered last, and what was wrong.
    last_http_status INTEGER,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    CHECK ((next_at IS NOT NULL) + (delivered_at IS NOT NULL) + (given_up_at IS NOT NULL) = 1),
    CHECK ((delivered_at IS NULL) = (delivered_by IS NULL)),
    CHECK (body IS NOT NULL OR next_at IS NULL)
) STRICT;

-- Takes the deliveries of a site that are due, and finds when the next one is.
CREATE INDEX deliveries_due ON deliveries (site_id, next_at) WHERE next_at IS NOT NULL;
-- Finds what has to be told before an event of the same conversation.
CREATE INDEX deliveries_in_order ON deliveries (site_id, conversation, delivery_no)
    WHERE next_at IS NOT NULL AND conversation IS NOT NULL;
-- Finds what a site was not told of.
CREATE INDEX deliveries_untold ON deliveries (site_id, delivery_no) WHERE delivered_at IS NULL;
-- Finds a job's deliveries.
CREATE INDEX deliveries_by_job ON deliveries (job_no);

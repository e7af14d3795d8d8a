-- Rate limits as they stood when they were last written, so that a restart does not forget them. The daemon
-- decides in memory and writes behind, about once a second.
CREATE TABLE rate_buckets (
    site_id TEXT NOT NULL,
    -- What is limited, such as `chat:user:1`.
    key TEXT NOT NULL,
    -- When the bucket is full again. A row of the past means nothing and may go.
    full_at INTEGER NOT NULL,
    PRIMARY KEY (site_id, key)
) STRICT, WITHOUT ROWID;

-- Finds the rows that may go.
CREATE INDEX rate_buckets_full ON rate_buckets (full_at);

-- Stream tokens that were used. A token that has expired is refused for that, so its row may go.
CREATE TABLE stream_tokens (
    site_id TEXT NOT NULL,
    -- The token's `jti`.
    token_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (site_id, token_id)
) STRICT, WITHOUT ROWID;

-- Finds the rows that may go.
CREATE INDEX stream_tokens_expired ON stream_tokens (expires_at);

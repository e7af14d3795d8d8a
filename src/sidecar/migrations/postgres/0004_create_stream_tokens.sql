-- Stream tokens that were used. A token that has expired is refused for that, so its row may go.
CREATE TABLE stream_tokens (
    site_id TEXT COLLATE "C" NOT NULL,
    -- The token's `jti`.
    token_id TEXT COLLATE "C" NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (site_id, token_id)
);

-- Finds the rows that may go.
CREATE INDEX stream_tokens_expired ON stream_tokens (expires_at);

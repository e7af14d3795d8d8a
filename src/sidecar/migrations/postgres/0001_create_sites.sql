-- Times are integers: microseconds UTC since 1970. Keys are sorted by their bytes (COLLATE "C"), as SQLite does.
-- This holds for every table of every migration.

-- The WordPress sites that this daemon serves. Written by `platend site add`.
CREATE TABLE sites (
    -- The name in frames and tokens (PLATEN_SITE_ID).
    site_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    -- Where the site lives, without a trailing slash.
    url TEXT NOT NULL,
    -- `psk_` and base64url: the key of stream tokens. Only the role of the daemon should be able to read this table.
    site_secret TEXT NOT NULL,
    -- `whsec_` and base64: the key of webhook signatures.
    webhook_secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When the secrets were last replaced.
    rotated_at BIGINT
);

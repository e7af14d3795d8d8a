-- Times are integers: microseconds UTC since 1970. This holds for every table of every migration.

-- The WordPress sites that this daemon serves. Written by `platend site add`.
CREATE TABLE sites (
    -- The name in frames and tokens (PLATEN_SITE_ID).
    site_id TEXT NOT NULL PRIMARY KEY,
    -- Where the site lives, without a trailing slash.
    url TEXT NOT NULL,
    -- `psk_` and base64url: the key of stream tokens. The file is readable by the daemon's user only.
    site_secret TEXT NOT NULL,
    -- `whsec_` and base64: the key of webhook signatures.
    webhook_secret TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- When the secrets were last replaced.
    rotated_at INTEGER
) STRICT;

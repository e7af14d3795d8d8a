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
    -- Whether webhooks are sent: on, off (by an operator), or gone (the site answered 410).
    webhooks TEXT NOT NULL DEFAULT 'on' CHECK (webhooks IN ('on', 'off', 'gone')),
    -- When that last changed.
    webhooks_since BIGINT,
    -- Pages of results that were handed out; numbers them.
    pages BIGINT NOT NULL DEFAULT 0 CHECK (pages >= 0),
    created_at BIGINT NOT NULL,
    -- When the secrets were last replaced.
    rotated_at BIGINT
);

-- The keys of webhook signatures. Each webhook is signed with all of its site's, so that one can take the place
-- of another without a moment in which the site refuses webhooks.
CREATE TABLE webhook_secrets (
    site_id TEXT COLLATE "C" NOT NULL REFERENCES sites (site_id),
    -- The first 8 hexadecimal digits of the SHA-256 of the secret: names it without telling it.
    secret_id TEXT NOT NULL,
    -- `whsec_` and base64.
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (site_id, secret_id)
);

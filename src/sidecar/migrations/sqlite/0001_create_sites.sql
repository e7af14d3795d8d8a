-- Times are integers: microseconds UTC since 1970. This holds for every table of every migration.

-- The WordPress sites that this daemon serves. Written by `platend site add`.
CREATE TABLE sites (
    -- The name in frames and tokens (PLATEN_SITE_ID).
    site_id TEXT NOT NULL PRIMARY KEY,
    -- Where the site lives, without a trailing slash.
    url TEXT NOT NULL,
    -- `psk_` and base64url: the key of stream tokens. The file is readable by the daemon's user only.
    site_secret TEXT NOT NULL,
    -- Whether webhooks are sent: on, off (by an operator), or gone (the site answered 410).
    webhooks TEXT NOT NULL DEFAULT 'on' CHECK (webhooks IN ('on', 'off', 'gone')),
    -- When that last changed.
    webhooks_since INTEGER,
    -- Pages of results that were handed out; numbers them.
    pages INTEGER NOT NULL DEFAULT 0 CHECK (pages >= 0),
    created_at INTEGER NOT NULL,
    -- When the secrets were last replaced.
    rotated_at INTEGER
) STRICT;

-- The keys of webhook signatures. Each webhook is signed with all of its site's, so that one can take the place
-- of another without a moment in which the site refuses webhooks.
CREATE TABLE webhook_secrets (
    site_id TEXT NOT NULL REFERENCES sites (site_id),
    -- The first 8 hexadecimal digits of the SHA-256 of the secret: names it without telling it.
    secret_id TEXT NOT NULL,
    -- `whsec_` and base64.
    secret TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (site_id, secret_id)
) STRICT, WITHOUT ROWID;

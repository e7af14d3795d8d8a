-- What only one of the daemons that share a database does at a time. With SQLite there is one daemon.
CREATE TABLE duties (
    -- `deliveries`: sending webhooks.
    name TEXT NOT NULL PRIMARY KEY,
    -- Which daemon has it (jobs.owner), and until when without a sign of life.
    owner TEXT NOT NULL,
    until INTEGER NOT NULL
) STRICT;

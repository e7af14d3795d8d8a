-- How far each schedule of the configuration is.
CREATE TABLE schedules (
    name TEXT NOT NULL PRIMARY KEY,
    -- The last tick whose job was accepted, or that was passed over; before the first, when it was first seen.
    last_tick BIGINT NOT NULL
);

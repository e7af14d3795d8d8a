-- What keys have spent, and what is held for calls that are under way. All times are integer microseconds, UTC;
-- all amounts are of the unit that `budgets.unit` names.

-- One key in one calendar period. Made by its first reservation.
CREATE TABLE budgets (
    budget_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id TEXT COLLATE "C" NOT NULL,
    -- Whom the budget is for, such as `user:1`.
    key TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('microusd', 'tokens')),
    period TEXT NOT NULL CHECK (period IN ('hour', 'day', 'month')),
    -- The first moment of the period.
    began_at BIGINT NOT NULL,
    -- The first moment after it.
    ends_at BIGINT NOT NULL CHECK (ends_at > began_at),
    -- The sum of all settled amounts. May pass the limit: a call is paid for whatever it turns out to cost.
    spent BIGINT NOT NULL DEFAULT 0 CHECK (spent >= 0),
    UNIQUE (site_id, key, unit, period, began_at)
);

-- Finds the periods that may go.
CREATE INDEX budgets_ended ON budgets (ends_at);

-- An amount that was held. Chosen by the caller, so that asking twice holds once.
CREATE TABLE budget_reservations (
    site_id TEXT COLLATE "C" NOT NULL,
    reservation_id TEXT COLLATE "C" NOT NULL,
    budget_id BIGINT NOT NULL REFERENCES budgets (budget_id) ON DELETE CASCADE,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    -- From then on the amount is free again, unless it was settled.
    expires_at BIGINT NOT NULL,
    -- What was really used.
    settled_amount BIGINT CHECK (settled_amount >= 0),
    settled_at BIGINT,
    PRIMARY KEY (site_id, reservation_id),
    CHECK ((settled_at IS NULL) = (settled_amount IS NULL))
);

-- Sums what a budget holds, in the order in which it becomes free.
CREATE INDEX budget_reservations_open ON budget_reservations (budget_id, expires_at) WHERE settled_at IS NULL;

-- Takes the reservations of a period away with it.
CREATE INDEX budget_reservations_budget ON budget_reservations (budget_id);

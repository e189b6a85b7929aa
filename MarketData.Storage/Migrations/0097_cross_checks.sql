-- What came of comparing two providers' bars, day by day: the last comparison that saw as many bars of the day as any before.
CREATE TABLE cross_checks (
    symbol          text NOT NULL,
    timeframe       text NOT NULL,
    day             date NOT NULL,                    -- the session's, UTC's for crypto
    provider        text NOT NULL,
    other_provider  text NOT NULL CHECK (provider < other_provider),
    bars_compared   integer NOT NULL,
    bars_differing  integer NOT NULL,                 -- closes more than half a percent apart
    max_difference  double precision,                 -- of closes, as a share of their mean; null when no bar was compared
    mean_difference double precision,
    only_provider   integer NOT NULL,                 -- bars that the other lacks
    only_other      integer NOT NULL,
    checked_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (symbol, timeframe, day, provider, other_provider)
);
CREATE INDEX cross_checks_by_day ON cross_checks (day);

using System.Globalization;
using Dapper;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Notifications;

/// <summary>Reads what a rule holds of at this moment.</summary>
internal static class OccasionReader
{
    // The symbols that a rule is about, as s.
    private const string InScope = """
        s.active AND (@Watchlist::text IS NULL OR s.symbol = ANY (SELECT unnest(w.symbols) FROM watchlists w WHERE w.name = @Watchlist))
        """;

    // A run that is under way may yet enrich what it failed for before, so it counts when it has ended. Symbols that no provider knows fail in
    // it too. The first line of an error says what is the matter, the others what each provider answered.
    private const string RunFailed = $"""
        SELECT s.symbol AS key, s.symbol AS label, split_part(e.error_message, E'\n', 1) AS detail, f.completed_at AS since
        FROM symbols s JOIN symbol_status e USING (symbol)
        CROSS JOIN LATERAL (
            SELECT r.completed_at FROM enrichment_jobs j JOIN enrichment_history r USING (job_id)
            WHERE j.symbol = s.symbol AND j.status = 'failed' AND r.completed_at IS NOT NULL ORDER BY j.id DESC LIMIT 1) f
        WHERE e.health IN ('error', 'delisted', 'unverified') AND {InScope}
        """;

    private const string RunLate = $"""
        SELECT 'nightly' AS key, 'The nightly run' AS label, (array_agg(detail ORDER BY since))[1] AS detail, min(since) AS since
        FROM (
            SELECT format('is under way: %s of %s symbols done', r.symbols_successful + r.symbols_failed + r.symbols_cancelled, r.symbols_total) AS detail,
                   r.created_at AS since
            FROM enrichment_history r
            WHERE r.completed_at IS NULL AND r.trigger = 'nightly' AND (@Watchlist::text IS NULL OR EXISTS (
                SELECT FROM enrichment_jobs j JOIN symbols s USING (symbol) WHERE j.job_id = r.job_id AND j.completed_at IS NULL AND {InScope}))
            UNION ALL
            SELECT 'has not begun', next_run FROM schedules WHERE name = 'nightly' AND next_run < now()) late
        HAVING count(*) > 0
        """;

    private const string SymbolStale = $"""
        SELECT s.symbol AS key, s.symbol AS label,
               'newest candle closed ' || to_char(e.data_until AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC' AS detail, now() AS since
        FROM symbols s JOIN symbol_status e USING (symbol) WHERE e.health = 'stale' AND {InScope}
        """;

    // A probe that is under way does not end the trouble; one that succeeds closes the circuit.
    private const string CircuitOpen = $"""
        SELECT p.provider AS key, p.provider AS label,
               CASE WHEN bool_or(p.state->'resilience'->>'circuit_state' = 'isolated') THEN 'a person shut it off'
                    ELSE (array_agg(p.state->>'last_error' ORDER BY p.state->>'last_error_at' DESC NULLS LAST))[1] END AS detail,
               coalesce(min((p.state->'resilience'->>'opened_at')::timestamptz), now()) AS since
        FROM provider_state p JOIN enrichment_nodes n USING (node_id)
        WHERE {NodeRegistry.Alive} AND p.state->'resilience'->>'circuit_state' IN ('open', 'half_open', 'isolated')
        GROUP BY p.provider
        """;

    private const string ActionDisputed = $"""
        SELECT c.symbol || ' ' || c.ex_date AS key,
               c.symbol || ': ' || CASE WHEN bool_or(c.ratio_to IS NOT NULL) THEN 'split' ELSE 'dividend' END || ' of ' || c.ex_date AS label,
               (array_agg(c.reason ORDER BY c.id DESC))[1] AS detail, min(c.first_seen_at) AS since
        FROM corporate_action_reports c JOIN symbols s USING (symbol)
        WHERE c.state = 'disputed' AND c.withdrawn_at IS NULL AND c.decision IS NULL AND {InScope}
        GROUP BY c.symbol, c.ex_date
        """;

    private const string QualityLow = $"""
        SELECT s.symbol AS key, s.symbol AS label, 'score ' || round(e.quality_score::numeric, 2) AS detail, now() AS since
        FROM symbols s JOIN symbol_status e USING (symbol)
        WHERE e.health <> 'delisted' AND e.quality_score < @MinimumScore AND {InScope}
        """;

    private const string NewestCandles = $"""
        SELECT s.symbol, s.asset_class, s.created_at, r.last_ts
        FROM symbols s LEFT JOIN symbol_status e USING (symbol) LEFT JOIN series r ON r.symbol = s.symbol AND r.timeframe = @Timeframe
        WHERE @Timeframe = ANY (s.timeframes) AND coalesce(e.health, 'pending') <> 'delisted' AND {InScope}
        """;

    /// <summary>Reads it, in a transaction in which the rule's row is locked.</summary>
    /// <param name="connection">The transaction's connection.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="now">The transaction's instant, UTC.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<IReadOnlyList<Subject>> ReadAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, NotificationRule rule, DateTime now, CancellationToken cancellation)
    {
        if (rule.Occasion == Occasions.NotFresh)
        {
            var newest = await connection.QueryAsync<NewestCandle>(Sql.Command(
                "read newest candles of rule", NewestCandles, new { rule.Watchlist, rule.Timeframe }, cancellation, transaction));
            return [.. NotFresh(newest, rule, now)];
        }

        var text = rule.Occasion switch
        {
            Occasions.RunFailed => RunFailed,
            Occasions.RunLate => RunLate,
            Occasions.SymbolStale => SymbolStale,
            Occasions.CircuitOpen => CircuitOpen,
            Occasions.ActionDisputed => ActionDisputed,
            Occasions.QualityLow => QualityLow,
            _ => throw new InvalidOperationException($"There is no occasion {rule.Occasion}."),
        };
        var subjects = await connection.QueryAsync<Subject>(Sql.Command(
            $"read what {rule.Occasion} holds of", text, new { rule.Watchlist, rule.MinimumScore }, cancellation, transaction));
        return subjects.AsList();
    }

    // What was due at the last instant of the rule's time of day, and has not come since. The days of intraday series count, since an
    // instrument that is traded thinly has no candle in the last minutes of a session.
    private static IEnumerable<Subject> NotFresh(IEnumerable<NewestCandle> newest, NotificationRule rule, DateTime now)
    {
        var due = DueTime.LastBefore(now, TimeOnly.ParseExact(rule.DueBy!, "HH:mm", CultureInfo.InvariantCulture), LocalClock.Find(rule.Zone)!);
        var interval = BarIntervals.Parse(rule.Timeframe!);
        var expected = new Dictionary<TradingCalendar, DateTime>();
        foreach (var one in newest)
        {
            var calendar = TradingCalendar.For(new Instrument(Symbol.Parse(one.Symbol), AssetClassNames.Parse(one.AssetClass)));
            if (!expected.TryGetValue(calendar, out var wanted))
                expected.Add(calendar, wanted = calendar.LastClosed(due, interval));
            if (one.CreatedAt < due && (one.LastTs is not { } last || calendar.DateOf(last, interval) < calendar.DateOf(wanted, interval)))
                yield return new(one.Symbol, one.Symbol, Detail(one.LastTs, calendar, wanted), due);
        }

        string Detail(DateTime? last, TradingCalendar calendar, DateTime wanted) =>
            string.Create(CultureInfo.InvariantCulture, $"{Has(last, calendar)}, {calendar.DateOf(wanted, interval):yyyy-MM-dd} was due");

        string Has(DateTime? last, TradingCalendar calendar) => last is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"complete to {calendar.DateOf(known, interval):yyyy-MM-dd}")
            : "has no candles";
    }

    private sealed record NewestCandle
    {
        public required string Symbol { get; init; }

        public required string AssetClass { get; init; }

        public required DateTime CreatedAt { get; init; }

        public DateTime? LastTs { get; init; }
    }
}

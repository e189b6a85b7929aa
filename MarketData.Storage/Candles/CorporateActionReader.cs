using Dapper;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Reads what prices are adjusted by, now or as of a past instant.</summary>
public sealed class CorporateActionReader(NpgsqlDataSource database)
{
    // As of an instant: what is in effect since then or before, and what has been replaced since.
    private const string Actions = """
        SELECT symbol, ex_date, ratio_from, ratio_to FROM corporate_actions
        WHERE symbol = ANY (@symbols) AND kind = 'split' AND (@asOf::timestamptz IS NULL OR recorded_at <= @asOf)
        UNION ALL
        SELECT symbol, ex_date, ratio_from, ratio_to FROM corporate_action_history
        WHERE symbol = ANY (@symbols) AND kind = 'split' AND recorded_at <= @asOf AND replaced_at > @asOf;

        SELECT a.symbol, a.ex_date, a.cash_amount AS amount,
               CASE WHEN is_close_of_day_before(c.ts, a.ex_date) THEN coalesce(was.close, c.close)
                    ELSE (close_before(a.symbol, a.ex_date, @asOf)).close END AS close_before
        FROM (
            SELECT symbol, ex_date, cash_amount FROM corporate_actions
            WHERE symbol = ANY (@symbols) AND kind = 'dividend' AND (@asOf::timestamptz IS NULL OR recorded_at <= @asOf)
            UNION ALL
            SELECT symbol, ex_date, cash_amount FROM corporate_action_history
            WHERE symbol = ANY (@symbols) AND kind = 'dividend' AND recorded_at <= @asOf AND replaced_at > @asOf) a
        LEFT JOIN series s ON s.symbol = a.symbol AND s.timeframe = '1d'
        LEFT JOIN LATERAL (
            SELECT b.ts, b.close FROM bars_1d b WHERE b.series_id = s.id AND b.ts < a.ex_date::timestamp AT TIME ZONE 'UTC'
                AND (@asOf::timestamptz IS NULL OR was_on_record(a.symbol, '1d', b.ts, b.recorded_at, @asOf))
            ORDER BY b.ts DESC LIMIT 1) c ON true
        LEFT JOIN candle_revisions was ON was.symbol = a.symbol AND was.timeframe = '1d' AND was.ts = c.ts
            AND was.recorded_at <= @asOf AND was.replaced_at > @asOf;
        """;

    private const string DaysOfWeeks = """
        SELECT d.* FROM unnest(@mondays::date[]) AS w (monday)
        CROSS JOIN LATERAL (
            SELECT b.ts AS timestamp, b.open, b.high, b.low, b.close, b.volume, b.vwap FROM bars_1d b
            WHERE b.series_id = (SELECT id FROM series WHERE symbol = @symbol AND timeframe = '1d')
                AND b.ts >= w.monday::timestamp AT TIME ZONE 'UTC' AND b.ts < (w.monday + 7)::timestamp AT TIME ZONE 'UTC'
                AND (@asOf::timestamptz IS NULL OR b.recorded_at <= @asOf)
            UNION ALL
            SELECT r.ts, r.open, r.high, r.low, r.close, r.volume, r.vwap FROM candle_revisions r
            WHERE r.symbol = @symbol AND r.timeframe = '1d'
                AND r.ts >= w.monday::timestamp AT TIME ZONE 'UTC' AND r.ts < (w.monday + 7)::timestamp AT TIME ZONE 'UTC'
                AND r.recorded_at <= @asOf AND r.replaced_at > @asOf) d
        ORDER BY d.timestamp
        """;

    /// <summary>
    /// The factors for splits, and for dividends as shares of the last close before each ex-date: that of a day, or of a shorter candle
    /// where there is none.
    /// </summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="interval">Of the candles that are to be adjusted.</param>
    /// <param name="asOf">Only what was on record at this instant, UTC; null for all.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<AdjustmentFactors> ReadFactorsAsync(
        Symbol symbol, BarInterval interval, DateTime? asOf, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ReadFactorsAsync(connection, symbol, interval, asOf, cancellation);
    }

    /// <summary>The factors for splits alone: what explains a jump of candles as traded.</summary>
    public async Task<AdjustmentFactors> ReadSplitFactorsAsync(Symbol symbol, BarInterval interval, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var (splits, _) = await ReadActionsAsync(connection, [symbol.Value], null, cancellation);
        return await WithDaysAsync(connection, AdjustmentFactors.Of(splits[symbol.Value]), symbol, interval, null, cancellation);
    }

    /// <summary>Whether a dividend of the symbol's is measured by one of the closes of an interval from an instant on, UTC.</summary>
    public async Task<bool> IsDividendAfterAsync(Symbol symbol, BarInterval interval, DateTime changedFrom, CancellationToken cancellation)
    {
        var arguments = new { symbol = symbol.Value, timeframe = interval.Name(), changedFrom };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.ExecuteScalarAsync<bool>(
            Sql.Command("look for later dividends", FeatureRows.IsDividendAfter, arguments, cancellation));
    }

    /// <summary>The factors within the caller's transaction.</summary>
    internal static async Task<AdjustmentFactors> ReadFactorsAsync(
        NpgsqlConnection connection, Symbol symbol, BarInterval interval, DateTime? asOf, CancellationToken cancellation, bool splitsOnly = false)
    {
        var (splits, dividends) = await ReadActionsAsync(connection, [symbol.Value], asOf, cancellation);
        var factors = AdjustmentFactors.Of(splits[symbol.Value], splitsOnly ? [] : dividends[symbol.Value]);
        return await WithDaysAsync(connection, factors, symbol, interval, asOf, cancellation);
    }

    /// <summary>The factors of several instruments, within the caller's transaction.</summary>
    internal static async Task<IReadOnlyDictionary<Symbol, AdjustmentFactors>> ReadFactorsAsync(
        NpgsqlConnection connection, IReadOnlyCollection<Instrument> instruments, BarInterval interval, DateTime? asOf, CancellationToken cancellation,
        bool splitsOnly = false)
    {
        var all = new Dictionary<Symbol, AdjustmentFactors>(instruments.Count);
        if (instruments.Count == 0)
            return all;
        var (splits, dividends) = await ReadActionsAsync(connection, [.. instruments.Select(one => one.Symbol.Value)], asOf, cancellation);
        foreach (var symbol in instruments.Select(one => one.Symbol))
        {
            var factors = AdjustmentFactors.Of(splits[symbol.Value], splitsOnly ? [] : dividends[symbol.Value]);
            all[symbol] = await WithDaysAsync(connection, factors, symbol, interval, asOf, cancellation);
        }

        return all;
    }

    private static async Task<(ILookup<string, StockSplit>, ILookup<string, (DateOnly, double, double)>)> ReadActionsAsync(
        NpgsqlConnection connection, string[] symbols, DateTime? asOf, CancellationToken cancellation)
    {
        await using var results = await connection.QueryMultipleAsync(Sql.Command("read adjustments", Actions, new { symbols, asOf }, cancellation));
        var splits = await results.ReadAsync<(string Symbol, DateOnly ExDate, double From, double To)>();
        var dividends = await results.ReadAsync<(string Symbol, DateOnly ExDate, double Amount, double? CloseBefore)>();
        return (
            splits.ToLookup(split => split.Symbol, split => new StockSplit(split.ExDate, split.From, split.To)),
            dividends.Where(paid => paid.CloseBefore is not null)
                .ToLookup(paid => paid.Symbol, paid => (paid.ExDate, paid.Amount, paid.CloseBefore!.Value)));
    }

    private static async Task<AdjustmentFactors> WithDaysAsync(
        NpgsqlConnection connection, AdjustmentFactors factors, Symbol symbol, BarInterval interval, DateTime? asOf,
        CancellationToken cancellation)
    {
        if (interval != BarInterval.OneWeek || factors.DividedWeeks is not { Count: > 0 } weeks)
            return factors.For(TradingCalendar.For(new Instrument(symbol, AssetClass.Stock)), interval);
        var arguments = new { symbol = symbol.Value, mondays = weeks.ToArray(), asOf };
        var days = await connection.QueryAsync<DayRow>(Sql.Command("read days of divided weeks", DaysOfWeeks, arguments, cancellation));
        return factors.WithDays(days.Select(day => day.Candle));
    }

    private sealed record DayRow
    {
        public required DateTime Timestamp { get; init; }

        public required double Open { get; init; }

        public required double High { get; init; }

        public required double Low { get; init; }

        public required double Close { get; init; }

        public required double Volume { get; init; }

        public double? Vwap { get; init; }

        public Candle Candle => new()
        {
            Timestamp = Timestamp,
            Open = Open,
            High = High,
            Low = Low,
            Close = Close,
            Volume = Volume,
            Vwap = Vwap ?? double.NaN,
        };
    }
}

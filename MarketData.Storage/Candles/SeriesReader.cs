using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Enrichment;
using Npgsql;
using NpgsqlTypes;

namespace MarketData.Storage.Candles;

/// <summary>Reads what is stored of a series, as its enrichment needs it.</summary>
public sealed class SeriesReader(NpgsqlDataSource database)
{
    private readonly CandleSources _sources = CandleSources.Of(database);

    /// <summary>The state of a series; all null when nothing is stored.</summary>
    public async Task<SeriesState> StateAsync(Instrument instrument, BarInterval interval, CancellationToken cancellation)
    {
        const string state = """
            SELECT id, first_ts, last_ts, final_through, provisional_from, judge_from, last_fetch_at, last_source, feature_epoch
            FROM series WHERE symbol = @symbol AND timeframe = @timeframe
            """;
        var arguments = new { symbol = instrument.Symbol.Value, timeframe = interval.Name() };
        return await database.QuerySingleOrDefaultAsync<SeriesState>("read series state", state, arguments, cancellation) ?? new SeriesState();
    }

    /// <summary>The candles that open in [<paramref name="from"/>, <paramref name="to"/>), ascending.</summary>
    public Task<StoredCandle[]> RangeAsync(Symbol symbol, BarInterval interval, DateTime from, DateTime to, CancellationToken cancellation) =>
        ReadAsync(
            "read candles of range",
            interval, "b.ts >= $3 AND b.ts < $4 ORDER BY b.ts", cancellation, symbol.Value, interval.Name(), from, to);

    /// <summary>The last <paramref name="count"/> candles that open before <paramref name="before"/>, ascending.</summary>
    public async Task<StoredCandle[]> BeforeAsync(Symbol symbol, BarInterval interval, DateTime before, int count, CancellationToken cancellation)
    {
        var descending = await ReadAsync(
            "read candles before",
            interval, "b.ts < $3 ORDER BY b.ts DESC LIMIT $4", cancellation, symbol.Value, interval.Name(), before, count);
        Array.Reverse(descending);
        return descending;
    }

    /// <summary>The first <paramref name="count"/> candles that open after <paramref name="after"/>, ascending.</summary>
    public Task<StoredCandle[]> AfterAsync(
        Symbol symbol, BarInterval interval, DateTime after, int count, CancellationToken cancellation) =>
        ReadAsync(
            "read candles after",
            interval, "b.ts > $3 ORDER BY b.ts LIMIT $4", cancellation, symbol.Value, interval.Name(), after, count);

    /// <summary>Opening instant of the first candle at or after <paramref name="from"/>; null when there is none.</summary>
    public async Task<DateTime?> NextAsync(Symbol symbol, BarInterval interval, DateTime from, CancellationToken cancellation)
    {
        var next = $"""
            SELECT ts FROM {CandleTables.Bars(interval)}
            WHERE series_id = (SELECT id FROM series WHERE symbol = @symbol AND timeframe = @timeframe) AND ts >= @from ORDER BY ts LIMIT 1
            """;
        return await database.ExecuteScalarAsync<DateTime?>(
            "read next candle time", next, new { symbol = symbol.Value, timeframe = interval.Name(), from }, cancellation);
    }

    /// <summary>Opening instant of the newest candle of a symbol in any interval, UTC; null when nothing is stored of it.</summary>
    public async Task<DateTime?> LastOfSymbolAsync(Symbol symbol, CancellationToken cancellation) =>
        await database.ExecuteScalarAsync<DateTime?>(
            "read last candle time", "SELECT max(last_ts) FROM series WHERE symbol = @symbol", new { symbol = symbol.Value },
            cancellation);

    /// <summary>Whether any candle of the series has volume.</summary>
    public async Task<bool> HasVolumeAsync(Symbol symbol, BarInterval interval, CancellationToken cancellation)
    {
        var any = $"""
            SELECT EXISTS (SELECT FROM {CandleTables.Bars(interval)}
            WHERE series_id = (SELECT id FROM series WHERE symbol = @symbol AND timeframe = @timeframe) AND volume > 0)
            """;
        return await database.ExecuteScalarAsync<bool>(
            "look for volume", any, new { symbol = symbol.Value, timeframe = interval.Name() }, cancellation);
    }

    /// <summary>What is missing in the series and due to be asked for again, oldest first.</summary>
    public async Task<IReadOnlyList<OpenGap>> GapsDueAsync(Symbol symbol, BarInterval interval, CancellationToken cancellation)
    {
        const string due = """
            SELECT gap_start AS "start", gap_end AS "end", asked_count FROM gaps
            WHERE symbol = @symbol AND timeframe = @timeframe AND next_ask_at <= now() ORDER BY gap_start
            """;
        return await database.QueryAsync<OpenGap>(
            "read gaps due", due, new { symbol = symbol.Value, timeframe = interval.Name() }, cancellation);
    }

    private async Task<StoredCandle[]> ReadAsync(
        string name, BarInterval interval, string which, CancellationToken cancellation, params object[] arguments)
    {
        var sql = $"""
            SELECT {CandleColumns.Stored}
            FROM {CandleTables.Bars(interval)} b LEFT JOIN {CandleTables.Microstructure(interval)} m ON m.series_id = b.series_id AND m.ts = b.ts
            WHERE b.series_id = (SELECT id FROM series WHERE symbol = $1 AND timeframe = $2) AND {which}
            """;
        var rows = new List<(Candle Candle, short Source, CandleIssues Issues)>();
        await using (var connection = await database.OpenConnectionAsync(cancellation))
        {
            await using var command = Sql.Command(name, sql, connection);
            foreach (var argument in arguments)
                command.Parameters.Add(argument is DateTime instant
                    ? new NpgsqlParameter { Value = instant, NpgsqlDbType = NpgsqlDbType.TimestampTz }
                    : new NpgsqlParameter { Value = argument });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            while (await reader.ReadAsync(cancellation))
                rows.Add(CandleColumns.Read(reader));
        }

        if (!rows.TrueForAll(row => _sources.Knows(row.Source)))
            await _sources.ReadAsync(cancellation);
        return [.. rows.Select(row => new StoredCandle(row.Candle, _sources.Name(row.Source), row.Issues, ValidationRules.Score(row.Issues)))];
    }
}

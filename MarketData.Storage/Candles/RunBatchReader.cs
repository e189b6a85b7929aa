using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Which symbols of a run will want the same of a provider, so that they can be asked for in one request.</summary>
public sealed class RunBatchReader(NpgsqlDataSource database)
{
    // Those that run already come first: one of them is about to ask.
    private const string Waiting = """
        SELECT j.symbol, j.asset_class
        FROM enrichment_jobs j {0}
        WHERE j.job_id = @run AND j.status IN ('queued', 'retrying', 'running') AND j.symbol <> @symbol {1}
        ORDER BY j.status = 'running' DESC, j.due_at, j.id LIMIT greatest(@most, 0)
        """;

    /// <summary>The other symbols of a run that are not done and whose series stands where that of <paramref name="symbol"/> stands.</summary>
    /// <param name="run">The run.</param>
    /// <param name="symbol">The symbol that is asked for.</param>
    /// <param name="interval">The interval.</param>
    /// <param name="most">The most symbols wanted; none for less than 1.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public Task<IReadOnlyList<Instrument>> SameSeriesAsync(
        Guid run, Symbol symbol, BarInterval interval, int most, CancellationToken cancellation) => ReadAsync(
        "read symbols of a batch of candles",
        """
        JOIN series s ON s.symbol = j.symbol AND s.timeframe = @timeframe
        JOIN series mine ON mine.symbol = @symbol AND mine.timeframe = @timeframe
        """,
        """
        AND @timeframe = ANY (j.timeframes) AND s.last_ts = mine.last_ts
        AND (s.final_through, s.provisional_from) IS NOT DISTINCT FROM (mine.final_through, mine.provisional_from)
        """,
        new { run, symbol = symbol.Value, timeframe = interval.Name(), most },
        cancellation);

    /// <summary>The other symbols of a run that are not done and whose splits and dividends are due to be asked for.</summary>
    /// <inheritdoc cref="SameSeriesAsync"/>
    public Task<IReadOnlyList<Instrument>> ActionsDueAsync(Guid run, Symbol symbol, int most, CancellationToken cancellation) => ReadAsync(
        "read symbols of a batch of corporate actions",
        "JOIN symbols s ON s.symbol = j.symbol",
        $"AND j.asset_class IN ('stock', 'etf') AND {DueChecks.Actions}",
        new { run, symbol = symbol.Value, most },
        cancellation);

    private async Task<IReadOnlyList<Instrument>> ReadAsync(
        string name, string join, string condition, object arguments, CancellationToken cancellation)
    {
        var rows = await database.QueryAsync<(string Symbol, string AssetClass)>(
            name, Waiting.Replace("{0}", join, StringComparison.Ordinal).Replace("{1}", condition, StringComparison.Ordinal), arguments, cancellation);
        return [.. rows.Select(row => new Instrument(Symbol.Parse(row.Symbol), AssetClassNames.Parse(row.AssetClass)))];
    }
}

using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Keeps what came of comparing providers with each other.</summary>
public sealed class CrossCheckStore(NpgsqlDataSource database)
{
    /// <summary>Stores comparisons; one of a day replaces that of before, unless it saw fewer bars.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="timeframe">The interval's name.</param>
    /// <param name="days">The comparisons, one at most for each day and pair.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task SaveAsync(string symbol, string timeframe, IReadOnlyCollection<CrossCheckDay> days, CancellationToken cancellation)
    {
        const string save = """
            INSERT INTO cross_checks AS c (
                symbol, timeframe, day, provider, other_provider, bars_compared, bars_differing, max_difference, mean_difference, only_provider, only_other)
            SELECT @symbol, @timeframe, * FROM unnest(
                @Days::date[], @Providers::text[], @Others::text[], @Compared::integer[], @Differing::integer[], @Max::float8[], @Mean::float8[],
                @OnlyProvider::integer[], @OnlyOther::integer[])
            ON CONFLICT (symbol, timeframe, day, provider, other_provider) DO UPDATE SET
                bars_compared = excluded.bars_compared, bars_differing = excluded.bars_differing, max_difference = excluded.max_difference,
                mean_difference = excluded.mean_difference, only_provider = excluded.only_provider, only_other = excluded.only_other, checked_at = now()
            WHERE excluded.bars_compared + excluded.only_provider + excluded.only_other >= c.bars_compared + c.only_provider + c.only_other
            """;
        var arguments = new
        {
            symbol,
            timeframe,
            Days = days.Select(day => day.Day).ToArray(),
            Providers = days.Select(day => day.Provider).ToArray(),
            Others = days.Select(day => day.OtherProvider).ToArray(),
            Compared = days.Select(day => day.BarsCompared).ToArray(),
            Differing = days.Select(day => day.BarsDiffering).ToArray(),
            Max = days.Select(day => day.MaxDifference).ToArray(),
            Mean = days.Select(day => day.MeanDifference).ToArray(),
            OnlyProvider = days.Select(day => day.OnlyProvider).ToArray(),
            OnlyOther = days.Select(day => day.OnlyOther).ToArray(),
        };
        await database.ExecuteAsync("save cross-checks", save, arguments, cancellation);
    }
}

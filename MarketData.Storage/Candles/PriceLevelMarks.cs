using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>
/// The candles whose price level is odd, beside the candles: a person finds them without reading these, and says which are right.
/// </summary>
public sealed class PriceLevelMarks(NpgsqlDataSource database)
{
    private const CandleIssues Marked = CandleIssues.UnitShift | CandleIssues.PossibleTickerReuse;

    private const string Replace = """
        DELETE FROM price_level_marks m WHERE series_id = @seriesId AND ts >= @from AND ts <= @to
            AND NOT EXISTS (SELECT FROM unnest(@instants::timestamptz[], @rules::text[]) AS n (ts, rule) WHERE n.ts = m.ts AND n.rule = m.rule);
        INSERT INTO price_level_marks (series_id, ts, rule)
        SELECT @seriesId, n.ts, n.rule FROM unnest(@instants::timestamptz[], @rules::text[]) AS n (ts, rule) ON CONFLICT DO NOTHING;
        """;

    /// <summary>Notes that a person found the marked candles of a symbol right; those that are marked later are not.</summary>
    /// <param name="symbol">The symbol.</param>
    /// <param name="rule"><c>unit_shift</c> or <c>possible_ticker_reuse</c>.</param>
    /// <param name="person">Who says so.</param>
    /// <param name="cancellation">Cancels it: nothing is changed.</param>
    /// <returns>How many candles.</returns>
    public Task<int> AcknowledgeAsync(Symbol symbol, string rule, string person, CancellationToken cancellation)
    {
        const string acknowledge = """
            UPDATE price_level_marks m SET acknowledged_at = now(), acknowledged_by = @person
            FROM series s WHERE s.symbol = @symbol AND m.series_id = s.id AND m.rule = @rule AND m.acknowledged_at IS NULL
            """;
        return database.ExecuteAsync("acknowledge price levels", acknowledge, new { symbol = symbol.Value, rule, person }, cancellation);
    }

    internal static async Task StoreAsync(WriteSession session)
    {
        if (session.Write.Candles.IsEmpty)
            return;
        var marks = Of(session.Write.Candles.Span);
        await session.ExecuteAsync(
            "save price level marks", Replace,
            new { instants = marks.Select(mark => mark.Timestamp).ToArray(), rules = marks.Select(mark => mark.Rule).ToArray() });
    }

    private static List<(DateTime Timestamp, string Rule)> Of(ReadOnlySpan<StoredCandle> candles)
    {
        var marks = new List<(DateTime, string)>();
        foreach (ref readonly var candle in candles)
        {
            foreach (var rule in ValidationRules.Notes(candle.Issues & Marked) ?? [])
                marks.Add((candle.Candle.Timestamp, rule));
        }

        return marks;
    }
}

using System.Text;
using MarketData.Domain.Features;

namespace MarketData.Storage.Candles;

/// <summary>Stores features: only rows that are new or differ are written.</summary>
internal static class FeatureRows
{
    private const string Stage = "CREATE TEMP TABLE feature_stage ON COMMIT DELETE ROWS AS SELECT * FROM candle_features WITH NO DATA";

    public static async Task StoreAsync(WriteSession session)
    {
        var table = session.Write.Features!;
        if (table.Count == 0)
            return;
        var columns = string.Join(", ", table.Features.Select(feature => feature.Name));
        var range = new { first = table.Timestamps[0], last = table.Timestamps[^1] };
        const string any = """
            SELECT EXISTS (SELECT FROM candle_features WHERE symbol = @symbol AND timeframe = @timeframe AND ts >= @first AND ts <= @last),
                   to_regclass('pg_temp.feature_stage') IS NOT NULL
            """;
        var (isAny, hasStage) = await session.QuerySingleAsync<(bool, bool)>("look for stored features", any, range);
        if (!isAny)
        {
            await CopyAsync(session, "candle_features", columns, table);
            return;
        }

        if (!hasStage)
            await session.ExecuteAsync("create feature stage", Stage);
        await CopyAsync(session, "feature_stage", columns, table);
        await session.ExecuteAsync("merge features", Merge(columns, table), range);
    }

    private static string Merge(string columns, FeatureTable table)
    {
        var fresh = string.Join(", ", table.Features.Select(feature => $"s.{feature.Name}"));
        var old = string.Join(", ", table.Features.Select(feature => $"f.{feature.Name}"));
        // Both sides are of one size, and so are hashed, whatever a fresh table's missing statistics suggest.
        return $"""
            SET LOCAL enable_nestloop = off;
            UPDATE candle_features f SET ({columns}) = ROW({fresh}), computed_at = now()
            FROM feature_stage s
            WHERE f.symbol = @symbol AND f.timeframe = @timeframe AND f.ts = s.ts AND f.ts >= @first AND f.ts <= @last
              AND ROW({fresh}) IS DISTINCT FROM ROW({old});
            INSERT INTO candle_features (symbol, timeframe, ts, {columns})
            SELECT s.symbol, s.timeframe, s.ts, {fresh} FROM feature_stage s
            WHERE NOT EXISTS (
                SELECT FROM candle_features f
                WHERE f.symbol = @symbol AND f.timeframe = @timeframe AND f.ts = s.ts AND f.ts >= @first AND f.ts <= @last);
            RESET enable_nestloop;
            """;
    }

    private static async Task CopyAsync(WriteSession session, string target, string columns, FeatureTable table)
    {
        var (symbol, timeframe) = (Encoding.UTF8.GetBytes(session.Symbol), Encoding.UTF8.GetBytes(session.Timeframe));
        await using var copy = await BinaryCopy.BeginAsync(session.Connection, target, $"symbol, timeframe, ts, {columns}", session.Cancellation);
        for (var row = 0; row < table.Count; row++)
        {
            await copy.StartRowAsync((short)(3 + table.Features.Count), session.Cancellation);
            copy.Write(symbol);
            copy.Write(timeframe);
            copy.Write(table.Timestamps[row]);
            for (var feature = 0; feature < table.Features.Count; feature++)
                Write(copy, table.Features[feature], table.Column(feature)[row]);
        }

        await copy.CompleteAsync(session.Cancellation);
    }

    private static void Write(BinaryCopy copy, Feature feature, double value)
    {
        if (feature.Labels.Count > 0 && !double.IsNaN(value))
            copy.Write(feature.LabelOf(value));
        else
            copy.Write(value);
    }
}

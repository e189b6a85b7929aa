using MarketData.Domain.Features;
using Npgsql;
using NpgsqlTypes;

namespace MarketData.Storage.Candles;

/// <summary>Stores features: only rows that are new or differ are written.</summary>
internal static class FeatureRows
{
    public static async Task StoreAsync(WriteSession session)
    {
        var table = session.Write.Features!;
        if (table.Count == 0)
            return;
        var columns = string.Join(", ", table.Features.Select(feature => feature.Name));
        var range = new { first = table.Timestamps[0], last = table.Timestamps[^1] };
        const string any = "SELECT EXISTS (SELECT FROM candle_features WHERE symbol = @symbol AND timeframe = @timeframe AND ts >= @first AND ts <= @last)";
        if (!await session.ScalarAsync<bool>(any, range))
        {
            await CopyAsync(session, "candle_features", columns, table);
            return;
        }

        await session.ExecuteAsync(
            $"CREATE TEMP TABLE feature_stage ON COMMIT DROP AS SELECT symbol, timeframe, ts, {columns} FROM candle_features WITH NO DATA");
        await CopyAsync(session, "feature_stage", columns, table);
        await session.ExecuteAsync(Merge(columns, table), range);
        await session.ExecuteAsync("DROP TABLE feature_stage");
    }

    private static string Merge(string columns, FeatureTable table)
    {
        var fresh = string.Join(", ", table.Features.Select(feature => $"s.{feature.Name}"));
        var old = string.Join(", ", table.Features.Select(feature => $"f.{feature.Name}"));
        return $"""
            UPDATE candle_features f SET ({columns}) = ROW({fresh}), computed_at = now()
            FROM feature_stage s
            WHERE f.symbol = @symbol AND f.timeframe = @timeframe AND f.ts = s.ts AND f.ts >= @first AND f.ts <= @last
              AND ROW({fresh}) IS DISTINCT FROM ROW({old});
            INSERT INTO candle_features (symbol, timeframe, ts, {columns})
            SELECT s.symbol, s.timeframe, s.ts, {fresh} FROM feature_stage s
            WHERE NOT EXISTS (
                SELECT FROM candle_features f
                WHERE f.symbol = @symbol AND f.timeframe = @timeframe AND f.ts = s.ts AND f.ts >= @first AND f.ts <= @last);
            """;
    }

    private static async Task CopyAsync(WriteSession session, string target, string columns, FeatureTable table)
    {
        await using var importer = await session.Connection.BeginBinaryImportAsync(
            $"COPY {target} (symbol, timeframe, ts, {columns}) FROM STDIN (FORMAT BINARY)", session.Cancellation);
        for (var row = 0; row < table.Count; row++)
        {
            await importer.StartRowAsync(session.Cancellation);
            await importer.WriteAsync(session.Symbol, NpgsqlDbType.Text, session.Cancellation);
            await importer.WriteAsync(session.Timeframe, NpgsqlDbType.Text, session.Cancellation);
            await importer.WriteAsync(table.Timestamps[row], NpgsqlDbType.TimestampTz, session.Cancellation);
            foreach (var feature in table.Features)
                await WriteAsync(importer, feature, table.Column(feature)[row], session.Cancellation);
        }

        await importer.CompleteAsync(session.Cancellation);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter importer, Feature feature, double value, CancellationToken cancellation)
    {
        if (double.IsNaN(value))
            return importer.WriteNullAsync(cancellation);
        return feature.Labels.Count > 0
            ? importer.WriteAsync(feature.LabelOf(value), NpgsqlDbType.Text, cancellation)
            : importer.WriteAsync(value, NpgsqlDbType.Double, cancellation);
    }
}

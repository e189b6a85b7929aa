using MarketData.Domain.Adjustments;
using MarketData.Domain.Features;
using Npgsql;
using NpgsqlTypes;

namespace MarketData.Storage.Candles;

/// <summary>Finds out, with a query for each kind of thing and not for each series, what has to be known before series are read together.</summary>
internal static class SeriesParts
{
    // As ResumePoint finds one.
    private const string Checkpoints = """
        SELECT k.n, p.ts, p.candles, p.state
        FROM unnest($1, $2, $3) WITH ORDINALITY AS k (id, is_adjusted, before, n) CROSS JOIN LATERAL (
            SELECT ts, candles, state FROM feature_checkpoints
            WHERE series_id = k.id AND is_adjusted = k.is_adjusted AND ts < k.before AND recorded_at <= coalesce($4, 'infinity')
            ORDER BY ts DESC LIMIT 1) p
        """;

    /// <summary>The parts, without those of which nothing is to be given.</summary>
    /// <param name="connection">Where from; in a snapshot.</param>
    /// <param name="shape">What is the same for all of them.</param>
    /// <param name="series">The series, of which something is stored.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<IReadOnlyList<SeriesPart>> ReadAsync(
        NpgsqlConnection connection, CandleQuery shape, IReadOnlyList<(CandleQuery Query, StoredSeries Series)> series, CancellationToken cancellation)
    {
        var adjusted = series.Where(one => shape.Adjusted && one.Series.ActionsVersion is not null).Select(one => one.Series.Instrument).ToList();
        var factors = await CorporateActionReader.ReadFactorsAsync(connection, adjusted, shape.Interval, shape.AsOf, cancellation, shape.SplitsOnly);
        IReadOnlyList<SeriesPart> parts =
        [
            .. from one in series
               select new SeriesPart(
                   one.Query, one.Series.Id!.Value, factors.GetValueOrDefault(one.Series.Instrument.Symbol, AdjustmentFactors.None)),
        ];
        if (shape.Limit is { } limit && (shape.Newest || shape.Features))
            parts = await WithinLimitAsync(connection, shape, parts, limit, cancellation);
        if (shape.Features && shape.HasStandardFeatures)
            parts = await FromCheckpointsAsync(connection, shape, parts, cancellation);
        return shape.Features && shape.OtherFeatures.Count > 0 ? await WithOthersAsync(connection, shape, parts, cancellation) : parts;
    }

    // A limit as bounds in time: so nothing is sorted, and what features need before it is not counted.
    private static async Task<IReadOnlyList<SeriesPart>> WithinLimitAsync(
        NpgsqlConnection connection, CandleQuery shape, IReadOnlyList<SeriesPart> parts, int limit, CancellationToken cancellation)
    {
        var found = new List<SeriesPart>(parts.Count);
        if (parts.Count == 0)
            return found;
        var plain = parts.Select(part => part with { Query = part.Query with { Features = false } }).ToList();
        await using var command = Sql.Command("find bounds of candles", CandleSql.SelectBounds(shape, plain, limit), connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            if (row.IsDBNull(1))
                continue;
            var part = parts[(int)row.GetInt64(0) - 1];
            var query = part.Query with { From = row.GetDateTime(1), After = null, To = row.GetDateTime(2), Before = null };
            found.Add(part with { Query = query });
        }

        return found;
    }

    // From where on candles are read before the first that is given, for features that no checkpoints are kept of.
    private static async Task<IReadOnlyList<SeriesPart>> WithOthersAsync(
        NpgsqlConnection connection, CandleQuery shape, IReadOnlyList<SeriesPart> parts, CancellationToken cancellation)
    {
        var begun = parts.Where(part => part.Query.Since is not null).ToList();
        if (begun.Count == 0)
            return parts;
        var before = begun.Select(part => part with
        {
            Query = part.Query with { Features = false, From = null, After = null, To = null, Before = part.Query.Since },
        }).ToList();
        var all = shape with { Newest = true, ValidatedOnly = false, MinimumScore = null };
        var found = new Dictionary<int, DateTime>();
        await using var command = Sql.Command(
            "find begin of features", CandleSql.SelectBounds(all, before, shape.OtherFeatures.Max(feature => feature.Memory!.Value)), connection);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            if (!row.IsDBNull(1))
                found[begun[(int)row.GetInt64(0) - 1].Id] = row.GetDateTime(1);
        }

        return [.. parts.Select(part => part with { OthersFrom = found.TryGetValue(part.Id, out var from) ? from : part.Query.Since })];
    }

    private static async Task<IReadOnlyList<SeriesPart>> FromCheckpointsAsync(
        NpgsqlConnection connection, CandleQuery shape, IReadOnlyList<SeriesPart> parts, CancellationToken cancellation)
    {
        // Those over adjusted candles know of dividends.
        var begun = parts.Where(part => part.Query.Since is not null && (part.Factors.IsEmpty || !shape.SplitsOnly)).ToList();
        if (begun.Count == 0)
            return parts;
        var found = new Dictionary<int, FeatureCheckpoint>();
        await using var command = Sql.Command("find feature checkpoints", Checkpoints, connection);
        command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. begun.Select(part => part.Id)] });
        command.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. begun.Select(part => !part.Factors.IsEmpty)] });
        command.Parameters.Add(new NpgsqlParameter<DateTime[]>
        {
            TypedValue = [.. begun.Select(part => part.Query.Since!.Value)],
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
        });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)shape.AsOf ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var part = begun[(int)row.GetInt64(0) - 1];
            var checkpoint = new FeatureCheckpoint(!part.Factors.IsEmpty, row.GetDateTime(1), row.GetInt32(2), row.GetFieldValue<byte[]>(3));
            // Of other features than this build's, or other versions of them: as if it were not there.
            if (FeatureEngine.CanResume(part.Query.Instrument, part.Query.Interval, checkpoint.State))
                found[part.Id] = checkpoint;
        }

        return [.. parts.Select(part => part with { Checkpoint = found.GetValueOrDefault(part.Id) })];
    }
}

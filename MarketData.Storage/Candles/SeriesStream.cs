using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Reads any number of candles of any number of series in constant memory, with one query.</summary>
internal static class SeriesStream
{
    // Before the columns of a row stands the place of its series: its length, then a number of 64 bits.
    private const int PlaceLength = sizeof(int) + sizeof(long);

    // A batch that has no more room than this share of it is given as it is: a row or two at a time cost more than they are worth.
    private const int LeastRoom = 4;

    /// <summary>Reads the rows of each part after those of the one before, adjusted, with features where asked for.</summary>
    /// <param name="connection">Where from; in a snapshot.</param>
    /// <param name="shape">What is the same for all parts: columns, limit, filters.</param>
    /// <param name="parts">The series, in the order in which they are to be given; at least one.</param>
    /// <param name="batchRows">Rows of a batch at most.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <returns>Batches, at least one; each is valid until the next is asked for.</returns>
    public static async IAsyncEnumerable<CandleBatch> ReadAsync(
        NpgsqlConnection connection, CandleQuery shape, IReadOnlyList<SeriesPart> parts, int batchRows,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        // Features know nothing of filters: every row is read, and those that pass are given.
        var (read, limit) = shape.Features ? (shape with { ValidatedOnly = false, MinimumScore = null }, (int?)null) : (shape, shape.Limit);
        using var batch = new CandleBatch(shape, batchRows);
        await using var rows = await BinaryCopyReader.BeginAsync(connection, "stream candles", CandleSql.SelectParts(read, parts, limit), cancellation);
        var (place, start, isGiven) = (0L, 0, false);
        PartStream? part = null;
        while (await rows.ReadAsync(cancellation))
        {
            var next = BinaryPrimitives.ReadInt64BigEndian(rows.Row[sizeof(int)..]);
            if (next != place)
            {
                if (next < place)
                    throw new InvalidDataException("The database gave the series in another order than that asked for.");
                part?.Complete(batch, start);
                (place, start, part) = (next, batch.Count, new PartStream(parts[(int)next - 1], shape));
            }

            batch.Add(rows.Row[PlaceLength..]);
            if (!batch.IsFull)
                continue;
            part!.Complete(batch, start);
            start = batch.Count;
            if (batch.Room > batchRows / LeastRoom)
                continue;
            isGiven = true;
            yield return batch;
            batch.Clear();
            start = 0;
        }

        part?.Complete(batch, start);
        if (batch.Count > 0 || !isGiven)
            yield return batch;
    }

    // What is done with the rows of one part, however many batches they are in.
    private sealed class PartStream
    {
        private readonly SeriesPart _part;
        private readonly FeatureWalk? _walk;

        public PartStream(SeriesPart part, CandleQuery shape)
        {
            _part = part;
            if (!shape.Features)
                return;
            _walk = new FeatureWalk();
            var (instrument, interval) = (part.Query.Instrument, part.Query.Interval);
            if (part.Checkpoint is { } checkpoint)
                _walk.Add(FeatureEngine.Resume(instrument, interval, checkpoint.State)!, checkpoint.Ts);
            else if (shape.HasStandardFeatures)
                _walk.Add(new FeatureEngine(instrument, interval));
            if (shape.OtherFeatures is { Count: > 0 } others)
                _walk.Add(new FeatureEngine(instrument, Timeframe.Of(interval), others));
        }

        public void Complete(CandleBatch batch, int start)
        {
            if (start == batch.Count)
                return;
            batch.SetSeries(start, _part.Query);
            batch.Adjust(_part.Factors, start);
            batch.SetSplitFactors(_part.Factors, start);
            if (_walk is null)
                return;
            _walk.Complete(batch, start);
            batch.Filter(_part.Query, start);
        }
    }
}

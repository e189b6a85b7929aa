using System.Buffers.Binary;
using System.Data;
using System.Text;
using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Features;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>Reads the newest candle of each of many series, with what changed since the one before and its features: one query for all.</summary>
public sealed class LatestReader(NpgsqlDataSource database)
{
    /// <summary>The close of the candle before, adjusted as the newest is; null where there is none.</summary>
    public const string PreviousClose = "previous_close";

    /// <summary>The close less the one before.</summary>
    public const string Change = "change";

    /// <summary>The change as a share of the close before: 0.01 is one per cent.</summary>
    public const string ChangeRate = "change_rate";

    /// <summary>Seconds since the candle closed; 0 while it is forming.</summary>
    public const string Age = "age_seconds";

    /// <summary>The columns that a row has beside those of a candle.</summary>
    public static IReadOnlyList<string> Names { get; } = [PreviousClose, Change, ChangeRate, Age];

    private readonly CandleSources _sources = CandleSources.Of(database);

    /// <summary>Reads them.</summary>
    /// <param name="symbols">Only these symbols; null for all that are tracked.</param>
    /// <param name="assetClass">Only symbols of this class; null for all.</param>
    /// <param name="interval">The interval.</param>
    /// <param name="features">Whether to give their features.</param>
    /// <param name="now">The instant to tell ages at, UTC.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <returns>A row for each series that has a candle, by symbol.</returns>
    public async Task<CandleBatch> ReadAsync(
        IReadOnlyCollection<Symbol>? symbols, AssetClass? assetClass, BarInterval interval, bool features, DateTime now, CancellationToken cancellation)
    {
        var shape = new CandleQuery
        {
            Instrument = default,
            Interval = interval,
            SymbolColumn = true,
            Extras = Names,
            Features = features,
            Microstructure = assetClass is null or AssetClass.Crypto,
        };
        var rows = new LatestRows(shape, now);
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellation);
            await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            await using (var reader = await BinaryCopyReader.BeginAsync(connection, "read newest candles", Select(shape, symbols, assetClass), cancellation))
            {
                while (await reader.ReadAsync(cancellation))
                    rows.Add(reader.Row);
            }

            // Few have an action as new as their last two candles.
            var factors = await CorporateActionReader.ReadFactorsAsync(connection, rows.WithActions, interval, null, cancellation);
            var batch = rows.Complete(factors);
            await batch.CompleteAsync(_sources, cancellation);
            return batch;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    // The instants of a series bound what is looked at of it: its last candle is the one at last_ts, and the one before it the first below.
    private static string Select(CandleQuery shape, IReadOnlyCollection<Symbol>? symbols, AssetClass? assetClass)
    {
        var (bars, extras, timeframe) = (CandleTables.Bars(shape.Interval), CandleTables.Microstructure(shape.Interval), SqlLiteral.Of(shape.Interval.Name()));
        var sql = new StringBuilder($"SELECT s.symbol, s.asset_class, p.ts, p.close, a.last_ex > p.ts::date OR r.last_ts < now() - interval '400 days',\n");
        sql.Append($"c.ts, {CandleColumns.Of("c", CandleColumns.Prices)}");
        if (shape.HasMicrostructure)
            sql.Append($", {CandleColumns.Of("m", CandleColumns.Microstructure)}");
        sql.Append(", c.source, c.issues");
        if (shape.Features)
            sql.Append(", ").AppendJoin(", ", FeaturesOf(shape).Select(feature => "f." + feature.Name));
        sql.Append($"""

            FROM symbols s JOIN series r ON r.symbol = s.symbol AND r.timeframe = {timeframe}
            JOIN {bars} c ON c.series_id = r.id AND c.ts = r.last_ts
            LEFT JOIN LATERAL (
                SELECT b.ts, b.close FROM {bars} b WHERE b.series_id = r.id AND b.ts < r.last_ts ORDER BY b.ts DESC LIMIT 1) p ON true
            LEFT JOIN (
                SELECT symbol, max(ex_date) AS last_ex FROM corporate_actions WHERE ex_date > current_date - 400 GROUP BY symbol) a ON a.symbol = s.symbol
            """);
        if (shape.HasMicrostructure)
            sql.Append($"\nLEFT JOIN {extras} m ON m.series_id = r.id AND m.ts = r.last_ts AND s.asset_class = 'crypto'");
        if (shape.Features)
            sql.Append($"\nLEFT JOIN latest_features f ON f.symbol = s.symbol AND f.timeframe = {timeframe} AND f.ts = r.last_ts");
        sql.Append("\nWHERE r.last_ts IS NOT NULL");
        if (assetClass is { } one)
            sql.Append($" AND s.asset_class = {SqlLiteral.Of(one.Name())}");
        if (symbols is not null)
            sql.Append($" AND s.symbol = ANY (ARRAY[{string.Join(", ", symbols.Select(symbol => SqlLiteral.Of(symbol.Value)))}]::text[])");
        return sql.Append("\nORDER BY s.symbol COLLATE \"C\"").ToString();
    }

    private static IReadOnlyList<Feature> FeaturesOf(CandleQuery shape) =>
        shape.HasMicrostructure ? FeatureCatalogue.All : FeatureCatalogue.For(shape.Instrument.AssetClass);

    // The rows as they come; what needs more than one of their fields is added when all are there.
    private sealed class LatestRows(CandleQuery shape, DateTime now) : IDisposable
    {
        private const int FirstCapacity = 512;

        private readonly List<(Instrument Instrument, DateTime? Before, double Close, bool HasActions)> _rows = [];
        private readonly CandleBatch _batch = new(shape, FirstCapacity);

        public IReadOnlyCollection<Instrument> WithActions => [.. _rows.Where(row => row.HasActions).Select(row => row.Instrument)];

        public void Add(ReadOnlySpan<byte> fields)
        {
            var symbol = Symbol.Parse(Encoding.UTF8.GetString(Next(ref fields)));
            var assetClass = AssetClassNames.Parse(Encoding.UTF8.GetString(Next(ref fields)));
            var before = Next(ref fields);
            var close = Next(ref fields);
            var hasActions = Next(ref fields);
            _rows.Add((
                new Instrument(symbol, assetClass),
                before.IsEmpty ? null : BinaryCopy.Epoch.AddMicroseconds(BinaryPrimitives.ReadInt64BigEndian(before)),
                close.IsEmpty ? double.NaN : BinaryPrimitives.ReadDoubleBigEndian(close),
                !hasActions.IsEmpty && hasActions[0] != 0));
            if (_batch.IsFull)
                _batch.Grow();
            var features = _batch.Add(fields);
            if (shape.Features)
                _batch.AddFeatures(features);
        }

        public CandleBatch Complete(IReadOnlyDictionary<Symbol, AdjustmentFactors> factors)
        {
            for (var row = 0; row < _rows.Count; row++)
            {
                var (instrument, before, close, _) = _rows[row];
                _batch.SetSymbol(row, instrument.Symbol);
                if (factors.TryGetValue(instrument.Symbol, out var known))
                {
                    _batch.Adjust(known, row, row + 1);
                    close = before is { } instant ? Adjusted(known, instant, close) : close;
                }

                var age = now - TradingCalendar.For(instrument).CloseOf(_batch.Timestamp(row), shape.Interval);
                var last = _batch.Close(row);
                double[] extras = [close, last - close, close == 0 ? double.NaN : (last - close) / close, Math.Max(0, Math.Floor(age.TotalSeconds))];
                for (var i = 0; i < extras.Length; i++)
                    _batch.Extras[i].Numbers[row] = extras[i];
            }

            return _batch;
        }

        public void Dispose() => _batch.Dispose();

        private static double Adjusted(AdjustmentFactors factors, DateTime instant, double close) => factors.Adjust(
            new Candle { Timestamp = instant, Open = close, High = close, Low = close, Close = close, Volume = 0 }).Close;

        private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> fields)
        {
            var length = Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(fields));
            var value = fields.Slice(sizeof(int), length);
            fields = fields[(sizeof(int) + length)..];
            return value;
        }
    }
}

using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using Npgsql;
using NpgsqlTypes;

namespace MarketData.Storage.Candles;

/// <summary>The columns of a candle, in the order in which they are copied in and read back.</summary>
internal static class CandleColumns
{
    /// <summary>The values whose change is a revision.</summary>
    public const string Values =
        "open, high, low, close, volume, vwap, trade_count, open_interest, funding_rate, long_short_ratio, "
        + "long_liquidations, short_liquidations, taker_buy_volume, taker_sell_volume";

    /// <summary>What is known about the values.</summary>
    public const string Verdict = "source, is_validated, quality_score, validation_notes, gap_detected, volume_anomaly";

    /// <summary>Key, values and verdict, as written.</summary>
    public const string All = $"symbol, asset_class, timeframe, ts, {Values}, {Verdict}";

    /// <summary>What a <see cref="StoredCandle"/> is read from.</summary>
    public const string Stored = $"ts, {Values}, source, validation_notes, quality_score";

    /// <summary>Writes one row of <see cref="All"/>.</summary>
    public static async Task WriteAsync(
        NpgsqlBinaryImporter importer, Instrument instrument, BarInterval interval, StoredCandle stored, double minimumScore, CancellationToken cancellation)
    {
        var candle = stored.Candle;
        await importer.StartRowAsync(cancellation);
        await importer.WriteAsync(instrument.Symbol.Value, NpgsqlDbType.Text, cancellation);
        await importer.WriteAsync(instrument.AssetClass.Name(), NpgsqlDbType.Text, cancellation);
        await importer.WriteAsync(interval.Name(), NpgsqlDbType.Text, cancellation);
        await importer.WriteAsync(candle.Timestamp, NpgsqlDbType.TimestampTz, cancellation);
        await importer.WriteAsync(candle.Open, NpgsqlDbType.Double, cancellation);
        await importer.WriteAsync(candle.High, NpgsqlDbType.Double, cancellation);
        await importer.WriteAsync(candle.Low, NpgsqlDbType.Double, cancellation);
        await importer.WriteAsync(candle.Close, NpgsqlDbType.Double, cancellation);
        await importer.WriteAsync(candle.Volume, NpgsqlDbType.Double, cancellation);
        await WriteAsync(importer, candle.Vwap, cancellation);
        if (candle.TradeCount is { } trades)
            await importer.WriteAsync(trades, NpgsqlDbType.Bigint, cancellation);
        else
            await importer.WriteNullAsync(cancellation);
        await WriteAsync(importer, candle.OpenInterest, cancellation);
        await WriteAsync(importer, candle.FundingRate, cancellation);
        await WriteAsync(importer, candle.LongShortRatio, cancellation);
        await WriteAsync(importer, candle.LongLiquidations, cancellation);
        await WriteAsync(importer, candle.ShortLiquidations, cancellation);
        await WriteAsync(importer, candle.TakerBuyVolume, cancellation);
        await WriteAsync(importer, candle.TakerSellVolume, cancellation);
        await importer.WriteAsync(stored.Source, NpgsqlDbType.Text, cancellation);
        await importer.WriteAsync(stored.Score >= minimumScore, NpgsqlDbType.Boolean, cancellation);
        await importer.WriteAsync(stored.Score, NpgsqlDbType.Double, cancellation);
        if (ValidationRules.Notes(stored.Issues) is { } notes)
            await importer.WriteAsync(notes, NpgsqlDbType.Array | NpgsqlDbType.Text, cancellation);
        else
            await importer.WriteNullAsync(cancellation);
        await importer.WriteAsync((stored.Issues & CandleIssues.GapBefore) != 0, NpgsqlDbType.Boolean, cancellation);
        await importer.WriteAsync((stored.Issues & CandleIssues.VolumeAnomaly) != 0, NpgsqlDbType.Boolean, cancellation);
    }

    /// <summary>Reads one row of <see cref="Stored"/>.</summary>
    public static StoredCandle Read(NpgsqlDataReader row)
    {
        var candle = new Candle
        {
            Timestamp = row.GetDateTime(0),
            Open = row.GetDouble(1),
            High = row.GetDouble(2),
            Low = row.GetDouble(3),
            Close = row.GetDouble(4),
            Volume = row.GetDouble(5),
            Vwap = Optional(row, 6),
            TradeCount = row.IsDBNull(7) ? null : row.GetInt64(7),
            OpenInterest = Optional(row, 8),
            FundingRate = Optional(row, 9),
            LongShortRatio = Optional(row, 10),
            LongLiquidations = Optional(row, 11),
            ShortLiquidations = Optional(row, 12),
            TakerBuyVolume = Optional(row, 13),
            TakerSellVolume = Optional(row, 14),
        };
        var issues = row.IsDBNull(16) ? CandleIssues.None : ValidationRules.Parse(row.GetFieldValue<string[]>(16));
        return new StoredCandle(candle, row.GetString(15), issues, row.GetDouble(17));
    }

    private static double Optional(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? double.NaN : row.GetDouble(column);

    private static Task WriteAsync(NpgsqlBinaryImporter importer, double value, CancellationToken cancellation) =>
        double.IsNaN(value) ? importer.WriteNullAsync(cancellation) : importer.WriteAsync(value, NpgsqlDbType.Double, cancellation);
}

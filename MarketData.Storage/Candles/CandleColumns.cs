using System.Text;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using Npgsql;

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

    private const short Count = 24;

    /// <summary>Copies the candles of a write, a row of <see cref="All"/> each, into a table.</summary>
    public static async Task CopyAsync(WriteSession session, string table)
    {
        var write = session.Write;
        var (symbol, assetClass, timeframe) = (
            Encoding.UTF8.GetBytes(session.Symbol), Encoding.UTF8.GetBytes(write.Instrument.AssetClass.Name()), Encoding.UTF8.GetBytes(session.Timeframe));
        await using var copy = await BinaryCopy.BeginAsync(session.Connection, table, All, session.Cancellation);
        for (var i = 0; i < write.Candles.Length; i++)
        {
            await copy.StartRowAsync(Count, session.Cancellation);
            copy.Write(symbol);
            copy.Write(assetClass);
            copy.Write(timeframe);
            WriteValues(copy, write.Candles.Span[i].Candle);
            WriteVerdict(copy, write.Candles.Span[i], write.MinimumScore);
        }

        await copy.CompleteAsync(session.Cancellation);
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

    private static void WriteValues(BinaryCopy copy, in Candle candle)
    {
        copy.Write(candle.Timestamp);
        copy.Write(candle.Open);
        copy.Write(candle.High);
        copy.Write(candle.Low);
        copy.Write(candle.Close);
        copy.Write(candle.Volume);
        copy.Write(candle.Vwap);
        copy.Write(candle.TradeCount);
        copy.Write(candle.OpenInterest);
        copy.Write(candle.FundingRate);
        copy.Write(candle.LongShortRatio);
        copy.Write(candle.LongLiquidations);
        copy.Write(candle.ShortLiquidations);
        copy.Write(candle.TakerBuyVolume);
        copy.Write(candle.TakerSellVolume);
    }

    private static void WriteVerdict(BinaryCopy copy, in StoredCandle stored, double minimumScore)
    {
        copy.Write(stored.Source);
        copy.Write(stored.Score >= minimumScore);
        copy.Write(stored.Score);
        copy.Write(ValidationRules.Notes(stored.Issues));
        copy.Write((stored.Issues & CandleIssues.GapBefore) != 0);
        copy.Write((stored.Issues & CandleIssues.VolumeAnomaly) != 0);
    }
}

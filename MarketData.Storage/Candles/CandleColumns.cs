using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>The columns of a candle, in the order in which they are copied in and read back.</summary>
internal static class CandleColumns
{
    /// <summary>Prices and volumes.</summary>
    public const string Prices = "open, high, low, close, volume, vwap, trade_count";

    /// <summary>What futures markets tell beside that.</summary>
    public const string Microstructure =
        "open_interest, funding_rate, long_short_ratio, long_liquidations, short_liquidations, taker_buy_volume, taker_sell_volume";

    /// <summary>The columns of <see cref="CandleTables.Bars"/> that a candle is written to.</summary>
    public const string Bars = $"series_id, ts, {Prices}, source, issues";

    /// <summary>The columns of <see cref="CandleTables.Microstructure"/>.</summary>
    public const string Extras = $"series_id, ts, {Microstructure}";

    /// <summary>The columns of a stage of candles that changed.</summary>
    public const string Changes = $"{Bars}, {Microstructure}, is_new, is_revised";

    private const short KeyCount = 2;
    private const short BarCount = 11;
    private const short ExtraCount = 7;

    /// <summary>What a <see cref="StoredCandle"/> is read from.</summary>
    public static string Stored { get; } = $"b.ts, {Of("b", Prices)}, {Of("m", Microstructure)}, b.source, b.issues";

    /// <summary>The columns, each of the table that is called <paramref name="alias"/>.</summary>
    public static string Of(string alias, string columns) => alias + "." + columns.Replace(", ", $", {alias}.", StringComparison.Ordinal);

    /// <summary>Copies the candles of a write into a table with the columns of <see cref="Bars"/>.</summary>
    public static async Task CopyBarsAsync(WriteSession session, string table)
    {
        var write = session.Write;
        await using var copy = await BinaryCopy.BeginAsync(session.Connection, table, Bars, session.Cancellation);
        for (var i = 0; i < write.Candles.Length; i++)
        {
            await copy.StartRowAsync(BarCount, session.Cancellation);
            WriteBar(copy, session, write.Candles.Span[i]);
        }

        await copy.CompleteAsync(session.Cancellation);
    }

    /// <summary>Copies those that changed into a table with the columns of <see cref="Changes"/>.</summary>
    public static async Task CopyChangesAsync(WriteSession session, string table, IReadOnlyList<CandleChange> changes)
    {
        var candles = session.Write.Candles;
        await using var copy = await BinaryCopy.BeginAsync(session.Connection, table, Changes, session.Cancellation);
        foreach (var change in changes)
        {
            await copy.StartRowAsync(BarCount + ExtraCount + 2, session.Cancellation);
            WriteBar(copy, session, candles.Span[change.Index]);
            WriteExtras(copy, candles.Span[change.Index].Candle);
            copy.Write(change.IsNew);
            copy.Write(change.IsRevised);
        }

        await copy.CompleteAsync(session.Cancellation);
    }

    /// <summary>Copies what there is beside prices and volumes into a table with the columns of <see cref="Extras"/>.</summary>
    public static async Task CopyExtrasAsync(WriteSession session, string table)
    {
        var candles = session.Write.Candles;
        await using var copy = await BinaryCopy.BeginAsync(session.Connection, table, Extras, session.Cancellation);
        for (var i = 0; i < candles.Length; i++)
        {
            if (!HasExtras(candles.Span[i].Candle))
                continue;
            await copy.StartRowAsync(KeyCount + ExtraCount, session.Cancellation);
            copy.Write(session.SeriesId);
            copy.Write(candles.Span[i].Candle.Timestamp);
            WriteExtras(copy, candles.Span[i].Candle);
        }

        await copy.CompleteAsync(session.Cancellation);
    }

    /// <summary>Whether a candle has more than prices and volumes.</summary>
    public static bool HasExtras(in Candle candle) =>
        !(double.IsNaN(candle.OpenInterest) && double.IsNaN(candle.FundingRate) && double.IsNaN(candle.LongShortRatio)
            && double.IsNaN(candle.LongLiquidations) && double.IsNaN(candle.ShortLiquidations)
            && double.IsNaN(candle.TakerBuyVolume) && double.IsNaN(candle.TakerSellVolume));

    /// <summary>Whether one of the candles has.</summary>
    public static bool HasExtras(ReadOnlySpan<StoredCandle> candles)
    {
        foreach (ref readonly var stored in candles)
        {
            if (HasExtras(stored.Candle))
                return true;
        }

        return false;
    }

    /// <summary>What is stored as <c>issues</c>.</summary>
    public static short Issues(in StoredCandle stored, double minimumScore) =>
        (short)((int)stored.Issues | (stored.Score >= minimumScore ? CandleTables.Validated : 0));

    /// <summary>Reads one row of <see cref="Stored"/>.</summary>
    public static (Candle Candle, short Source, CandleIssues Issues) Read(NpgsqlDataReader row)
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
        return (candle, row.GetInt16(15), (CandleIssues)(row.GetInt16(16) & ~CandleTables.Validated));
    }

    private static double Optional(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? double.NaN : row.GetDouble(column);

    private static void WriteBar(BinaryCopy copy, WriteSession session, in StoredCandle stored)
    {
        copy.Write(session.SeriesId);
        copy.Write(stored.Candle.Timestamp);
        copy.Write(stored.Candle.Open);
        copy.Write(stored.Candle.High);
        copy.Write(stored.Candle.Low);
        copy.Write(stored.Candle.Close);
        copy.Write(stored.Candle.Volume);
        copy.Write(stored.Candle.Vwap);
        copy.Write(stored.Candle.TradeCount);
        copy.Write(session.Sources.Id(stored.Source));
        copy.Write(Issues(stored, session.Write.MinimumScore));
    }

    private static void WriteExtras(BinaryCopy copy, in Candle candle)
    {
        copy.Write(candle.OpenInterest);
        copy.Write(candle.FundingRate);
        copy.Write(candle.LongShortRatio);
        copy.Write(candle.LongLiquidations);
        copy.Write(candle.ShortLiquidations);
        copy.Write(candle.TakerBuyVolume);
        copy.Write(candle.TakerSellVolume);
    }
}

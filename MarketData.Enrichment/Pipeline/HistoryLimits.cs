using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Storage.Schema;

namespace MarketData.Enrichment.Pipeline;

/// <summary>How far back a series can go, whoever serves it.</summary>
internal static class HistoryLimits
{
    /// <summary>
    /// A start, or what is kept after it: older candles would be deleted again by retention, or are another instrument's, and providers of crypto
    /// take no instant before Unix time.
    /// </summary>
    public static DateTime Kept(
        Instrument instrument, BarInterval interval, DateTime from, DateTime? historyFrom, CandleRetentionOptions retention, DateTime now)
    {
        var kept = retention.KeptFrom(interval, now) ?? DateTime.MinValue;
        if (kept < historyFrom)
            kept = historyFrom.Value;
        if (instrument.AssetClass == AssetClass.Crypto && kept < DateTime.UnixEpoch)
            kept = DateTime.UnixEpoch;
        return from > kept ? from : kept;
    }

    /// <summary>A start, or the listing after it: what is older is another company's, if anybody has it at all.</summary>
    public static DateTime Listed(DateTime from, DateTime? listedFrom) => listedFrom > from ? listedFrom.Value : from;

    /// <summary>When the first candle can be by the day of the listing; null where that is not known, and of crypto: a provider tells when its own
    /// history begins.</summary>
    public static DateTime? ListedFrom(Instrument instrument, BarInterval interval, DateOnly? firstTraded) =>
        firstTraded is { } date && instrument.AssetClass != AssetClass.Crypto ? TradingCalendar.For(instrument).BeginOf(date, interval) : null;
}

using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using NodaTime;
using NodaTime.TimeZones;

namespace MarketData.Domain.Instruments;

/// <summary>Whether an answer speaks of the instrument on record, by what the provider tells along with it.</summary>
/// <remarks>
/// What is not told or not on record is not compared. Markets without sessions have no clock of their own: each provider gives their days in
/// its own zone. Providers do not agree on what is a fund and what a share, so these two are one kind here.
/// </remarks>
public static class IdentityCheck
{
    private const string NewYork = "America/New_York";
    private const string Chicago = "America/Chicago";

    /// <summary>What of an answer differs from the record, in words; empty when nothing does.</summary>
    /// <param name="record">The record.</param>
    /// <param name="asked">The name that the provider was asked by.</param>
    /// <param name="told">What it told.</param>
    public static IReadOnlyList<string> Differences(InstrumentRecord record, string asked, InstrumentFacts told)
    {
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(told);
        var differences = new List<string>();
        if (told.Ticker is { } ticker && !ticker.Equals(asked, StringComparison.OrdinalIgnoreCase))
            differences.Add($"the symbol is {ticker} instead of {asked}");
        if (HasClock(record) && record.Zone is { } zone && told.Zone is { } toldZone && !IsSameClock(record.Instrument, zone, toldZone))
            differences.Add($"the time zone is {toldZone} instead of {zone}");
        if (record is { PriceUnit: { } unit } && told.PriceUnit is { } toldUnit && !IsTaken(record) && PriceUnits.Normalize(toldUnit) != unit)
            differences.Add($"prices are in {toldUnit} instead of {unit}");
        if (told.Type is { } type && !IsOfType(record.Instrument, type))
            differences.Add($"it is of the type {type} instead of {record.Instrument.AssetClass.Name()}");
        return differences;
    }

    // Of an instrument that nobody could be asked about, the first answer tells.
    private static bool IsTaken(InstrumentRecord record) => record.Status == ListingStatus.Unverified;

    private static bool HasClock(InstrumentRecord record) => record.Exchange is not (Exchange.AroundTheClock or Exchange.CurrencyMarket);

    /// <summary>Whether an instrument may be what a provider calls its type; true for a type that is not known.</summary>
    internal static bool IsOfType(Instrument instrument, string type) => KindOf(type) is not { } kind || Is(instrument, kind);

    /// <summary>
    /// Whether what trades by the clock of a zone may be told to be in another: under another name of it, such as Asia/Calcutta of Asia/Kolkata.
    /// An index may be told to be where it is computed: those of Cboe in Chicago, STOXX's in Zurich.
    /// </summary>
    internal static bool IsSameClock(Instrument instrument, string zone, string told) =>
        Canonical(zone).Equals(Canonical(told), StringComparison.OrdinalIgnoreCase)
        || (instrument.Symbol.Value.StartsWith('^')
            && ((zone == NewYork && told == Chicago) || (Offsets(zone) is { } offsets && offsets == Offsets(told))));

    // In winter and in summer.
    private static (Offset, Offset)? Offsets(string zone) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is { } known
        ? (known.GetUtcOffset(Instant.FromUtc(2024, 1, 15, 12, 0)), known.GetUtcOffset(Instant.FromUtc(2024, 7, 15, 12, 0)))
        : null;

    private static string Canonical(string zone) =>
        TzdbDateTimeZoneSource.Default.CanonicalIdMap.TryGetValue(zone, out var canonical) ? canonical : zone;

    private static AssetClass? KindOf(string type) => InstrumentTypes.ClassOf(type) is { } kind
        ? kind == AssetClass.Etf ? AssetClass.Stock : kind
        : null;

    private static bool Is(Instrument instrument, AssetClass kind) => instrument.AssetClass switch
    {
        AssetClass.Etf => kind == AssetClass.Stock,
        // Indices and pairs were tracked as stocks before they had classes of their own.
        AssetClass.Stock when instrument.Symbol.Value.StartsWith('^') => kind == AssetClass.Index,
        AssetClass.Stock when instrument.Symbol.Value.EndsWith("=X", StringComparison.Ordinal) => kind == AssetClass.Fx,
        var assetClass => kind == assetClass,
    };
}

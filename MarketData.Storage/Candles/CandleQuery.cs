using MarketData.Domain.Candles;

namespace MarketData.Storage.Candles;

/// <summary>Which candles of a series to read, and what of each.</summary>
public sealed record CandleQuery
{
    /// <summary>The instrument.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>The interval.</summary>
    public required BarInterval Interval { get; init; }

    /// <summary>Only candles that open at or after this instant, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Only candles that open at or before this instant, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>Only candles that open after this instant, UTC: the last of the page before.</summary>
    public DateTime? After { get; init; }

    /// <summary>Only candles that open before this instant, UTC: the first of the page before, when pages go back in time.</summary>
    public DateTime? Before { get; init; }

    /// <summary>Candles at most; null for all of them.</summary>
    public int? Limit { get; init; }

    /// <summary>Whether <see cref="Limit"/> leaves the newest candles, rather than the oldest. The order is oldest first either way.</summary>
    public bool Newest { get; init; }

    /// <summary>Whether prices and volumes are adjusted for splits and dividends, and features are of those; false for what was traded.</summary>
    public bool Adjusted { get; init; }

    /// <summary>Whether, where <see cref="Adjusted"/>, dividends are left out: prices are those that were paid, in today's shares.</summary>
    public bool SplitsOnly { get; init; }

    /// <summary>Whether to give the candles themselves; false for their features alone.</summary>
    public bool Values { get; init; } = true;

    /// <summary>Whether to give the features of each candle, computed from it and all candles before it.</summary>
    public bool Features { get; init; }

    /// <summary>Only candles that count as validated.</summary>
    public bool ValidatedOnly { get; init; }

    /// <summary>Only candles with at least this score, 0 to 1.</summary>
    public double? MinimumScore { get; init; }

    /// <summary>Whether the rows have a column for the symbol.</summary>
    public bool SymbolColumn { get; init; }

    /// <summary>Whether the rows have a column for the interval.</summary>
    public bool TimeframeColumn { get; init; }

    /// <summary>Whether rows have what futures markets tell beside prices; null where that is so for crypto only.</summary>
    public bool? Microstructure { get; init; }

    /// <summary>Further columns of numbers, which whoever reads the rows fills.</summary>
    public IReadOnlyList<string> Extras { get; init; } = [];

    /// <summary>Whether <see cref="Microstructure"/> is read.</summary>
    internal bool HasMicrostructure => Microstructure ?? Instrument.AssetClass == AssetClass.Crypto;

    /// <summary>The first instant that may be given, of <see cref="From"/> and <see cref="After"/>; null for all.</summary>
    internal DateTime? Since => After is { } after && !(From > after) ? after.AddMicroseconds(1) : From;

    /// <summary>The first instant that may not be given any more, of <see cref="To"/> and <see cref="Before"/>; null for all.</summary>
    internal DateTime? Until => To is { } to && !(Before <= to) ? to.AddMicroseconds(1) : Before;

    /// <summary>Whether some candles of the range may be left out.</summary>
    internal bool IsFiltered => ValidatedOnly || MinimumScore is not null;

    /// <summary>The values that were on record at this instant, UTC; null for the present ones.</summary>
    public DateTime? AsOf { get; init; }
}

using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Validation;

/// <summary>What the soft rules need to know beside the candles.</summary>
public sealed record ScoringContext
{
    /// <summary>The instrument.</summary>
    public required Instrument Instrument { get; init; }

    /// <summary>The candles' interval.</summary>
    public required BarInterval Interval { get; init; }

    /// <summary>Whether the candles come from another than the first provider for the instrument.</summary>
    public bool IsFallback { get; init; }

    /// <summary>
    /// Whether the series has volume at all: an index or a currency pair may have none, and then a candle without says nothing.
    /// </summary>
    public bool HasVolume { get; init; } = true;

    /// <summary>What follows from the splits on record: a jump that one explains is none.</summary>
    public AdjustmentFactors Splits { get; init; } = AdjustmentFactors.None;

    /// <summary>Closes that another provider gave, by opening instant; empty when nothing was cross-checked.</summary>
    public IReadOnlyDictionary<DateTime, double> OtherCloses { get; init; } = new Dictionary<DateTime, double>();

    /// <summary>Whether a candle without volume is odd: of what trades in sessions and has volume, which an index has not.</summary>
    internal bool ExpectsVolume =>
        HasVolume && Instrument.AssetClass != AssetClass.Crypto && !Instrument.Symbol.Value.StartsWith('^');

    /// <summary>The instrument's calendar.</summary>
    public TradingCalendar Calendar => TradingCalendar.For(Instrument);
}

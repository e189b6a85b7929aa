using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Storage.Enrichment;

/// <summary>The cluster at one moment, for its gauges.</summary>
public sealed record ClusterSnapshot
{
    /// <summary>Jobs that wait, due or not.</summary>
    public required long JobsQueued { get; init; }

    /// <summary>Nodes whose heartbeat is recent.</summary>
    public required long NodesLive { get; init; }

    /// <summary>Whether no new job begins.</summary>
    public required bool Paused { get; init; }

    /// <summary>When the nightly run is next due, UTC.</summary>
    public DateTime? NextRun { get; init; }

    /// <summary>When a run last ended with at least one success, UTC.</summary>
    public DateTime? LastCompletedRun { get; init; }

    /// <summary>When a run of bulk files last ended well, UTC; null where none has.</summary>
    public DateTime? LastBulkRun { get; init; }

    /// <summary>Whether the last run of bulk files has failed.</summary>
    public bool BulkFailing { get; init; }

    /// <summary>Notifications that wait to be delivered.</summary>
    public long NotificationsPending { get; init; }

    /// <summary>Seconds that the oldest of them has waited; 0 where none waits.</summary>
    public double OldestNotificationSeconds { get; init; }

    /// <summary>
    /// Active symbols by health: <c>pending</c>, <c>healthy</c>, <c>warning</c>, <c>delisted</c>, <c>stale</c>, <c>error</c>.
    /// </summary>
    public IReadOnlyList<HealthCount> Symbols { get; init; } = [];

    /// <summary>How many active symbols have something that a person should look at, by kind; kinds without any are left out.</summary>
    public IReadOnlyList<AttentionCount> Attention { get; init; } = [];

    /// <summary>Every series of an active symbol.</summary>
    public IReadOnlyList<SeriesGauge> Series { get; init; } = [];
}

/// <summary>How many active symbols are in a state of health.</summary>
/// <param name="Health"><c>pending</c>, <c>healthy</c>, <c>warning</c>, <c>delisted</c>, <c>stale</c> or <c>error</c>.</param>
/// <param name="Symbols">How many.</param>
public sealed record HealthCount(string Health, long Symbols);

/// <summary>The figures of one series.</summary>
public sealed record SeriesGauge
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>Its class.</summary>
    public required string AssetClass { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Opening instant of the last closed candle stored, UTC.</summary>
    public DateTime? LastTs { get; init; }

    /// <summary>0 to 1.</summary>
    public double? QualityScore { get; init; }

    /// <summary>0 to 1.</summary>
    public double? Completeness { get; init; }

    /// <summary>0 to 1.</summary>
    public double? ValidationRate { get; init; }

    /// <summary>Seconds from the close of the last candle stored to <paramref name="now"/>, UTC; null when there is none.</summary>
    public double? AgeSeconds(DateTime now)
    {
        if (LastTs is not { } last)
            return null;
        var instrument = new Instrument(Domain.Candles.Symbol.Parse(Symbol), AssetClassNames.Parse(AssetClass));
        return (now - TradingCalendar.For(instrument).CloseOf(last, BarIntervals.Parse(Timeframe))).TotalSeconds;
    }
}

using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Domain.Quality;

namespace MarketData.Storage.Dashboard;

/// <summary>Which symbols to read. What is null does not matter.</summary>
public sealed record SymbolFilter
{
    /// <summary>Only this class.</summary>
    public string? AssetClass { get; init; }

    /// <summary>Only these symbols.</summary>
    public string[]? Symbols { get; init; }

    /// <summary>Only enriched symbols (true), or only the others (false).</summary>
    public bool? Active { get; init; }

    /// <summary>Only symbols whose text or name contains this, in any case.</summary>
    public string? Search { get; init; }

    /// <summary>Only symbols in this state.</summary>
    public string? Status { get; init; }
}

/// <summary>What is known of a symbol's enrichment.</summary>
public record SymbolStatus
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary><c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c> or <c>crypto</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary>Its name, when known.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it is enriched.</summary>
    public required bool Active { get; init; }

    /// <summary>Where it trades: a market identifier code, <c>24/7</c> or <c>24/5</c>.</summary>
    public string? Exchange { get; init; }

    /// <summary>What a price of 1 means: a currency, or a part of it such as <c>GBp</c>.</summary>
    public string? PriceUnit { get; init; }

    /// <summary><c>active</c>, <c>inactive</c>, <c>delisted</c>, <c>renamed</c> or <c>unverified</c>.</summary>
    public required string ListingStatus { get; init; }

    /// <summary>
    /// <c>pending</c>, <c>queued</c>, <c>running</c>, <c>retrying</c>, <c>healthy</c>, <c>warning</c>, <c>delisted</c>, <c>stale</c> or
    /// <c>error</c>.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>Mean candle score × completeness, 0 to 1.</summary>
    public double? QualityScore { get; init; }

    /// <summary>Share of validated candles, 0 to 1.</summary>
    public double? ValidationRate { get; init; }

    /// <summary>Share of the expected candles that are there, 0 to 1.</summary>
    public double? DataCompleteness { get; init; }

    /// <summary>Age of the newest candle as of the last enrichment, grown by the time since, seconds.</summary>
    public double? DataAgeSeconds { get; init; }

    /// <summary>Candles stored, over all intervals.</summary>
    public required long RecordsAvailable { get; init; }

    /// <summary>When candles were last fetched, UTC.</summary>
    public DateTime? LastFetchSuccess { get; init; }

    /// <summary>When features were last computed, UTC.</summary>
    public DateTime? LastComputeSuccess { get; init; }

    /// <summary>When it was last enriched, UTC.</summary>
    public DateTime? LastEnrichmentTime { get; init; }

    /// <summary>Attempts of the current job that failed.</summary>
    public required int RetryCount { get; init; }

    /// <summary>When the next attempt is due, UTC.</summary>
    public DateTime? NextRetryAt { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public string? LastError { get; init; }

    /// <summary>What a person can do about it.</summary>
    public string? ErrorAdvice { get; init; }

    /// <summary>The last session whose candles are stored to its end, in every interval; null when nothing is stored.</summary>
    public DateOnly? CompleteTo { get; init; }

    /// <summary>How many sessions have closed after that one; null when nothing is stored.</summary>
    public int? SessionsBehind { get; init; }

    /// <summary>The same with what is stored of the symbol told in sessions.</summary>
    /// <param name="coverage">What is stored, by interval.</param>
    /// <param name="now">The instant as of which sessions have closed, UTC.</param>
    public SymbolStatus Reaching(IEnumerable<SeriesCoverage> coverage, DateTime now)
    {
        var stored = coverage.Where(one => one.Last is not null).Select(one => (BarIntervals.Parse(one.Timeframe), one.Last!.Value));
        var calendar = TradingCalendar.For(new Instrument(Domain.Candles.Symbol.Parse(Symbol), AssetClassNames.Parse(AssetClass)));
        var reach = SessionReach.Of(stored, calendar, now);
        return this with { CompleteTo = reach?.CompleteTo, SessionsBehind = reach?.SessionsBehind };
    }
}

/// <summary>A symbol's current job, queued or running.</summary>
public sealed record CurrentJob
{
    /// <summary>The job's own number.</summary>
    public required long Id { get; init; }

    /// <summary>The run.</summary>
    public required Guid JobId { get; init; }

    /// <summary><c>queued</c>, <c>running</c> or <c>retrying</c>.</summary>
    public required string Status { get; init; }

    /// <summary>While running: <c>fetch</c>, <c>validate</c>, <c>compute</c>, <c>score</c> or <c>store</c>.</summary>
    public string? Step { get; init; }

    /// <summary>Attempts begun.</summary>
    public required int Attempt { get; init; }

    /// <summary>When its first attempt began, UTC.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it may run next, UTC.</summary>
    public required DateTime DueAt { get; init; }

    /// <summary>Its trace, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }
}

/// <summary>What is stored of one symbol in one interval.</summary>
public sealed record SeriesCoverage
{
    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>The interval.</summary>
    public required string Timeframe { get; init; }

    /// <summary>Opening instant of the first candle, UTC.</summary>
    public DateTime? First { get; init; }

    /// <summary>Opening instant of the last candle, UTC.</summary>
    public DateTime? Last { get; init; }

    /// <summary>Candles stored.</summary>
    public required long Records { get; init; }

    /// <summary>Candles that the calendar expects in that range.</summary>
    public required long ExpectedRecords { get; init; }

    /// <summary>Share of the expected candles that are there, 0 to 1.</summary>
    public double? Completeness { get; init; }

    /// <summary>Mean candle score × completeness, 0 to 1.</summary>
    public double? QualityScore { get; init; }

    /// <summary>The provider that last supplied candles.</summary>
    public string? LastSource { get; init; }

    /// <summary>
    /// The last backfill: <c>pending</c>, <c>running</c>, <c>completed</c>, <c>failed</c>, <c>cancelled</c>; null when there was none.
    /// </summary>
    public string? BackfillStatus { get; init; }
}

using MarketData.Api.Requests;
using MarketData.Api.Watchlists;
using MarketData.Domain.Candles;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Api.Enrichment;

/// <summary>What to enrich, in the query string; the body says the same and more.</summary>
public sealed record TriggerQuery(
    [property: FromQuery(Name = "symbols"), Description("A symbol, in any case; repeat it for more.")] Symbol[]? Symbols,
    [property: FromQuery(Name = "asset_class"), AssetClass, Description("Only symbols of this class.")] string? AssetClass,
    [property: WatchlistName, Description("The active symbols of this watchlist, in the place of `symbols`.")] string? Watchlist,
    [property: FromQuery(Name = "timeframes"), Timeframe, Description("An interval; repeat it for more.")] string[]? Timeframes,
    [property: Description("Whether symbols that do not track an interval of `timeframes` do so from now on; without it that is refused.")] bool? Track,
    [property: FromHeader(Name = "Idempotency-Key")]
    [property: RegularExpression("^[!-~]{0,200}$", ErrorMessage = "must be at most 200 visible ASCII characters without spaces.")]
    [property: Description("A name for this request, chosen by the caller: within 24 hours a repetition changes nothing and gets the first one's "
        + "answer.")]
    string? IdempotencyKey);

/// <summary>What to enrich. Everything left out means all of it.</summary>
public sealed record TriggerRequest
{
    /// <summary>The symbols, at least one; null, or left out, for all active ones.</summary>
    [Parsable(typeof(Symbol)), Length(1, 10_000, ErrorMessage = "must hold {1} to {2} items; leave it out for all symbols.")]
    public IReadOnlyList<string?>? Symbols { get; init; }

    /// <summary>Only symbols of this class: <c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c> or <c>crypto</c>.</summary>
    [AssetClass]
    public string? AssetClass { get; init; }

    /// <summary>The active symbols of this watchlist, in the place of <see cref="Symbols"/>.</summary>
    [WatchlistName]
    public string? Watchlist { get; init; }

    /// <summary>Only these intervals, at least one, which every symbol has to track; null for those that each one tracks.</summary>
    [Timeframe, MinLength(1, ErrorMessage = "must hold at least one interval; leave it out for those that each symbol tracks.")]
    public IReadOnlyList<string?>? Timeframes { get; init; }

    /// <summary>Whether symbols that do not track one of <c>timeframes</c> do so from now on; without it that is refused.</summary>
    public bool? Track { get; init; }

    /// <summary>Start of a range to backfill, UTC; needs <c>to</c>.</summary>
    [Instant]
    public DateTime? From { get; init; }

    /// <summary>End of the range to backfill, UTC; needs <c>from</c>.</summary>
    [Instant]
    public DateTime? To { get; init; }
}

/// <summary>A run that is on record and will be worked on.</summary>
/// <param name="JobId">The run. When every symbol was queued or running already: the run of the first of them.</param>
/// <param name="Status"><c>queued</c>; or <c>already_running</c> when every symbol was queued or running already.</param>
/// <param name="SymbolsQueued">Symbols that were queued.</param>
/// <param name="AlreadyRunning">Symbols whose job, queued or running already, was joined.</param>
public sealed record TriggerAccepted(Guid JobId, string Status, IReadOnlyList<string> SymbolsQueued, IReadOnlyList<string> AlreadyRunning);

/// <summary>What the cluster was told.</summary>
/// <param name="SchedulerStatus"><c>running</c> or <c>paused</c>.</param>
/// <param name="Paused">Whether new jobs are held back.</param>
/// <param name="ChangedAt">Since when, UTC.</param>
/// <param name="ChangedBy">By whom.</param>
/// <param name="NextRun">When the next nightly run is due, UTC.</param>
public sealed record SchedulerState(string SchedulerStatus, bool Paused, DateTime ChangedAt, string? ChangedBy, DateTime? NextRun)
{
    internal static SchedulerState From(Storage.Enrichment.SchedulerState state) =>
        new(state.Paused ? "paused" : "running", state.Paused, state.ChangedAt, state.ChangedBy, state.NextRun);
}

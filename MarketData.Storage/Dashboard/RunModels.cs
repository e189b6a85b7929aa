namespace MarketData.Storage.Dashboard;

/// <summary>Which runs to read. What is null does not matter.</summary>
public sealed record RunFilter
{
    /// <summary>True: only runs without a failed symbol. False: only those with one.</summary>
    public bool? Success { get; init; }

    /// <summary>Only runs with this symbol.</summary>
    public string? Symbol { get; init; }

    /// <summary>Only runs put on record at or after this instant, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Only runs put on record before this instant, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>Only runs older than this one, by time and id: the last of the page before.</summary>
    public (DateTime CreatedAt, Guid JobId)? Before { get; init; }
}

/// <summary>One enrichment run: what started it, how far it got, and what came of it.</summary>
public record RunSummary
{
    /// <summary>The run's id.</summary>
    public required Guid JobId { get; init; }

    /// <summary>What started it: <c>nightly</c>, <c>manual</c>, <c>startup</c>, <c>backfill</c>, <c>gap</c> or <c>retry</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary>
    /// <c>queued</c>, <c>running</c>, <c>completed</c>, <c>partial</c> (some symbols failed), <c>failed</c> or <c>cancelled</c>.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>Who asked for it, when somebody did.</summary>
    public string? RequestedBy { get; init; }

    /// <summary>When it was put on record, UTC.</summary>
    public required DateTime CreatedAt { get; init; }

    /// <summary>When its first symbol began, UTC; null while nothing has.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When its last symbol ended, UTC; null while it goes on.</summary>
    public DateTime? CompletedAt { get; init; }

    /// <summary>Symbols in the run.</summary>
    public required int SymbolsTotal { get; init; }

    /// <summary>Symbols enriched.</summary>
    public required int SymbolsSuccessful { get; init; }

    /// <summary>Symbols that failed for good.</summary>
    public required int SymbolsFailed { get; init; }

    /// <summary>Symbols cancelled before they were done.</summary>
    public required int SymbolsCancelled { get; init; }

    /// <summary>Symbols that needed more than one attempt.</summary>
    public required int SymbolsRetried { get; init; }

    /// <summary>Candles that providers sent.</summary>
    public required long RecordsFetched { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }

    /// <summary>Candles whose values changed.</summary>
    public required long RecordsUpdated { get; init; }

    /// <summary>The run's trace, 32 hexadecimal digits.</summary>
    public string? TraceId { get; init; }
}

/// <summary>What a run was asked for.</summary>
public sealed record RunAsked
{
    /// <summary>Whether every active symbol was meant, or every one of <see cref="AssetClass"/>.</summary>
    public bool AllSymbols { get; init; }

    /// <summary>Only symbols of this class; null for any.</summary>
    public string? AssetClass { get; init; }

    /// <summary>The intervals; null for those that each symbol tracks.</summary>
    public IReadOnlyList<string>? Timeframes { get; init; }

    /// <summary>Start of the range, UTC; null to go on from what is stored.</summary>
    public DateTime? From { get; init; }

    /// <summary>End of the range, UTC; null to go on from what is stored.</summary>
    public DateTime? To { get; init; }

    /// <summary>Symbols that were asked for and are part of another run, since they were queued or running already.</summary>
    public IReadOnlyList<string> Joined { get; init; } = [];
}

/// <summary>The runs that were put on record on one day.</summary>
public sealed record RunDay
{
    /// <summary>The day, UTC.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>How many runs.</summary>
    public required int Runs { get; init; }

    /// <summary>Symbols that failed for good, in all of them.</summary>
    public required int SymbolsFailed { get; init; }

    /// <summary>The day's run that matters most: the nightly one, else the newest.</summary>
    public required Guid JobId { get; init; }

    /// <summary>What started that one.</summary>
    public required string Trigger { get; init; }

    /// <summary>Its state.</summary>
    public required string Status { get; init; }

    /// <summary>Symbols in it.</summary>
    public required int SymbolsTotal { get; init; }

    /// <summary>Symbols enriched by it.</summary>
    public required int SymbolsSuccessful { get; init; }
}

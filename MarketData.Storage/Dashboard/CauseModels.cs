namespace MarketData.Storage.Dashboard;

/// <summary>Active symbols that failed for good, or wait to be tried again, for one and the same reason.</summary>
public sealed record SharedCause
{
    /// <summary>Whether they wait to be tried again; else they failed for good.</summary>
    public required bool IsWaiting { get; init; }

    /// <summary>The reason in a word, as of <see cref="Enrichment.JobFailure"/>; <c>other</c> when none was noted.</summary>
    public required string Reason { get; init; }

    /// <summary>The providers that gave nothing: while symbols wait, those that they wait for.</summary>
    public required string[] Providers { get; init; }

    /// <summary>How many symbols.</summary>
    public required long Symbols { get; init; }

    /// <summary>Up to twenty of them, the newest failure first.</summary>
    public required string[] Examples { get; init; }

    /// <summary>Since when the first of them, UTC; null where that was not noted.</summary>
    public DateTime? Since { get; init; }

    /// <summary>When the next of them is tried again, UTC; null when none is.</summary>
    public DateTime? NextTryAt { get; init; }

    /// <summary>What was said of the first example.</summary>
    public string? Message { get; init; }

    /// <summary>What helps with the first example.</summary>
    public string? Advice { get; init; }

    /// <summary>The first example's job; null when it is kept no longer.</summary>
    public long? JobNumber { get; init; }

    /// <summary>Attempts of that job.</summary>
    public int? Attempts { get; init; }

    /// <summary>The trace of its last attempt.</summary>
    public string? TraceId { get; init; }
}

/// <summary>Active symbols whose newest work was cancelled, by run; nothing has been asked for them since.</summary>
public sealed record CancelledWork
{
    /// <summary>The run.</summary>
    public required Guid Run { get; init; }

    /// <summary>What started it.</summary>
    public required string Trigger { get; init; }

    /// <summary>When the last of them was cancelled, UTC.</summary>
    public required DateTime CancelledAt { get; init; }

    /// <summary>How many symbols.</summary>
    public required long Symbols { get; init; }

    /// <summary>How many of them there are no candles of.</summary>
    public required long NeverEnriched { get; init; }

    /// <summary>Up to twenty of them, in alphabetical order.</summary>
    public required string[] Examples { get; init; }
}

/// <summary>One provider answered in another's place.</summary>
/// <param name="Provider">The provider that gave nothing.</param>
/// <param name="By">Who answered instead.</param>
/// <param name="Symbols">For how many symbols, in the last 24 hours.</param>
public sealed record FilledIn(string Provider, string By, long Symbols);

/// <summary>What came of the last requests to a provider, from the first failure among the last twenty on; there is none where all went well.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Requests">How many they are.</param>
/// <param name="Failed">How many of them came to nothing by the provider's fault.</param>
/// <param name="Status">The HTTP status that most of these had; null when there was none.</param>
/// <param name="Failure">Why most of them came to nothing, as in <c>provider_request_log</c>; null when none did.</param>
public sealed record LastRequests(string Provider, long Requests, long Failed, int? Status, string? Failure);

/// <summary>Symbols that somebody should look at for one kind of reason.</summary>
public sealed record AttentionGroup
{
    /// <summary>One of <see cref="Enrichment.AttentionKinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>How many active symbols.</summary>
    public required long Symbols { get; init; }

    /// <summary>Up to twenty of them, the newest first.</summary>
    public required string[] Examples { get; init; }

    /// <summary>Since when the newest, UTC; null where that was not noted.</summary>
    public DateTime? Since { get; init; }

    /// <summary>How many reports or candles of the newest; 1 where it is of the whole symbol.</summary>
    public required long Occurrences { get; init; }

    /// <summary>The day of the newest; null where it is of the whole symbol.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>Why, of the newest, where that was noted.</summary>
    public string? Cause { get; init; }

    /// <summary>What to do about the newest, where that was noted.</summary>
    public string? Advice { get; init; }
}

/// <summary>Work that is under way, and who held it back.</summary>
/// <param name="Waiting">Jobs that wait, retries included.</param>
/// <param name="Running">Jobs being worked on.</param>
/// <param name="ChangedAt">When it was last paused or resumed, UTC.</param>
/// <param name="ChangedBy">By whom; null when that was not said.</param>
public sealed record WorkInHand(long Waiting, long Running, DateTime ChangedAt, string? ChangedBy);

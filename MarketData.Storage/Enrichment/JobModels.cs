using System.Text.Json.Serialization;

namespace MarketData.Storage.Enrichment;

/// <summary>One symbol's work, claimed by a node and leased to it.</summary>
public sealed record ClaimedJob
{
    /// <summary>The row of <c>enrichment_jobs</c>.</summary>
    public required long Id { get; init; }

    /// <summary>The fencing number of this claim.</summary>
    public required long FenceNumber { get; init; }

    /// <summary>The run that the job is part of.</summary>
    public required Guid JobId { get; init; }

    /// <summary>Why the run exists, such as <c>nightly</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>Its class: <c>stock</c>, <c>etf</c>, <c>index</c>, <c>fx</c> or <c>crypto</c>.</summary>
    public required string AssetClass { get; init; }

    /// <summary>The intervals to enrich, shortest last to be added by a join.</summary>
    public required string[] Timeframes { get; init; }

    /// <summary>Start of a backfill, UTC, inclusive; null to go on from the watermark.</summary>
    public DateTime? RangeFrom { get; init; }

    /// <summary>End of a backfill, UTC, exclusive; null to go on from the watermark.</summary>
    public DateTime? RangeTo { get; init; }

    /// <summary>The import that is stored or undone; null for what providers are asked for.</summary>
    public string? ImportName { get; init; }

    /// <summary>This attempt's number, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The last attempt's number.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>Whether this goes on with an attempt that another node lost or gave back.</summary>
    public required bool ContinuesAttempt { get; init; }

    /// <summary>Whether the run began with this claim.</summary>
    public required bool BeginsRun { get; init; }

    /// <summary>Whether the claim had been made before, by a statement whose answer was lost.</summary>
    public bool AnswerWasLost { get; init; }

    /// <summary>When the job was queued, UTC by the database's clock.</summary>
    public required DateTime QueuedAt { get; init; }

    /// <summary>The W3C <c>traceparent</c> of the request behind the run.</summary>
    public string? TraceParent { get; init; }

    /// <summary>What every transaction that writes for the job proves.</summary>
    public JobFence Fence => new(Id, FenceNumber);
}

/// <summary>What a claim proves when it writes: the job, and the fencing number of the claim. A later claim has a greater number.</summary>
/// <param name="Id">The row of <c>enrichment_jobs</c>.</param>
/// <param name="Number">The fencing number of this claim; above its lowest 32 bits, the server's timeline at that time.</param>
public readonly record struct JobFence(long Id, long Number);

/// <summary>One step of an attempt for one interval, kept with the attempt.</summary>
/// <param name="Step"><c>fetch</c>, <c>validate</c>, <c>compute</c>, <c>score</c> or <c>store</c>.</param>
/// <param name="Timeframe">The interval.</param>
/// <param name="Ms">Milliseconds worked; 0 while it goes on.</param>
public sealed record StepTime(string Step, string Timeframe, double Ms)
{
    /// <summary>When it began, UTC by the node's clock.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it ended, UTC by the node's clock; null while it goes on.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>How many steps this stands for: of an attempt with very many, later ones are added to those before.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Who answered, of a fetch; null for other steps.</summary>
    public string? Provider { get; init; }

    /// <summary>Candles fetched, taken, scored, or written; null where none are counted.</summary>
    public long? Candles { get; init; }

    /// <summary><c>succeeded</c>, <c>failed</c> or <c>cancelled</c>; null while it goes on.</summary>
    public string? Outcome { get; init; }

    /// <summary>What a person should know of it, such as why it failed; null when nothing.</summary>
    public string? Message { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyCollection<StepTime>))]
internal sealed partial class StepTimeJson : JsonSerializerContext;

/// <summary>Why an attempt failed, in words for the person on call.</summary>
/// <param name="IsPermanent">Whether trying again cannot help: an unknown symbol, a refused key.</param>
/// <param name="Message">What happened, one sentence.</param>
/// <param name="Advice">What to do about it, one sentence.</param>
/// <param name="Reason">A short word for metrics, such as <c>timeout</c>, <c>rate_limit</c> or <c>server_error</c>.</param>
public sealed record JobFailure(bool IsPermanent, string Message, string Advice, string Reason)
{
    /// <summary>The symbol's health once the job has failed: <c>error</c> or <c>delisted</c>; null when it stays as it is.</summary>
    public string? Health { get; init; } = "error";

    /// <summary>The providers that gave nothing; when trying again may help, those that the job waits for. Empty when it is none's doing.</summary>
    public IReadOnlyList<string> Providers { get; init; } = [];

    /// <summary>Whether nothing was tried, since circuits were open: the next claim goes on with the same attempt.</summary>
    public bool IsWaiting { get; init; }

    /// <summary>How long a job may wait so, from the first time on, before it has failed.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromDays(1);
}

/// <summary>What became of a job whose attempt failed.</summary>
/// <param name="Status"><c>retrying</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="EndedRun">The run, when this was its last job.</param>
public sealed record FailureResult(string Status, EndedRun? EndedRun)
{
    /// <summary>Whether it had been done before, by a statement whose answer was lost.</summary>
    public bool AnswerWasLost { get; init; }
}

/// <summary>Whether a job could end.</summary>
/// <param name="IsDone">Whether it is ended now.</param>
/// <param name="Timeframes">The intervals it must cover by now; more than were worked through when somebody joined meanwhile.</param>
/// <param name="EndedRun">The run, when this was its last job.</param>
public sealed record CompletionResult(bool IsDone, IReadOnlyList<string> Timeframes, EndedRun? EndedRun)
{
    /// <summary>Whether it had been done before, by a statement whose answer was lost.</summary>
    public bool AnswerWasLost { get; init; }
}

/// <summary>A job whose lease ran out.</summary>
public sealed record LostJob
{
    /// <summary>The row of <c>enrichment_jobs</c>.</summary>
    public required long Id { get; init; }

    /// <summary>The run that the job is part of.</summary>
    public required Guid JobId { get; init; }

    /// <summary>The symbol.</summary>
    public required string Symbol { get; init; }

    /// <summary>
    /// What became of it: <c>queued</c> again, <c>cancelled</c> as was asked, or <c>failed</c> after too many lost nodes.
    /// </summary>
    public required string Status { get; init; }

    /// <summary>The node that held it.</summary>
    public required string Node { get; init; }
}

/// <summary>A run whose last job has just ended.</summary>
public sealed record EndedRun
{
    /// <summary>The run.</summary>
    public required Guid RunId { get; init; }

    /// <summary>Why it existed, such as <c>nightly</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary><c>completed</c>, <c>partial</c>, <c>failed</c> or <c>cancelled</c>.</summary>
    public required string RunStatus { get; init; }

    /// <summary>Symbols in it.</summary>
    public required int SymbolsTotal { get; init; }

    /// <summary>Symbols that succeeded.</summary>
    public required int SymbolsSuccessful { get; init; }

    /// <summary>Symbols that failed for good.</summary>
    public required int SymbolsFailed { get; init; }

    /// <summary>Symbols cancelled before they began.</summary>
    public required int SymbolsCancelled { get; init; }

    /// <summary>Symbols that needed more than one attempt.</summary>
    public required int SymbolsRetried { get; init; }

    /// <summary>Candles that were new.</summary>
    public required long RecordsInserted { get; init; }

    /// <summary>Candles that were revised.</summary>
    public required long RecordsUpdated { get; init; }

    /// <summary>From the first claim to the end, seconds.</summary>
    public required double DurationSeconds { get; init; }
}

namespace MarketData.Api.Enrichment;

/// <summary>Something that is not as it should be: one cause, however many symbols it concerns.</summary>
/// <param name="Kind">
/// <c>database</c>, <c>no_node</c>, <c>provider</c>, <c>symbols_unknown</c>, <c>symbols_failed</c>, <c>symbols_waiting</c>, <c>paused</c>,
/// <c>run_late</c>, <c>run_cancelled</c>, <c>not_begun</c>, <c>bulk_files</c>, <c>stale</c>, <c>quality</c>, or a kind of <c>/dashboard/attention</c>.
/// </param>
/// <param name="Severity"><c>grave</c>: nothing is enriched; <c>bad</c>: something has failed; <c>warning</c>: it wants a look;
/// <c>notice</c>: it is good to know, and health is as good without.</param>
/// <param name="What">What is wrong, one sentence.</param>
/// <param name="Effect">What comes of it: how many symbols wait, who filled in; null when there is nothing to say.</param>
/// <param name="WhatToDo">What to do about it; null where the runbook alone tells.</param>
/// <param name="Runbook">The runbook's name: <c>/dashboard/runbooks/{name}</c>; null where there is none.</param>
public sealed record Trouble(string Kind, string Severity, string What, string? Effect, string? WhatToDo, string? Runbook)
{
    /// <summary>Since when, UTC; null where that is not known.</summary>
    public DateTime? Since { get; init; }

    /// <summary>When it is tried again by itself, UTC; null when it is not.</summary>
    public DateTime? NextTryAt { get; init; }

    /// <summary>The provider that it is about; null when it is none's doing.</summary>
    public string? Provider { get; init; }

    /// <summary>How many active symbols it concerns; 0 when it is of none.</summary>
    public long SymbolCount { get; init; }

    /// <summary>Up to twenty of them.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>The run that it is about; null when it is none.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The number of a job that shows it; null when there is none.</summary>
    public long? JobNumber { get; init; }

    /// <summary>A trace that shows it, 32 hexadecimal digits; null when there is none.</summary>
    public string? TraceId { get; init; }

    /// <summary>What was said word for word, for whoever wants to know more; null when nothing was.</summary>
    public string? Raw { get; init; }
}

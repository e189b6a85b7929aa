namespace MarketData.Web.Api;

/// <summary>What about symbols somebody should look at.</summary>
public sealed record SymbolsToLookAt(IReadOnlyList<AttentionCount> Counts, IReadOnlyList<SymbolToLookAt> Items)
{
    /// <summary>None.</summary>
    public static SymbolsToLookAt None { get; } = new([], []);
}

/// <summary>How many active symbols have something of a kind.</summary>
public sealed record AttentionCount(string Kind, long Symbols);

/// <summary>Something about a symbol that somebody should look at, and what to do about it.</summary>
public sealed record SymbolToLookAt(
    string Kind, string Symbol, DateTimeOffset? Since, string What, string WhatToDo, long Occurrences, DateOnly? Day);

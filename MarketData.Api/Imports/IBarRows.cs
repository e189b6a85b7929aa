namespace MarketData.Api.Imports;

/// <summary>Something that rows are read from: a file, or tables of another database.</summary>
internal interface IBarRows : IAsyncDisposable
{
    /// <summary>The columns that mean nothing here.</summary>
    IReadOnlyList<string> IgnoredColumns { get; }

    /// <summary>Whether there is a volume at all.</summary>
    bool HasVolume { get; }

    /// <summary>Whether each row names its symbol.</summary>
    bool HasSymbol { get; }

    /// <summary>The rows, some at a time; each portion is valid until the next is asked for.</summary>
    IAsyncEnumerable<ReadOnlyMemory<BarRow>> ReadAsync(CancellationToken cancellation);
}

namespace MarketData.Api.Imports;

/// <summary>How rows are to be read, as was said by whoever brings them.</summary>
internal sealed record BarReading
{
    /// <summary>Fields and the columns that were said for them.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>What separates the columns of a text file; null to see.</summary>
    public char? Separator { get; init; }

    /// <summary>How numbers are read.</summary>
    public BarNumbers Numbers { get; init; } = new(false, false);

    /// <summary>How times are read.</summary>
    public BarTimes Times { get; init; } = new(null);
}

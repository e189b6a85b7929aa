namespace MarketData.Storage.Imports;

/// <summary>What candles of imports have as their source.</summary>
public static class ImportSources
{
    private const string Prefix = "import:";

    /// <summary>The source of an import's candles.</summary>
    public static string Of(string import) => Prefix + import;

    /// <summary>Whether a source is an import rather than a provider.</summary>
    public static bool IsImport(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.StartsWith(Prefix, StringComparison.Ordinal);
    }
}

namespace MarketData.Storage.Dashboard;

/// <summary>Why a candle came to have the values that it has: in a word, as the Api gives it.</summary>
public static class ChangeCause
{
    private const string ImportedSources = "import:";

    /// <summary>Whether an interval's candles are built of days, so that they change with those.</summary>
    /// <param name="assetClass">The symbol's class.</param>
    /// <param name="timeframe">The interval.</param>
    public static bool IsBuilt(string assetClass, string timeframe) => timeframe == "1w" && assetClass != "crypto";

    /// <summary>Why values came in the place of others, or where there were none.</summary>
    /// <param name="before">The source of what was there before; null of a candle's first values.</param>
    /// <param name="after">The source of what took its place; null where nothing did.</param>
    /// <param name="trigger">What started the run that did it; null when that is not known.</param>
    /// <param name="isBuilt">Whether the candle is built of others.</param>
    public static string Of(string? before, string? after, string? trigger, bool isBuilt) => (before, after) switch
    {
        (_, null) => "removed",
        (_, { } source) when source.StartsWith(ImportedSources, StringComparison.Ordinal) => "imported",
        ({ } source, _) when source.StartsWith(ImportedSources, StringComparison.Ordinal) && trigger == "import" => "import_undone",
        (null, _) => isBuilt ? "built" : "fetched",
        _ when isBuilt => "rebuilt",
        _ => before == after ? "corrected" : "other_provider",
    };
}

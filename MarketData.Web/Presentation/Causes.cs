namespace MarketData.Web.Presentation;

/// <summary>Why a candle came to have its values, as people say it.</summary>
public static class Causes
{
    /// <summary>A sentence without its full stop.</summary>
    /// <param name="cause">The cause in the word of the Api.</param>
    /// <param name="before">The source of the values before; null where there were none.</param>
    /// <param name="after">The source of those that came; null where none did.</param>
    public static string Sentence(string cause, string? before, string? after) => cause switch
    {
        "fetched" => $"Fetched from {Name(after)}",
        "imported" => $"Brought by {Name(after)}",
        "built" => "Built of the days of the week",
        "corrected" => $"{Name(after)} corrected it",
        "other_provider" => $"{Name(after)} took the place of {Name(before)}",
        "import_undone" => $"{Name(before)} was undone",
        "rebuilt" => "Built again: days of the week changed",
        "removed" => "Removed",
        _ => cause.Replace('_', ' '),
    };

    private static string Name(string? source) => source switch
    {
        null => "nobody",
        _ when source.StartsWith("import:", StringComparison.Ordinal) => $"the import {source["import:".Length..]}",
        _ => Names.Provider(source),
    };
}

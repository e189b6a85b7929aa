namespace MarketData.Testing;

/// <summary>Real market data that some tests read: a folder beside the repository, which not every machine has.</summary>
public static class SharedData
{
    private static readonly string? Root = Locate();

    /// <summary>Why tests on real data are skipped, for <c>Assert.SkipUnless</c>.</summary>
    public const string Absent = "The folder shared/data with real market data is neither beside the repository nor named by MARKETDATA_SHARED.";

    /// <summary>Whether the data are there.</summary>
    public static bool Exists => Root is not null;

    /// <summary>The path of one of its files.</summary>
    /// <exception cref="InvalidOperationException">The data are not there; ask <see cref="Exists"/> first.</exception>
    public static string PathOf(string fileName) =>
        Path.Combine(Root ?? throw new InvalidOperationException(Absent), fileName);

    private static string? Locate()
    {
        if (Environment.GetEnvironmentVariable("MARKETDATA_SHARED") is { Length: > 0 } named)
            return DataIn(named);

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MarketData.sln")))
                return folder.Parent is { } beside ? DataIn(Path.Combine(beside.FullName, "shared")) : null;
        }

        return null;
    }

    private static string? DataIn(string shared) =>
        Path.Combine(shared, "data") is var data && Directory.Exists(data) ? data : null;
}

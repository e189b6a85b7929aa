namespace MarketData.Web.Presentation;

/// <summary>Addresses within the dashboard, relative to its base.</summary>
public static class Links
{
    /// <summary>The live queue.</summary>
    public const string Queue = "jobs";

    /// <summary>The history of runs.</summary>
    public const string Runs = "jobs?view=runs";

    /// <summary>The list of backfills.</summary>
    public const string Backfills = "jobs/backfills";

    /// <summary>A backfill's page.</summary>
    public static string Backfill(Guid backfill) => $"{Backfills}/{backfill}";

    /// <summary>A symbol's page.</summary>
    public static string Symbol(string symbol) => "symbols/" + Uri.EscapeDataString(symbol);

    /// <summary>The story of one candle.</summary>
    public static string Candle(string symbol, string timeframe, DateTimeOffset timestamp) => Candles(symbol, timeframe) + Api.UrlQuery.Text(timestamp);

    /// <summary>The same up to the candle's opening instant, which has to be put behind it.</summary>
    public static string Candles(string symbol, string timeframe) => $"{Symbol(symbol)}/candle?timeframe={timeframe}&at=";

    /// <summary>Two providers' candles side by side.</summary>
    public static string Providers(string symbol, string? timeframe = null, string? providers = null, string? start = null, string? end = null) =>
        $"{Symbol(symbol)}/providers{Api.UrlQuery.Of(("timeframe", timeframe), ("providers", providers), ("start", start), ("end", end))}";

    /// <summary>The symbols with a status, such as <c>stale</c>.</summary>
    public static string SymbolsWithStatus(string status) => "symbols?status=" + Uri.EscapeDataString(status);

    /// <summary>A run's page.</summary>
    public static string Run(Guid run) => $"jobs/{run}";

    /// <summary>A run's page, with only the symbols of one outcome.</summary>
    public static string Run(Guid run, string status) => $"{Run(run)}?status={Uri.EscapeDataString(status)}";

    /// <summary>The runs of a day, UTC.</summary>
    public static string RunsOf(DateOnly day) => $"{Runs}&day={Format.Day(day)}";

    /// <summary>One symbol's job.</summary>
    public static string Job(long job) => $"job/{job.ToString(System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>A provider's page.</summary>
    public static string Provider(string provider) => "providers/" + Uri.EscapeDataString(provider);

    /// <summary>A runbook's page, by the name of its file.</summary>
    public static string Runbook(string name) => "runbooks/" + Uri.EscapeDataString(name);

    /// <summary>The history of jobs, filtered.</summary>
    public static string Jobs(string? status = null, string? symbol = null, int? minimumAttempts = null, string? since = null) =>
        new JobSearch(status, symbol, minimumAttempts is > 1, null, since).Href;
}

namespace MarketData.Simulator.Yahoo;

/// <summary>An interval of Yahoo's chart.</summary>
/// <param name="Name">As in <c>interval=</c> and <c>dataGranularity</c>.</param>
/// <param name="Length">Milliseconds; nominal from the month on.</param>
/// <param name="DaysBack">How many days back it is served; null for all of history.</param>
internal sealed record ChartInterval(string Name, long Length, int? DaysBack)
{
    private const long Minute = 60_000;
    private const long Day = 86_400_000;

    /// <summary>All of them, as Yahoo lists them.</summary>
    public static IReadOnlyList<ChartInterval> All { get; } =
    [
        new("1m", Minute, 30),
        new("2m", 2 * Minute, 60),
        new("5m", 5 * Minute, 60),
        new("15m", 15 * Minute, 60),
        new("30m", 30 * Minute, 60),
        new("60m", 60 * Minute, 730),
        new("90m", 90 * Minute, 60),
        new("1h", 60 * Minute, 730),
        new("4h", 240 * Minute, 730),
        new("1d", Day, null),
        new("5d", 5 * Day, null),
        new("1wk", 7 * Day, null),
        new("1mo", 30 * Day, null),
        new("3mo", 91 * Day, null),
    ];

    /// <summary>Whether several bars fit into a day.</summary>
    public bool IsIntraday => Length < Day;

    /// <summary>The first day of the bar that <paramref name="date"/> falls in.</summary>
    public DateOnly StartOf(DateOnly date) => Name switch
    {
        "1d" => date,
        "5d" => DateOnly.FromDayNumber(date.DayNumber - date.DayNumber % 5),
        "1wk" => date.AddDays(-(((int)date.DayOfWeek + 6) % 7)),
        "1mo" => new DateOnly(date.Year, date.Month, 1),
        _ => new DateOnly(date.Year, (date.Month - 1) / 3 * 3 + 1, 1),
    };
}

namespace MarketData.Web.Presentation;

/// <summary>A range of days that is offered for a backfill.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Years">How many years before today it begins; null for as early as any provider goes.</param>
public sealed record BackfillRange(string Name, int? Years)
{
    /// <summary>Those that are offered, the shortest first.</summary>
    public static IReadOnlyList<BackfillRange> Offered { get; } =
        [new("1 year", 1), new("2 years", 2), new("5 years", 5), new("10 years", 10), new("20 years", 20), new("Everything", null)];

    // With the S&P's predecessor on this day begins the longest history that any provider serves.
    private static readonly DateTime Earliest = new(1927, 12, 30);

    /// <summary>Its first day when its last is <paramref name="today"/>.</summary>
    public DateTime From(DateTime today) => Years is { } years ? today.AddYears(-years) : Earliest;
}

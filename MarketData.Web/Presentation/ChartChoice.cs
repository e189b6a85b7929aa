using System.Globalization;
using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>What the reader wants to see of a symbol's candles: all of it is in the page's address.</summary>
public sealed record ChartChoice
{
    private static readonly string[] DefaultFeatures = ["sma", "rsi"];

    /// <summary>The scales of prices, with their names for people.</summary>
    public static IReadOnlyList<(string Name, string Text, string Title)> Scales { get; } =
    [
        ("linear", "Linear", "Equal steps of price are equally far apart"),
        ("log", "Log", "Equal steps in percent are equally far apart"),
        ("percent", "%", "Change since the first bar in view"),
        ("index", "Index 100", "The first bar in view is 100"),
    ];

    /// <summary>The interval; empty for the one that the page begins with.</summary>
    public string Timeframe { get; init; } = "";

    /// <summary>The ids of the features shown.</summary>
    public IReadOnlyList<string> Features { get; init; } = DefaultFeatures;

    /// <summary>How much of the newest is in view, such as <c>1y</c> or <c>all</c>; null where it is another part, or where it is what an interval begins with.</summary>
    public string? Range { get; init; }

    /// <summary>The first and the last bar in view, where it is not the newest part.</summary>
    public VisibleRange? Part { get; init; }

    /// <summary>Whether prices, and features with them, are adjusted for splits and dividends.</summary>
    public bool Adjusted { get; init; } = true;

    /// <summary>One of <see cref="Scales"/>.</summary>
    public string Scale { get; init; } = "linear";

    /// <summary>The symbol to compare with; null for none.</summary>
    public string? Compared { get; init; }

    /// <summary>The lengths of the newest part that are offered of an interval, with their names for people.</summary>
    public static IReadOnlyList<(string Range, string Text)> RangesOf(string timeframe) => timeframe switch
    {
        "1d" or "1w" => [("1m", "1M"), ("6m", "6M"), ("1y", "1Y"), ("5y", "5Y"), ("all", "All")],
        "4h" => [("1m", "1M"), ("3m", "3M"), ("6m", "6M"), ("1y", "1Y"), ("all", "All")],
        "1h" or "30m" => [("5d", "5D"), ("1m", "1M"), ("3m", "3M"), ("6m", "6M"), ("1y", "1Y")],
        _ => [("1d", "1D"), ("5d", "5D"), ("1m", "1M"), ("6m", "6M"), ("1y", "1Y")],
    };

    /// <summary>The length that an interval begins with.</summary>
    public static string FirstRange(string timeframe) => timeframe switch
    {
        "1w" => "5y",
        "1d" => "1y",
        "4h" => "3m",
        "1h" or "30m" => "1m",
        _ => "5d",
    };

    /// <summary>Reads the query of an address; what is not understood is as if it were not there.</summary>
    public static ChartChoice Read(string? timeframe, string? show, string? range, string? from, string? to, string? adjusted, string? scale, string? compared)
    {
        var part = Instant(from) is { } first && Instant(to) is { } last && first < last ? new VisibleRange(first, last) : null;
        return new ChartChoice
        {
            Timeframe = timeframe ?? "",
            Features = show switch { null => DefaultFeatures, "none" => [], _ => show.Split(',') },
            Range = part is null && range is not null && RangesOf(timeframe ?? "1d").Any(known => known.Range == range) ? range : null,
            Part = part,
            Adjusted = adjusted != "none",
            Scale = Scales.Any(known => known.Name == scale) ? scale! : "linear",
            Compared = string.IsNullOrWhiteSpace(compared) ? null : compared,
        };
    }

    /// <summary>The address of a symbol's page with this choice.</summary>
    public string Address(string symbol)
    {
        var query = UrlQuery.Of(
            ("timeframe", Timeframe), ("show", Features.Count == 0 ? "none" : UrlQuery.Text(Features)), ("range", Range), ("from", UrlQuery.Text(Part?.First)),
            ("to", UrlQuery.Text(Part?.Last)), ("adjusted", Adjusted ? null : "none"), ("scale", Scale == "linear" ? null : Scale), ("with", Compared));
        // Both may stand in a query as they are, and people can read it then.
        return Links.Symbol(symbol) + query.Replace("%2C", ",", StringComparison.Ordinal).Replace("%3A", ":", StringComparison.Ordinal);
    }

    private static DateTimeOffset? Instant(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant) ? instant : null;
}

using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>The part of a series that a chart shows.</summary>
/// <param name="First">The opening instant of the first bar.</param>
/// <param name="Last">The opening instant of the last bar.</param>
public sealed record VisibleRange(DateTimeOffset First, DateTimeOffset Last)
{
    /// <summary>The same as a range of the Api: days for bars of days and longer, else instants, of which the last is that of the bar's end.</summary>
    public (string Start, string End) Bounds(string timeframe) => Names.LengthOf(timeframe) is { } length
        ? (UrlQuery.Text(First)!, UrlQuery.Text(Last + length)!)
        : (Format.Day(First), Format.Day(Last));
}

using System.Globalization;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>What a file of candles is called: its symbols, interval, days, and what they are adjusted for where that is not all.</summary>
internal static class ExportName
{
    // More symbols than these are counted.
    private const int MostNamed = 3;

    /// <summary>The name, without an extension.</summary>
    public static string Of(CandleQuery shape, IReadOnlyList<(CandleQuery Query, StoredSeries Series)> series)
    {
        var symbols = series.Count <= MostNamed
            ? string.Join('+', series.Select(one => one.Series.Instrument.Symbol.Value))
            : string.Create(CultureInfo.InvariantCulture, $"{series.Count}-symbols");
        return $"{symbols}_{shape.Interval.Name()}{Days(series)}{(!shape.Adjusted ? "_unadjusted" : shape.SplitsOnly ? "_splits" : "")}";
    }

    // From the first candle to the last that are both asked for and there; none where nothing is.
    private static string Days(IReadOnlyList<(CandleQuery Query, StoredSeries Series)> series)
    {
        var spans = from one in series
                    where one.Series is { First: not null, Last: not null }
                    let first = Later(one.Query.From, one.Series.First!.Value)
                    let last = Earlier(one.Query.Before?.AddTicks(-1), one.Series.Last!.Value)
                    select (First: first, Last: last) into span
                    where span.First <= span.Last
                    select span;
        return spans.ToList() is { Count: > 0 } some
            ? string.Create(CultureInfo.InvariantCulture, $"_{some.Min(span => span.First):yyyy-MM-dd}_{some.Max(span => span.Last):yyyy-MM-dd}")
            : "";
    }

    private static DateTime Later(DateTime? asked, DateTime there) => asked > there ? asked.Value : there;

    private static DateTime Earlier(DateTime? asked, DateTime there) => asked < there ? asked.Value : there;
}

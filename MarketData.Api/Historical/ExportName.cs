using System.Globalization;
using MarketData.Storage.Candles;

namespace MarketData.Api.Historical;

/// <summary>What a file of candles is called: its symbols, interval, days, and what they are adjusted for where that is not all, and
/// their order and zone where those were chosen.</summary>
internal static class ExportName
{
    // More symbols than these are counted.
    private const int MostNamed = 3;

    /// <summary>The name, without an extension.</summary>
    /// <param name="shape">What is the same for all series.</param>
    /// <param name="series">Each series with its query.</param>
    /// <param name="zone">The zone by whose clock times are written; null for UTC.</param>
    public static string Of(CandleQuery shape, IReadOnlyList<(CandleQuery Query, StoredSeries Series)> series, string? zone = null)
    {
        var symbols = series.Count <= MostNamed
            ? string.Join('+', series.Select(one => one.Series.Instrument.Symbol.Value))
            : string.Create(CultureInfo.InvariantCulture, $"{series.Count}-symbols");
        var adjusted = !shape.Adjusted ? "_unadjusted" : shape.SplitsOnly ? "_splits" : "";
        var (order, clock) = (shape.Descending ? "_desc" : "", zone is null ? "" : "_" + zone.Replace('/', '-'));
        return $"{symbols}_{shape.TimeframeName}{Days(series)}{adjusted}{order}{clock}";
    }

    // From the first candle to the last that are both asked for and there; none where nothing is.
    private static string Days(IReadOnlyList<(CandleQuery Query, StoredSeries Series)> series, string? zone = null)
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

using System.Globalization;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Yahoo;

/// <summary>What is asked of <c>/v8/finance/chart/{symbol}</c>.</summary>
/// <param name="Interval">Length of a bar.</param>
/// <param name="Range">The <c>range</c> asked for; empty when it was periods.</param>
/// <param name="From">Unix milliseconds, included.</param>
/// <param name="To">Unix milliseconds, excluded.</param>
/// <param name="Extended">Whether trading outside regular hours is wanted.</param>
/// <param name="Dividends">Whether dividends are wanted.</param>
/// <param name="Splits">Whether splits are wanted.</param>
internal sealed record ChartQuery(ChartInterval Interval, string Range, long From, long To, bool Extended, bool Dividends, bool Splits)
{
    private const long Day = 86_400_000;
    private const int MinuteDaysPerRequest = 8;

    /// <summary>1900, before anything that is served.</summary>
    private const long Earliest = -2_208_988_800_000;

    private static readonly string[] Ranges = ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"];

    /// <summary>The ranges that a symbol may be asked for.</summary>
    public static IReadOnlyList<string> ValidRanges => Ranges;

    /// <summary>Reads a request.</summary>
    /// <returns>The query, or what is wrong with it.</returns>
    public static (ChartQuery? Query, string? Problem) Read(IQueryCollection parameters, PriceHistory history, long now)
    {
        var intervalName = parameters["interval"].ToString() is { Length: > 0 } text ? text : "1d";
        if (ChartInterval.All.FirstOrDefault(candidate => candidate.Name == intervalName) is not { } interval)
        {
            var names = string.Join(", ", ChartInterval.All.Select(candidate => candidate.Name));
            return (null, $"Invalid input - interval={intervalName} is not supported. Valid intervals: [{names}]");
        }

        var range = parameters["range"].ToString();
        long from, to;
        if (parameters["period1"].ToString() is { Length: > 0 } period1)
        {
            var period2 = parameters["period2"].ToString();
            if (!TryReadSeconds(period1, out from) | !TryReadSeconds(period2.Length > 0 ? period2 : (now / 1000).ToString(CultureInfo.InvariantCulture), out to))
            {
                return (null, $"Invalid input - period1={period1}, period2={period2} are not Unix timestamps");
            }

            if (from >= to)
            {
                return (null, $"Invalid input - start date cannot be after end date. startDate = {from / 1000}, endDate = {to / 1000}");
            }

            (from, to, range) = (Math.Max(from, Earliest), Math.Min(to, now + Day), "");
        }
        else if (Array.IndexOf(Ranges, range.Length == 0 ? range = "1d" : range) < 0)
        {
            return (null, $"Invalid input - range={range} is not supported. Valid ranges: [{string.Join(", ", Ranges)}]");
        }
        else
        {
            (from, to) = (StartOf(range, history, now), now + 1000);
        }

        var events = parameters["events"].ToString();
        return (new ChartQuery(
            interval,
            range,
            from,
            to,
            parameters["includePrePost"].ToString() == "true",
            events.Contains("div", StringComparison.Ordinal),
            events.Contains("split", StringComparison.Ordinal)), null);
    }

    /// <summary>Why the interval is not served that far back; null when it is.</summary>
    public string? TooFarBack(long now)
    {
        if (Interval.Name == "1m" && To - From > MinuteDaysPerRequest * Day)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"1m data not available for startTime={From / 1000} and endTime={To / 1000}. Only 8 days worth of 1m granularity data are allowed to be fetched per request.");
        }

        return Interval.DaysBack is { } days && From < now - (days + 1) * Day
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{Interval.Name} data not available for startTime={From / 1000} and endTime={To / 1000}. The requested range must be within the last {days} days.")
            : null;
    }

    private static bool TryReadSeconds(string text, out long milliseconds)
    {
        var read = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > -62_135_596_800 and < 253_402_300_800;
        milliseconds = seconds * 1000;
        return read;
    }

    private static long StartOf(string range, PriceHistory history, long now)
    {
        var today = DateTimeOffset.FromUnixTimeMilliseconds(now);
        var start = range switch
        {
            "1d" => today.AddDays(-1),
            "5d" => today.AddDays(-7),
            "1mo" => today.AddMonths(-1),
            "3mo" => today.AddMonths(-3),
            "6mo" => today.AddMonths(-6),
            "1y" => today.AddYears(-1),
            "2y" => today.AddYears(-2),
            "5y" => today.AddYears(-5),
            "10y" => today.AddYears(-10),
            "ytd" => new DateTimeOffset(today.Year, 1, 1, 0, 0, 0, TimeSpan.Zero),
            _ => new DateTimeOffset(history.Listing.HistoryFrom.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
        };
        return start.ToUnixTimeMilliseconds() / Day * Day;
    }
}

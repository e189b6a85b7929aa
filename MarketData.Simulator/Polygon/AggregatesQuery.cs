using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace MarketData.Simulator.Polygon;

/// <summary>What is asked of <c>/v2/aggs/ticker/{ticker}/range/{multiplier}/{timespan}/{from}/{to}</c>.</summary>
internal sealed record AggregatesQuery
{
    private const int DefaultLimit = 5_000;
    private const int MaxLimit = 50_000;
    private const long Day = 86_400_000;

    public required string Ticker { get; init; }

    public required int Multiplier { get; init; }

    public required Timespan Timespan { get; init; }

    /// <summary>As in the path; a date or Unix milliseconds.</summary>
    public required string From { get; init; }

    /// <summary>As in the path; a date or Unix milliseconds.</summary>
    public required string To { get; init; }

    /// <summary>First day to look at, New York (equities) or UTC (crypto).</summary>
    public required DateOnly FirstDay { get; init; }

    /// <summary>Last day to look at.</summary>
    public required DateOnly LastDay { get; init; }

    /// <summary>First instant that a bar may end after, Unix milliseconds, when asked for to the millisecond.</summary>
    public long? After { get; init; }

    /// <summary>Last instant at which a bar may open, Unix milliseconds, when asked for to the millisecond.</summary>
    public long? Until { get; init; }

    public bool Adjusted { get; init; } = true;

    public bool Descending { get; init; }

    /// <summary>Base aggregates (minutes for minute and hour bars, else days) that a page is made of.</summary>
    public int Limit { get; init; } = DefaultLimit;

    /// <summary>Whether this is a page after the first.</summary>
    public bool IsContinued { get; init; }

    /// <summary>Length of a bar, milliseconds; nominal from the month on.</summary>
    public long Step => Multiplier * Timespan switch
    {
        Timespan.Minute => 60_000L,
        Timespan.Hour => 3_600_000L,
        Timespan.Day => Day,
        Timespan.Week => 7 * Day,
        Timespan.Month => 30 * Day,
        Timespan.Quarter => 91 * Day,
        _ => 365 * Day,
    };

    /// <summary>Whether several bars fit into a day.</summary>
    public bool IsIntraday => Timespan is Timespan.Minute or Timespan.Hour;

    /// <summary>Reads a request.</summary>
    /// <returns>The query, or what is wrong with it.</returns>
    public static (AggregatesQuery? Query, string? Problem) Read(HttpRequest request)
    {
        var parameters = Parameters(request);
        string Route(string name) => (string)request.RouteValues[name]!;
        if (!int.TryParse(Route("multiplier"), NumberStyles.None, CultureInfo.InvariantCulture, out var multiplier) || multiplier is 0 or > 1000)
        {
            return (null, "Could not parse the multiplier parameter: must be a positive whole number");
        }

        if (!SnakeCase.TryParse<Timespan>(Route("timespan"), out var timespan))
        {
            return (null, $"Invalid timespan: '{Route("timespan")}'");
        }

        if (!TryReadInstant(Route("from"), out var firstDay, out var after))
        {
            return (null, "Could not parse the time parameter: 'from'. Use YYYY-MM-DD or Unix MS Timestamps");
        }

        if (!TryReadInstant(Route("to"), out var lastDay, out var until))
        {
            return (null, "Could not parse the time parameter: 'to'. Use YYYY-MM-DD or Unix MS Timestamps");
        }

        if (lastDay < firstDay)
        {
            return (null, "The parameter 'to' cannot be a time that occurs before 'from'");
        }

        var limit = DefaultLimit;
        if (parameters.TryGetValue("limit", out var limitText) && (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit == 0))
        {
            return (null, "Could not parse the limit parameter: must be a positive whole number");
        }

        return (new AggregatesQuery
        {
            Ticker = Route("ticker"),
            Multiplier = multiplier,
            Timespan = timespan,
            From = Route("from"),
            To = Route("to"),
            FirstDay = after is null ? firstDay : firstDay.AddDays(-1),
            LastDay = lastDay,
            After = after,
            Until = until,
            Adjusted = !(parameters.TryGetValue("adjusted", out var adjusted) && adjusted == "false"),
            Descending = parameters.TryGetValue("sort", out var sort) && sort == "desc",
            Limit = Math.Min(limit, MaxLimit),
            IsContinued = request.Query.ContainsKey("cursor"),
        }, null);
    }

    /// <summary>The address of the page that begins at <paramref name="border"/>: it carries the parameters in a cursor, but never the key.</summary>
    public string Next(HttpRequest request, long border)
    {
        var (from, to) = Descending ? (From, border.ToString(CultureInfo.InvariantCulture)) : (border.ToString(CultureInfo.InvariantCulture), To);
        var parameters = string.Create(CultureInfo.InvariantCulture, $"adjusted={(Adjusted ? "true" : "false")}&limit={Limit}&sort={(Descending ? "desc" : "asc")}");
        var cursor = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(parameters));
        var span = Timespan.ToString().ToLowerInvariant();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Scheme}://{request.Host}{request.PathBase}/polygon/v2/aggs/ticker/{Uri.EscapeDataString(Ticker)}/range/{Multiplier}/{span}/{from}/{to}?cursor={cursor}");
    }

    private static Dictionary<string, string> Parameters(HttpRequest request)
    {
        var parameters = request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        if (parameters.TryGetValue("cursor", out var cursor) && Base64Url.IsValid(cursor))
        {
            foreach (var (name, value) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor))))
            {
                parameters[name] = value.ToString();
            }
        }

        return parameters;
    }

    private static bool TryReadInstant(string text, out DateOnly day, out long? instant)
    {
        instant = null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day))
        {
            return true;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds > 253_402_300_799_999)
        {
            return false;
        }

        instant = milliseconds;
        day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime);
        return true;
    }
}

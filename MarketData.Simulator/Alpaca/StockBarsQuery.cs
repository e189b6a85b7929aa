using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MarketData.Simulator.Alpaca;

/// <summary>What is asked of <c>/v2/stocks/bars</c>.</summary>
internal sealed record StockBarsQuery
{
    private const int DefaultLimit = 1_000;
    private const int MaxLimit = 10_000;
    private const long Minute = 60_000;
    private const long QuarterHour = 15 * Minute;

    private static readonly Dictionary<string, long> Timeframes = new()
    {
        ["1Min"] = Minute,
        ["5Min"] = 5 * Minute,
        ["15Min"] = 15 * Minute,
        ["30Min"] = 30 * Minute,
        ["1Hour"] = 60 * Minute,
        ["4Hour"] = 240 * Minute,
        ["1Day"] = 1440 * Minute,
    };

    public required IReadOnlyList<string> Symbols { get; init; }

    /// <summary>Length of a bar, milliseconds.</summary>
    public required long Step { get; init; }

    /// <summary>First opening, Unix milliseconds, included.</summary>
    public required long Start { get; init; }

    /// <summary>Last opening, Unix milliseconds, included.</summary>
    public required long End { get; init; }

    public required int Limit { get; init; }

    public required bool Descending { get; init; }

    /// <summary>Whether the consolidated tape is asked for, whose last fifteen minutes the free plan lacks.</summary>
    public required bool IsSip { get; init; }

    /// <summary>The day on which names mean what is asked for; null for the one that had a name on each day.</summary>
    public DateOnly? AsOf { get; init; }

    /// <summary>The last bar of the page before; null on the first page.</summary>
    public (string Symbol, long Time)? After { get; init; }

    /// <summary>Whether several bars fit into a day.</summary>
    public bool IsIntraday => Step < 1440 * Minute;

    /// <summary>The token that asks for what follows a bar, in the provider's form: <c>AAPL|D|2023-09-29T04:00:00.000000000Z</c>.</summary>
    public string TokenAfter(string symbol, long time) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{symbol}|{(IsIntraday ? 'M' : 'D')}|{DateTimeOffset.FromUnixTimeMilliseconds(time):yyyy-MM-dd'T'HH:mm:ss.fffffff}00Z")));

    /// <summary>Reads a request.</summary>
    /// <returns>The query, or what is wrong with it.</returns>
    public static (StockBarsQuery? Query, string? Problem) Read(IQueryCollection query, long now, DateOnly today)
    {
        var (symbols, invalid) = AlpacaQuery.Symbols(query);
        var midnight = now - now % (1440 * Minute);
        var asOf = query["asof"].ToString();
        var date = today;
        if (symbols.Count == 0)
        {
            return (null, "symbols is required");
        }

        if (invalid is not null)
        {
            return (null, $"invalid symbol: {invalid}");
        }

        if (!Timeframes.TryGetValue(query["timeframe"].ToString(), out var step))
        {
            return (null, $"invalid timeframe: {query["timeframe"]}");
        }

        if (!AlpacaQuery.TryReadInstant(query, "start", midnight, out var start))
        {
            return (null, $"Invalid format for parameter start: error parsing '{query["start"]}' as RFC3339 or 2006-01-02 time");
        }

        if (!AlpacaQuery.TryReadInstant(query, "end", now - QuarterHour, out var end))
        {
            return (null, $"Invalid format for parameter end: error parsing '{query["end"]}' as RFC3339 or 2006-01-02 time");
        }

        if (end < start)
        {
            return (null, "end should not be before start");
        }

        if (!AlpacaQuery.TryReadLimit(query, DefaultLimit, MaxLimit, out var limit))
        {
            return (null, $"invalid limit: {query["limit"]}");
        }

        if (query["adjustment"].ToString() is not ("" or "raw"))
        {
            return (null, "only adjustment=raw is simulated");
        }

        if (query["feed"].ToString() is not ("" or "sip" or "iex"))
        {
            return (null, $"invalid feed: {query["feed"]}");
        }

        if (asOf is not ("" or "-") && !AlpacaQuery.TryReadDate(query, "asof", today, out date))
        {
            return (null, $"invalid asof: {asOf}");
        }

        return !TryReadToken(query["page_token"].ToString(), out var after)
            ? (null, "invalid page_token")
            : (new StockBarsQuery
            {
                Symbols = symbols,
                Step = step,
                Start = start,
                End = end,
                Limit = limit,
                Descending = query["sort"] == "desc",
                IsSip = query["feed"].ToString() != "iex",
                AsOf = asOf == "-" ? null : date,
                After = after,
            }, null);
    }

    private static bool TryReadToken(string token, out (string Symbol, long Time)? after)
    {
        after = null;
        if (token.Length == 0)
        {
            return true;
        }

        if (!Base64Url.IsValid(token)
            || Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('|') is not [var symbol, _, var time]
            || !DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
        {
            return false;
        }

        after = (symbol, instant.ToUnixTimeMilliseconds());
        return true;
    }
}

using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Polygon;

/// <summary>Polygon's corporate actions: <c>/v3/reference/splits</c> and <c>/v3/reference/dividends</c>.</summary>
internal static class PolygonReference
{
    private const int DefaultLimit = 10;
    private const int MaxLimit = 1000;

    private sealed record Page(string? Ticker, DateOnly From, DateOnly To, bool Ascending, int Limit, int Skip);

    /// <summary>Splits, newest first unless <c>order=asc</c>; filters <c>ticker</c> and <c>execution_date</c> with <c>.gte .gt .lte .lt</c>.</summary>
    public static Task GetSplits(HttpContext context, SimulatedMarket market)
    {
        if (Read(context.Request, "execution_date", market.Today.AddYears(1)) is not { } page)
        {
            return PolygonErrors.BadRequest(context, "Could not parse the query: dates are YYYY-MM-DD, limit is 1 to 1000");
        }

        var reverse = context.Request.Query["reverse_split"].ToString();
        var splits = Listed(market, page.Ticker)
            .SelectMany(history => ActionFaults
                .Apply(ShareEvents.SplitsAtPolygon(history, page.From, Earlier(page.To, market.Today), market.Today), history.Listing, AnswerFaults.Of(context))
                .Select(split => (history.Listing, Split: split)))
            .Where(item => IsServed(item.Listing, page, item.Split.Date))
            .Where(item => reverse.Length == 0 || reverse == "true" == item.Split.From > item.Split.To)
            .Select(item => (item.Split.Date, Write: (Action<Utf8JsonWriter>)(json => WriteSplit(json, item.Listing, item.Split))));
        return Write(context, page, splits);
    }

    /// <summary>Dividends, newest first unless <c>order=asc</c>; filters <c>ticker</c> and <c>ex_dividend_date</c> with <c>.gte .gt .lte .lt</c>.</summary>
    public static Task GetDividends(HttpContext context, SimulatedMarket market)
    {
        if (Read(context.Request, "ex_dividend_date", market.Today) is not { } page)
        {
            return PolygonErrors.BadRequest(context, "Could not parse the query: dates are YYYY-MM-DD, limit is 1 to 1000");
        }

        var dividends = Listed(market, page.Ticker)
            .SelectMany(history => ActionFaults
                .Apply(ShareEvents.Dividends(history, page.From, Earlier(page.To, market.Today)), history.Listing, AnswerFaults.Of(context))
                .Select(payout => (history.Listing, Payout: payout)))
            .Where(item => IsServed(item.Listing, page, item.Payout.ExDate))
            .Select(item => (item.Payout.ExDate, Write: (Action<Utf8JsonWriter>)(json => WriteDividend(json, item.Listing, item.Payout))));
        return Write(context, page, dividends);
    }

    private static IEnumerable<PriceHistory> Listed(SimulatedMarket market, string? ticker)
    {
        if (ticker is not null)
        {
            return TickerTimeline.Companies(market, ticker);
        }

        var named = Universe.Named.Where(listing => listing.IsUnitedStatesShare).Select(listing => WireSymbols.Write(Provider.Polygon, listing)!).Distinct();
        return named.SelectMany(name => TickerTimeline.Companies(market, name)).Distinct();
    }

    private static bool IsServed(Listing listing, Page page, DateOnly date) =>
        page.Ticker is null || TickerTimeline.IsServed(listing, page.Ticker, date);

    private static Page? Read(HttpRequest request, string dateField, DateOnly latest)
    {
        var query = request.Query;
        var from = DateOnly.MinValue;
        var to = latest;
        foreach (var (suffix, fromShift, toShift) in new (string, int?, int?)[] { ("", 0, 0), (".gte", 0, null), (".gt", 1, null), (".lte", null, 0), (".lt", null, -1) })
        {
            if (query[dateField + suffix].ToString() is not { Length: > 0 } text)
            {
                continue;
            }

            if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                return null;
            }

            from = fromShift is { } later ? date.AddDays(later) : from;
            to = toShift is { } earlier && date.AddDays(earlier) < to ? date.AddDays(earlier) : to;
        }

        var limit = DefaultLimit;
        if (query["limit"].ToString() is { Length: > 0 } limitText
            && (!int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is 0 or > MaxLimit))
        {
            return null;
        }

        var ticker = query["ticker"].ToString();
        return new Page(ticker.Length == 0 ? null : ticker, from, to, query["order"] == "asc", limit, Skip(query["cursor"].ToString()));
    }

    private static int Skip(string cursor) =>
        cursor.Length > 0 && Base64Url.IsValid(cursor)
        && int.TryParse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)), NumberStyles.None, CultureInfo.InvariantCulture, out var skip)
            ? skip
            : 0;

    private static async Task Write(HttpContext context, Page page, IEnumerable<(DateOnly Date, Action<Utf8JsonWriter> Write)> items)
    {
        var empty = AnswerFaults.Of(context).Has(FaultKind.EmptyAnswer);
        var sorted = page.Ascending ? items.OrderBy(item => item.Date) : items.OrderByDescending(item => item.Date);
        var rows = empty ? [] : sorted.Skip(page.Skip).Take(page.Limit + 1).ToList();
        context.Response.ContentType = "application/json";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteStartArray("results");
        foreach (var row in rows.Take(page.Limit))
        {
            row.Write(json);
        }

        json.WriteEndArray();
        json.WriteString("status", "OK");
        json.WriteString("request_id", PolygonErrors.RequestId());
        if (rows.Count > page.Limit)
        {
            json.WriteString("next_url", Next(context.Request, page));
        }

        json.WriteEndObject();
    }

    private static string Next(HttpRequest request, Page page)
    {
        var cursor = Base64Url.EncodeToString(Encoding.UTF8.GetBytes((page.Skip + page.Limit).ToString(CultureInfo.InvariantCulture)));
        var kept = request.Query.Where(pair => pair.Key is not ("apiKey" or "cursor")).Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value.ToString())}");
        return $"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}?{string.Join('&', kept.Append($"cursor={cursor}"))}";
    }

    private static void WriteSplit(Utf8JsonWriter json, Listing listing, ListedSplit split)
    {
        json.WriteStartObject();
        json.WriteString("execution_date", Date(split.Date));
        json.WriteString("id", Id(listing, split.Date, 80));
        json.WriteNumber("split_from", split.From);
        json.WriteNumber("split_to", split.To);
        json.WriteString("ticker", WireSymbols.Write(Provider.Polygon, listing));
        json.WriteEndObject();
    }

    private static void WriteDividend(Utf8JsonWriter json, Listing listing, Payout payout)
    {
        json.WriteStartObject();
        json.WriteNumber("cash_amount", payout.Declared);
        json.WriteString("currency", payout.Currency);
        json.WriteString("declaration_date", Date(payout.RecordDate.AddDays(-14)));
        json.WriteString("dividend_type", "CD");
        json.WriteString("ex_dividend_date", Date(payout.ExDate));
        json.WriteNumber("frequency", listing.DividendsPerYear);
        json.WriteString("id", Id(listing, payout.ExDate, 81));
        json.WriteString("pay_date", Date(payout.RecordDate.AddDays(10)));
        json.WriteString("record_date", Date(payout.RecordDate));
        json.WriteString("ticker", WireSymbols.Write(Provider.Polygon, listing));
        json.WriteEndObject();
    }

    private static string Id(Listing listing, DateOnly date, int stream)
    {
        var seed = Noise.Seed(0, listing.Symbol.Value);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"E{Noise.Bits(seed, date.DayNumber, stream):x16}{Noise.Bits(seed, date.DayNumber, stream + 2):x16}{Noise.Bits(seed, date.DayNumber, stream + 4):x16}{Noise.Bits(seed, date.DayNumber, stream + 6):x16}");
    }

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateOnly Earlier(DateOnly left, DateOnly right) => left < right ? left : right;
}

using System.Globalization;
using System.Text.Json;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;

namespace MarketData.Simulator.Yahoo;

/// <summary>Yahoo's chart under <c>/yahoo</c>.</summary>
internal static class YahooApi
{
    /// <summary>Maps the routes.</summary>
    public static void MapYahoo(this IEndpointRouteBuilder app)
    {
        app.MapGet("/yahoo/v8/finance/chart/{symbol}", GetChart)
            .WithMetadata(new ProviderEndpoint(Provider.Yahoo, EndpointKind.Candles));
        app.MapGet("/yahoo/", YahooCrumbs.GiveCookie).WithMetadata(new ProviderEndpoint(Provider.Yahoo, EndpointKind.Cookie));
        app.MapGet("/yahoo-cookie/", YahooCrumbs.GiveCookie).WithMetadata(new ProviderEndpoint(Provider.Yahoo, EndpointKind.Cookie));
        app.MapGet("/yahoo/v1/test/getcrumb", YahooCrumbs.GiveCrumb).WithMetadata(new ProviderEndpoint(Provider.Yahoo, EndpointKind.Crumb));
    }

    private static async Task GetChart(HttpContext context, string symbol, SimulatedMarket market, ChartSeries series)
    {
        if (context.Request.Headers.UserAgent.Count == 0)
        {
            await YahooErrors.RateLimited(context);
            return;
        }

        if (AnswerFaults.Of(context).Has(FaultKind.CrumbWanted) && !YahooCrumbs.Has(context.Request))
        {
            await YahooErrors.Unauthorized(context, "Invalid Crumb", "finance");
            return;
        }

        if (!market.TryFind(Provider.Yahoo, symbol, out var history) || history.Listing.IsDelisted(market.Today))
        {
            await YahooErrors.NotFound(context);
            return;
        }

        var (query, problem) = ChartQuery.Read(context.Request.Query, history, market.Now);
        if (query is null)
        {
            await YahooErrors.BadRequest(context, problem!);
        }
        else if (query.TooFarBack(market.Now) is { } refusal)
        {
            await YahooErrors.Unprocessable(context, refusal);
        }
        else if (query.To <= FirstTrade(history))
        {
            await YahooErrors.BadRequest(
                context, string.Create(CultureInfo.InvariantCulture, $"Data doesn't exist for startDate = {query.From / 1000}, endDate = {query.To / 1000}"));
        }
        else
        {
            var rows = series.Rows(history, query);
            BarFaults.Apply(
                rows,
                AnswerFaults.Of(context),
                new AnswerScene(Provider.Yahoo, query.Interval.Length, market.Now, query.To, LastSession: series.LastSession(history, query)));
            await Write(context, market, series, history, query, rows);
        }
    }

    private static long FirstTrade(PriceHistory history) =>
        new DateTimeOffset(history.Listing.HistoryFrom.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static async Task Write(
        HttpContext context, SimulatedMarket market, ChartSeries series, PriceHistory history, ChartQuery query, List<Row> rows)
    {
        context.Response.ContentType = "application/json;charset=utf-8";
        await using var json = WireJson.Writer(context.Response);
        json.WriteStartObject();
        json.WriteStartObject("chart");
        json.WriteStartArray("result");
        json.WriteStartObject();
        ChartMeta.Write(json, market, series, history, query, isOther: AnswerFaults.Of(context).Has(FaultKind.OtherInstrument));
        if (rows.Count > 0)
        {
            WriteStamps(json, rows);
            ChartEvents.Write(json, market, history, query, AnswerFaults.Of(context));
        }

        await WriteIndicators(context, json, query, rows);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteNull("error");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteStamps(Utf8JsonWriter json, List<Row> rows)
    {
        json.WriteStartArray("timestamp");
        foreach (var row in rows)
        {
            json.WriteNumberValue(row.Stamp / 1000);
        }

        json.WriteEndArray();
    }

    private static async Task WriteIndicators(HttpContext context, Utf8JsonWriter json, ChartQuery query, List<Row> rows)
    {
        json.WriteStartObject("indicators");
        json.WriteStartArray("quote");
        json.WriteStartObject();
        if (rows.Count > 0)
        {
            await WriteColumn(context, json, "open", rows, row => row.PricesNull ? null : row.Bar.Open);
            await WriteColumn(context, json, "high", rows, row => row.PricesNull ? null : row.Bar.High);
            await WriteColumn(context, json, "low", rows, row => row.PricesNull ? null : row.Bar.Low);
            await WriteColumn(context, json, "close", rows, row => row.PricesNull ? null : row.Bar.Close);
            await WriteColumn(context, json, "volume", rows, row => row.VolumeNull ? null : row.Bar.Volume);
        }

        json.WriteEndObject();
        json.WriteEndArray();
        if (!query.Interval.IsIntraday)
        {
            json.WriteStartArray("adjclose");
            json.WriteStartObject();
            if (rows.Count > 0)
            {
                await WriteColumn(context, json, "adjclose", rows, row => row.PricesNull ? null : row.AdjustedClose);
            }

            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static async Task WriteColumn(HttpContext context, Utf8JsonWriter json, string name, List<Row> rows, Func<Row, double?> value)
    {
        json.WriteStartArray(name);
        foreach (var row in rows)
        {
            if (value(row) is { } number)
            {
                json.WriteNumber(number, row.Style);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
        await json.FlushWhenFullAsync(context);
    }
}

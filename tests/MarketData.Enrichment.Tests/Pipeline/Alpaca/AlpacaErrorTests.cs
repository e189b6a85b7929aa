using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers.Alpaca;
using MarketData.Enrichment.Resilience;
using MarketData.Enrichment.Tests.Resilience;
using MarketData.Testing;
using Microsoft.AspNetCore.Http;

namespace MarketData.Enrichment.Tests.Pipeline.Alpaca;

/// <summary>What Alpaca's refusals and broken answers mean.</summary>
public sealed class AlpacaErrorTests(PostgresServer server) : AlpacaTests(server)
{
    private static readonly DateTime From = Day(2026, 10, 1);
    private static readonly DateTime To = Day(2026, 11, 1);

    [Theory]
    [InlineData("unauthorized", ProviderErrorKind.BadKey, "401 Authorization Required")]
    [InlineData("forbidden", ProviderErrorKind.BadKey, "forbidden.")]
    [InlineData("unknown_symbol", ProviderErrorKind.UnknownSymbol, "invalid symbol: AAPL")]
    [InlineData("server_error", ProviderErrorKind.Transient, "HTTP 503")]
    [InlineData("html_page", ProviderErrorKind.BadAnswer, "unreadable")]
    [InlineData("truncated_json", ProviderErrorKind.BadAnswer, "unreadable")]
    [InlineData("cut_body", ProviderErrorKind.BadAnswer, "broke off")]
    [InlineData("wrong_types", ProviderErrorKind.UnreadableSymbol, "bars.AAPL[0].c is an object")]
    [InlineData("other_instrument", ProviderErrorKind.IdentityMismatch, "AAPLW instead of AAPL")]
    public async Task Each_is_named(string fault, ProviderErrorKind kind, string said)
    {
        await StartAsync();
        await FaultAsync(new { kind = fault, provider = "alpaca", bar_rate = 1 });
        var failure = await FailureAsync("AAPL", From, To);

        (failure.Provider, failure.Kind).ShouldBe(("alpaca", kind));
        failure.Message.ShouldContain(said);
    }

    [Theory]
    [InlineData(400, """{"message":"invalid symbol: AAPL"}""", ProviderErrorKind.UnknownSymbol)]
    [InlineData(400, """{"message":"invalid timeframe: 7Min"}""", ProviderErrorKind.Refused)]
    [InlineData(403, """{"message":"subscription does not permit querying recent SIP data"}""", ProviderErrorKind.PlanLimit)]
    [InlineData(404, """{"message":"endpoint not found."}""", ProviderErrorKind.UnknownSymbol)]
    [InlineData(422, """{"message":"unprocessable"}""", ProviderErrorKind.Refused)]
    [InlineData(429, """{"message":"too many requests."}""", ProviderErrorKind.RateLimited)]
    [InlineData(500, """{"message":"internal server error occurred"}""", ProviderErrorKind.Transient)]
    [InlineData(200, """{"message":"hello"}""", ProviderErrorKind.UnreadableSymbol)]
    [InlineData(200, """{"bars":[],"next_page_token":null}""", ProviderErrorKind.UnreadableSymbol)]
    [InlineData(200, """{"bars":{"AAPL":[]},"next_page_token":"same"}""", ProviderErrorKind.BadAnswer)]
    [InlineData(200, """{"bars":{"AAPL":[]},"next_page_token":null,"currency":"CAD"}""", ProviderErrorKind.IdentityMismatch)]
    public async Task Its_words_decide_what_follows(int status, string body, ProviderErrorKind kind)
    {
        await using var wire = await ScriptedProvider.StartAsync((context, _) => AnswerAsync(context, status, body));
        await StartAsync(("Providers:Alpaca:BaseUrl", wire.Address.ToString()));

        (await FailureAsync("AAPL", From, To)).Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData("""{"bars":null,"next_page_token":null}""")]
    [InlineData("""{"bars":{},"next_page_token":null,"currency":"USD"}""")]
    [InlineData("""{"bars":{"AAPL":null},"next_page_token":""}""")]
    public async Task Nothing_for_the_range_is_no_failure(string body)
    {
        await using var wire = await ScriptedProvider.StartAsync((context, _) => AnswerAsync(context, 200, body));
        await StartAsync(("Providers:Alpaca:BaseUrl", wire.Address.ToString()));

        (await FetchAsync("AAPL", BarInterval.OneDay, From, To)).HasAny.ShouldBeFalse();
    }

    [Fact]
    public async Task The_rows_that_read_are_used_and_the_others_rejected_with_their_place()
    {
        const string body = """
            {"bars":{"AAPL":[
             {"t":"2026-10-05T04:00:00Z","o":10,"h":12,"l":9,"c":11,"v":100,"n":7,"vw":10.5},
             {"t":"2026-10-06T04:00:00Z","o":"n/a","h":12,"l":9,"c":11,"v":100},
             {"t":"soon","o":10,"h":12,"l":9,"c":11,"v":100},
             {"o":10,"h":12,"l":9,"c":11,"v":100},
             {"t":"2026-10-07T04:00:00Z","o":null,"h":12,"l":9,"c":11,"v":100},
             {"t":"2026-10-08T04:00:00Z","o":NaN,"h":12,"l":9,"c":11,"v":100},
             {"t":"2026-10-09T04:00:00.000000000Z","o":"10","h":1.2e1,"l":9,"c":11,"v":100,"x":{"y":[1]}}]}}
            """;
        await using var wire = await ScriptedProvider.StartAsync((context, _) => AnswerAsync(context, 200, body));
        await StartAsync(("Providers:Alpaca:BaseUrl", wire.Address.ToString()));
        var result = await FetchAsync("AAPL", BarInterval.OneDay, From, To);

        result.Candles.ToArray().Select(candle => (candle.Timestamp.Day, candle.Open, candle.Vwap, candle.TradeCount))
            .ShouldBe([(5, 10.0, 10.5, 7L), (9, 10.0, double.NaN, null)]);
        result.NullRows.ShouldBe(1);
        result.Rejected.Select(row => row.Detail).ShouldBe(
        [
            "bars.AAPL[1].o is the text \"n/a\".", "bars.AAPL[2].t is text.", "bars.AAPL[3] has no t.", "bars.AAPL[5].o is the text \"NaN\".",
        ]);
    }

    [Fact]
    public void Who_asked_too_often_waits_until_there_is_more()
    {
        var now = MidSession;
        using var response = new HttpResponseMessage();
        void Tell(string left, DateTimeOffset reset)
        {
            response.Headers.Clear();
            response.Headers.Add("X-RateLimit-Remaining", left);
            response.Headers.Add("X-RateLimit-Reset", reset.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        AlpacaRateLimit.Restraint(response, now).ShouldBeNull();
        Tell("1", now.AddSeconds(20));
        AlpacaRateLimit.Restraint(response, now).ShouldBeNull();
        Tell("0", now.AddSeconds(20));
        AlpacaRateLimit.Restraint(response, now).ShouldBe(TimeSpan.FromSeconds(20));
        // Clocks that differ make it no longer than a minute, and no shorter than a second.
        Tell("0", now.AddHours(1));
        AlpacaRateLimit.Restraint(response, now).ShouldBe(TimeSpan.FromMinutes(1));
        Tell("0", now.AddHours(-1));
        AlpacaRateLimit.Restraint(response, now).ShouldBe(TimeSpan.FromSeconds(1));

    }

    private static Task AnswerAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }
}

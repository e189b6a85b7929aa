using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MarketData.Enrichment.Tests.Resilience;

/// <summary><c>providers check</c> against servers that answer as the true ones do, and as whoever locks people out.</summary>
public sealed class ProvidersCommandTests
{
    private const string Klines =
        """[[1763337600000,"92000.10","93000.00","91000.00","92500.50","1234.5",1763423999999,"113000000.0",308000,"617.2","56500000.0","0"]]""";

    private const string Funding = """[{"symbol":"BTCUSDT","fundingTime":1763337600000,"fundingRate":"0.00010000","markPrice":"92000.00"}]""";

    private const string Bars =
        """{"ticker":"SPY","queryCount":1,"resultsCount":1,"adjusted":false,"results":[{"v":7.1e7,"vw":665.1,"o":669.7,"c":665.7,"h":673.7,"l":662.2,"t":1763355600000,"n":900000}],"status":"OK","request_id":"a","count":1}""";

    private const string Chart =
        """
        {"chart":{"result":[{"meta":{"currency":"USD","symbol":"SPY","exchangeName":"PCX","instrumentType":"ETF","gmtoffset":-18000,
        "exchangeTimezoneName":"America/New_York","dataGranularity":"1d"},"timestamp":[1763389800],"indicators":{"quote":[{"open":[669.7],
        "high":[673.7],"low":[662.2],"close":[665.7],"volume":[90456100]}]}}],"error":null}}
        """;

    [Fact]
    public async Task Where_all_answer_each_class_is_served()
    {
        var (code, output) = await CheckAsync(Answers(), "--Providers:Polygon:ApiKey=key");
        Row(output, "polygon").ShouldContain("gives candles.");
        Row(output, "binance").ShouldContain("works ");
        foreach (var served in (string[])["stock", "etf", "index", "fx", "crypto"])
            output.ShouldContain($"{served,-7}served by ");
        code.ShouldBe(0, output);
    }

    [Theory]
    [InlineData("polygon", 401, """{"status":"ERROR","request_id":"a","error":"Unknown API Key"}""", "key refused", "Unknown API Key", "ApiKey")]
    [InlineData(
        "polygon", 403, """{"status":"NOT_AUTHORIZED","message":"You are not entitled to this data. Please upgrade your plan at https://massive.com/pricing"}""",
        "plan limit", "upgrade your plan", "plan")]
    [InlineData(
        "binance", 451, """{"code":0,"msg":"Service unavailable from a restricted location according to 'b. Eligibility'."}""",
        "restricted location", "restricted location", "BaseUrl")]
    [InlineData("polygon", 429, """{"status":"ERROR","error":"You've exceeded the maximum requests per minute"}""", "leave alone", "asked too often", "Wait")]
    [InlineData("yahoo", 429, "Edge: Too Many Requests", "refuses client", "Too Many Requests", "provider")]
    [InlineData("binance", 200, "<html><head><title>Welcome to Hotel WiFi</title></head></html>", "proxy answered", "Hotel WiFi", "captive portal")]
    [InlineData("binance", 407, "", "proxy answered", "logged in", "HTTPS_PROXY")]
    [InlineData("binance", 503, "", "failed", "HTTP 503", "Wait")]
    [InlineData("binance", 200, "{}", "failed", "unreadable", "format")]
    public async Task Whoever_is_locked_out_is_told_how(string provider, int status, string body, string verdict, string says, string helps)
    {
        var (_, output) = await CheckAsync(Answers((provider, context => Write(context, body, status))), "--Providers:Polygon:ApiKey=key");
        Row(output, provider).ShouldContain(verdict);
        Row(output, provider).ShouldContain(says);
        AdviceTo(output, provider).ShouldContain(helps);
    }

    [Fact]
    public async Task What_the_keys_plan_allows_is_learnt()
    {
        var old = DateTime.UtcNow.AddYears(-3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var (code, output) = await CheckAsync(
            Answers(("polygon", context => context.Request.Path.Value!.Contains(old, StringComparison.Ordinal)
                ? Write(context, """{"status":"NOT_AUTHORIZED","message":"Your plan doesn't include this data timeframe."}""", 403)
                : Write(context, Bars))),
            "--Providers:Polygon:ApiKey=key");
        Row(output, "polygon").ShouldContain("5 requests a minute and two years");
        code.ShouldBe(0);
    }

    [Fact]
    public async Task A_captive_portal_that_redirects_is_told_from_the_provider()
    {
        static Task Redirect(HttpContext context)
        {
            context.Response.Headers.Location = "http://portal.hotel.example/login";
            return Write(context, "", 302);
        }

        var (_, output) = await CheckAsync(Answers(("binance", Redirect)));
        Row(output, "binance").ShouldContain("proxy answered");
        Row(output, "binance").ShouldContain("portal.hotel.example");
        AdviceTo(output, "binance").ShouldContain("captive portal");
    }

    [Fact]
    public async Task Who_wants_to_be_left_alone_says_until_when()
    {
        static Task Ban(HttpContext context)
        {
            context.Response.Headers.RetryAfter = "120";
            return Write(context, """{"code":-1003,"msg":"Too many requests"}""", 418);
        }

        var (_, output) = await CheckAsync(Answers(("binance", Ban)));
        Row(output, "binance").ShouldContain("leave alone");
        Row(output, "binance").ShouldContain("It may be asked again at ");
    }

    [Fact]
    public async Task Without_a_key_nothing_is_asked_and_where_to_get_one_is_told()
    {
        var asked = false;
        Task Asked(HttpContext context)
        {
            asked = true;
            return Write(context, Bars);
        }

        foreach (var settings in (string[][])[[], ["--Providers:Polygon:ApiKey="], ["--Providers:Polygon:ApiKey= "]])
        {
            var (code, output) = await CheckAsync(Answers(("polygon", Asked)), settings);
            Row(output, "polygon").ShouldContain("needs key");
            AdviceTo(output, "polygon").ShouldContain("https://massive.com/");
            AdviceTo(output, "polygon").ShouldContain("Providers:Polygon:ApiKey");
            (code, asked).ShouldBe((0, false));
        }
    }

    [Fact]
    public async Task Futures_that_are_not_served_cost_the_candles_nothing()
    {
        var (code, output) = await CheckAsync(Answers(("binance-futures", context => Write(context, """{"code":0,"msg":"Service unavailable"}""", 451))));
        Row(output, "binance").ShouldContain("works without futures");
        AdviceTo(output, "binance").ShouldContain("funding rate");
        code.ShouldBe(0);
    }

    [Fact]
    public async Task A_disabled_provider_is_asked_and_serves_nobody()
    {
        var (code, output) = await CheckAsync(Answers(), "--Providers:Yahoo:Enabled=false");
        Row(output, "yahoo").ShouldContain("is disabled, and would give candles.");
        AdviceTo(output, "yahoo").ShouldContain("Providers:Yahoo:Enabled");
        output.ShouldContain($"{"index",-7}no provider works");
        code.ShouldBe(1);
    }

    [Theory]
    [InlineData("http://prices.invalid/", "dns failure", "prices.invalid", "DNS")]
    [InlineData("http://127.0.0.1:9/", "connection failure", "127.0.0.1", "firewall")]
    public async Task The_way_to_a_provider_is_told_apart_from_the_provider(string address, string verdict, string says, string helps)
    {
        var (_, output) = await CheckAsync(Answers(), $"--Providers:Yahoo:BaseUrl={address}");
        Row(output, "yahoo").ShouldContain(verdict);
        Row(output, "yahoo").ShouldContain(says);
        AdviceTo(output, "yahoo").ShouldContain(helps);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_a_failure_of_tls()
    {
        using var key = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        await using var inspecting = builder.Build();
        inspecting.Run(context => Write(context, Chart));
        await inspecting.StartAsync(TestContext.Current.CancellationToken);

        var (_, output) = await CheckAsync(Answers(), $"--Providers:Yahoo:BaseUrl={inspecting.Urls.Single()}");
        Row(output, "yahoo").ShouldContain("tls failure");
        AdviceTo(output, "yahoo").ShouldContain("trusted certificates");
    }

    [Fact]
    public async Task Whoever_stays_silent_is_not_waited_for()
    {
        var (_, output) = await CheckAsync(Answers(("yahoo", context => Task.Delay(Timeout.Infinite, context.RequestAborted))));
        Row(output, "yahoo").ShouldContain("no answer");
        Row(output, "binance").ShouldContain("gives candles.");
    }

    [Theory]
    [InlineData(-40, "(39|40|41) s behind")]
    [InlineData(3600, "60 min ahead of")]
    public async Task A_clock_that_is_off_is_said_of_all_who_tell_the_time(int seconds, string says)
    {
        var (code, output) = await CheckAsync(
            Answers(("binance", context => Write(context, """{"code":0,"msg":"Service unavailable"}""", 451))), new SkewedClock(TimeSpan.FromSeconds(seconds)), []);
        Row(output, "yahoo").ShouldContain("clock off");
        Row(output, "yahoo").ShouldMatch($"This machine's clock is {says} its\\.");
        AdviceTo(output, "yahoo").ShouldContain("NTP");
        Row(output, "binance").ShouldContain("restricted location");
        Row(output, "binance").ShouldMatch($"This machine's clock is {says} its\\.");
        code.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_not_understood_is_said_without_a_stack_trace()
    {
        (await RunAsync(["--help"], null)).ShouldSatisfyAllConditions(help => help.Code.ShouldBe(0), help => help.Output.ShouldContain("providers check"));
        (await RunAsync(["chekc"], null)).ShouldSatisfyAllConditions(wrong => wrong.Code.ShouldBe(64), wrong => wrong.Error.ShouldContain("providers check"));
        (await RunAsync(["check", "polygon"], null)).Code.ShouldBe(64);
        var invalid = await RunAsync(["check", "--Providers:Yahoo:BaseUrl=ftp://prices"], null);
        (invalid.Code, invalid.Output).ShouldBe((78, ""));
        invalid.Error.ShouldContain("BaseUrl");
        invalid.Error.ShouldNotContain("   at ");
    }

    private static Task<(int Code, string Output)> CheckAsync(Func<HttpContext, int, Task> answers, params string[] settings) =>
        CheckAsync(answers, null, settings);

    private static async Task<(int Code, string Output)> CheckAsync(Func<HttpContext, int, Task> answers, TimeProvider? time, string[] settings)
    {
        await using var provider = await ScriptedProvider.StartAsync(answers);
        var (code, output, error) = await RunAsync(["check", $"--Providers:BaseUrl={provider.Address}", .. settings], time);
        error.ShouldBeEmpty();
        return (code, output);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments, TimeProvider? time)
    {
        await using var output = new StringWriter(CultureInfo.InvariantCulture);
        await using var error = new StringWriter(CultureInfo.InvariantCulture);
        var code = await ProvidersCommand.RunAsync(arguments, output, error, time);
        return (code, output.ToString(), error.ToString());
    }

    // Each provider in a folder of its name, as it truly answers unless said otherwise.
    private static Func<HttpContext, int, Task> Answers(params (string Provider, Func<HttpContext, Task> Answer)[] others) => (context, _) =>
    {
        var provider = context.Request.Path.Value!.Split('/')[1];
        return others.FirstOrDefault(other => other.Provider == provider) is { Answer: { } answer }
            ? answer(context)
            : provider switch
            {
                "binance" => Write(context, Klines),
                "binance-futures" => Write(context, Funding),
                "polygon" => Write(context, Bars),
                "yahoo" => Write(context, Chart),
                "coinbase" => Write(context, "[[1763337600,91000.1,93000.2,92000.3,92500.4,1234.5]]"),
                _ => Write(context, "", 404),
            };
    };

    private static Task Write(HttpContext context, string body, int status = 200)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    private static string Row(string output, string provider) => Lines(output).Single(line => line.StartsWith(provider + " ", StringComparison.Ordinal));

    private static string AdviceTo(string output, string provider) => Lines(output).SkipWhile(line => !line.StartsWith(provider + " ", StringComparison.Ordinal)).ElementAt(1);

    private static string[] Lines(string output) => output.Split('\n');

    private sealed class SkewedClock(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
    }
}

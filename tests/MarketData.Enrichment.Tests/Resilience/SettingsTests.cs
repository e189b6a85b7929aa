using System.Diagnostics;
using MarketData.Enrichment.Providers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Tests.Resilience;

public sealed class SettingsTests
{
    [Fact]
    public void The_defaults_are_those_that_are_promised()
    {
        var resilience = Options([]).Resilience;

        (resilience.RequestsPerMinute, resilience.Burst, resilience.MaxConcurrency, resilience.MaxRetries).ShouldBe((100, 150, 10, 3));
        resilience.CircuitBreaker.FailureRatio.ShouldBe(0.5);
        resilience.CircuitBreaker.MinimumThroughput.ShouldBe(10);
        resilience.CircuitBreaker.ConsecutiveFailures.ShouldBe(5);
        resilience.CircuitBreaker.SamplingDuration.ShouldBe(TimeSpan.FromSeconds(30));
        resilience.CircuitBreaker.BreakDuration.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("free", null, 5, 1)]
    [InlineData("Free", "3", 3, 1)]
    [InlineData("Advanced", null, 100, 150)]
    [InlineData(null, null, 100, 150)]
    public void Polygons_free_plan_allows_five_requests_a_minute_unless_they_are_set(string? plan, string? set, int perMinute, int burst)
    {
        var settings = new Dictionary<string, string?> { ["Providers:Polygon:Plan"] = plan };
        if (set is not null)
            settings["Providers:Polygon:Resilience:RequestsPerMinute"] = set;
        var resilience = Options(settings).Resilience;

        (resilience.RequestsPerMinute, resilience.Burst).ShouldBe((perMinute, burst));
    }

    [Theory]
    [InlineData("Resilience:RequestsPerMinute", "0")]
    [InlineData("Resilience:Burst", "-1")]
    [InlineData("Resilience:MaxConcurrency", "0")]
    [InlineData("Resilience:ConcurrencyQueue", "-1")]
    [InlineData("Resilience:RateLimitQueue", "0")]
    [InlineData("Resilience:MaxRetries", "11")]
    [InlineData("Resilience:RetryBaseDelay", "00:02:00")]
    [InlineData("Resilience:AttemptTimeout", "00:00:00")]
    [InlineData("Resilience:TotalTimeout", "00:00:01")]
    [InlineData("Resilience:CircuitBreaker:FailureRatio", "1.5")]
    [InlineData("Resilience:CircuitBreaker:MinimumThroughput", "1")]
    [InlineData("Resilience:CircuitBreaker:ConsecutiveFailures", "0")]
    [InlineData("Resilience:CircuitBreaker:SamplingDuration", "00:00:00.499")]
    [InlineData("Resilience:CircuitBreaker:SamplingDuration", "02:00:00")]
    [InlineData("Resilience:CircuitBreaker:BreakDuration", "00:00:00")]
    public void A_setting_out_of_range_is_named_with_what_would_be_right(string setting, string value)
    {
        var failure = Should.Throw<OptionsValidationException>(() => Options(new() { [$"Providers:Polygon:{setting}"] = value }));

        failure.Failures.ShouldHaveSingleItem().ShouldStartWith($"Providers:Polygon:{setting} must lie between ");
    }

    [Theory]
    [InlineData("Providers:Binance:Resilience:Burst", "0")]
    [InlineData("Providers:Binance:Resilience:Burst", "many")]
    [InlineData("Providers:Yahoo:UserAgent", "<a browser>")]
    [InlineData("Providers:Polygon:ApiKey", "two words")]
    [InlineData("Providers:Polygon:Plan", "Platinum")]
    [InlineData("Providers:Binance:WeightPerMinute", "0")]
    [InlineData("Providers:Binance:FuturesBaseUrl", "ftp://binance")]
    [InlineData("Providers:BaseUrl", "somewhere")]
    [InlineData("Providers:Order:Stock", "yahoo polygno")]
    [InlineData("Providers:Order:Bond", "yahoo")]
    [InlineData("Enrichment:Schedule", "whenever")]
    [InlineData("Enrichment:Schedule", "0 30 1 ? * 2-6")]
    [InlineData("Storage:Retention:OneHour", "7")]
    [InlineData("Storage:CompressAfterDays", "1")]
    [InlineData("Enrichment:Symbols", "AAPL MSFT aapl")]
    public async Task The_service_says_so_in_one_sentence_and_does_not_start(string setting, string value)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(EnrichmentMetrics).Assembly.Location, $"--{setting}={value}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["ConnectionStrings__marketdata"] = "Host=127.0.0.1;Port=1";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(78);
        said.Trim().Split('\n').ShouldHaveSingleItem().ShouldContain(setting, Case.Insensitive);
    }

    private static ProviderOptions Options(Dictionary<string, string?> settings)
    {
        var services = new ServiceCollection();
        services.AddProviders(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptionsMonitor<ProviderOptions>>().Get("polygon");
    }
}

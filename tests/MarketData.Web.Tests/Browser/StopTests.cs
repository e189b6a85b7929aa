using MarketData.Testing;
using MarketData.Web.Tests.Fakes;

namespace MarketData.Web.Tests.Browser;

/// <summary>The dashboard is told to stop while pages are open and event streams go through it.</summary>
public sealed class StopTests(ChromiumFixture chromium)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_pages_and_event_streams_do_not_hold_a_stop_up()
    {
        await using var api = await FakeApi.StartAsync();
        await using var web = await ServiceProcess.StartAsync("MarketData.Web", "/alive", Settings(api), Cancellation);
        await using var page = new DashboardPage(await chromium.NewPageAsync(), new Uri(web.Client.BaseAddress!, "/dashboard/"));
        await page.GoAsync("");
        using var events = await web.Client.GetAsync("/api/v1/enrichment/events", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        events.EnsureSuccessStatusCode();
        // The dashboard's own, and the one above.
        await Eventually.BecomesAsync(() => api.Listeners == 2, TimeSpan.FromMinutes(1), Cancellation);

        web.Terminate();

        await web.EndedAsync(Cancellation);
        web.ExitCode.ShouldBe(0, web.Output);
        await Eventually.BecomesAsync(() => api.Listeners == 0, TimeSpan.FromMinutes(1), Cancellation);
    }

    // So long that a stop which waits for something is not done when the test is.
    private static Dictionary<string, string?> Settings(FakeApi api) => new()
    {
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["DOTNET_SHUTDOWNTIMEOUTSECONDS"] = "600",
        ["services:api:http:0"] = api.Address,
    };
}

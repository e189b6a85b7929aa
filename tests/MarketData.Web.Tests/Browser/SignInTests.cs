using System.Net;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>Who may act: only an operator who has signed in with a key that allows it.</summary>
public sealed class SignInTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>, IAsyncLifetime
{
    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        dashboard.Api.KeyScopes = new Dictionary<string, string[]> { ["good-key"] = ["read", "enrich"], ["reader"] = ["read"] };
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Without_a_key_there_is_nothing_to_press_and_with_one_it_goes_along()
    {
        await using var page = await dashboard.OpenAsync("");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToHaveCountAsync(0);
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await page.Page.GetByLabel("API key").FillAsync("wrong");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("does not accept this key");
        await page.ShouldBeSoundAsync();

        await page.Page.GetByLabel("API key").FillAsync("good-key");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeVisibleAsync();
        await page.ListensAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();

        await Assertions.Expect(page.Page.Locator(".mud-snackbar")).ToContainTextAsync("Enrichment is paused");
        dashboard.Api.Actions.ShouldContain(action => action.StartsWith("POST /api/v1/enrichment/pause", StringComparison.Ordinal) && action.EndsWith("good-key", StringComparison.Ordinal));
        (await page.Page.EvaluateAsync<string>("document.cookie")).ShouldNotContain("marketdata-operator");
    }

    [Fact]
    public async Task A_page_can_listen_with_the_session_and_the_key_goes_along_to_the_stream_alone()
    {
        await using var page = await dashboard.OpenAsync("");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await page.Page.GetByLabel("API key").FillAsync("reader");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Signed in as Night operator" })).ToBeVisibleAsync();

        await page.Page.EvaluateAsync("""
            () => new Promise((opened, failed) => {
              const events = new EventSource('/api/v1/enrichment/events?kinds=candle&symbols=NVDA');
              events.onopen = () => { events.close(); opened(); };
              events.onerror = () => failed(new Error('no stream'));
            })
            """);
        await page.Page.EvaluateAsync("() => fetch('/api/v1/symbols')");

        dashboard.Api.KeysOfReads.ShouldContain(("/api/v1/enrichment/events?kinds=candle&symbols=NVDA", "reader"));
        dashboard.Api.KeysOfReads.ShouldContain(("/api/v1/symbols", ""));
    }

    [Fact]
    public async Task A_key_that_may_only_read_offers_no_action()
    {
        await using var page = await dashboard.OpenAsync("jobs");
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
        await page.Page.GetByLabel("API key").FillAsync("reader");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Signed in as Night operator" })).ToBeVisibleAsync();

        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_form_from_elsewhere_is_refused_and_scripts_come_from_files_only()
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var form = new FormUrlEncodedContent([new("_handler", "sign-in"), new("Input.Key", "good-key")]);
        using var posted = await http.PostAsync(new Uri(dashboard.Address, "sign-in"), form, TestContext.Current.CancellationToken);
        using var page = await http.GetAsync(dashboard.Address, TestContext.Current.CancellationToken);

        posted.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        posted.Headers.Contains("Set-Cookie").ShouldBeFalse();
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("script-src 'self';");
    }
}

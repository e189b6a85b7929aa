using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using MarketData.Testing;
using MarketData.Testing.Tools;
using Microsoft.Playwright;

namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>What an operator can do, each followed to its effect through the REST API.</summary>
[Collection(Acting.Name)]
public sealed class ActionTests(SystemFixture system, ChromiumFixture chromium)
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(3);

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backfill_of_chosen_days_begins_after_its_cost_is_seen_and_is_followed_by_month()
    {
        var month = DateTime.UtcNow.AddMonths(-1);
        await using var page = await OpenAsync("jobs/backfills");
        await page.PressAsync("Backfill…");
        var dialog = await page.DialogAsync();
        await dialog.GetByLabel("Symbols").FillAsync("brk");
        await page.Page.Locator(".mud-popover-open .mud-list-item", new() { HasText = "BRK.B" }).ClickAsync();
        await Assertions.Expect(dialog.GetByRole(AriaRole.Button, new() { Name = "Remove BRK.B" })).ToBeVisibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "1d", Exact = true }).ClickAsync();
        await dialog.GetByLabel("Last day").FillAsync($"{month:yyyy-MM}-20");
        await dialog.GetByLabel("First day").FillAsync($"{month:yyyy-MM}-03");
        await dialog.GetByLabel("First day").PressAsync("Tab");
        // One for the candles; splits, dividends and the name are asked for as well when they are due.
        await Assertions.Expect(dialog.Locator(".backfill-total")).ToContainTextAsync(new Regex("About [1-4] requests? .* candles of 1 series"));

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Start backfill" }).ClickAsync();

        await page.SaysAsync("1 symbol queued.");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Backfill of BRK.B");
        var run = await NewestRunAsync("BRK.B");
        var job = run.GetProperty("symbols").EnumerateArray().ShouldHaveSingleItem();
        job.GetProperty("timeframes").EnumerateArray().Select(timeframe => timeframe.GetString()).ShouldBe(["1d"]);
        job.GetProperty("range_from").GetDateTime().Day.ShouldBe(3);
        job.GetProperty("range_to").GetDateTime().Day.ShouldBe(21);
        (await system.EndedAsync(run.GetProperty("job_id").GetGuid(), _cancellation)).GetProperty("status").GetString().ShouldBe("completed");
        await Assertions.Expect(page.Page.Locator(".page-title .badge")).ToHaveTextAsync("Completed");
        await Assertions.Expect(page.Page.Locator(".months td.tone-good")).ToContainTextAsync("1 of 1 series stored");
    }

    [Fact]
    public async Task All_symbols_are_queued_while_paused_and_their_run_is_cancelled_and_the_scheduler_goes_on()
    {
        await using var page = await OpenAsync("jobs");
        await ShouldBecomeAsync("enrichment/dashboard/overview", answer => answer.GetProperty("running").GetInt32() + answer.GetProperty("queue_depth").GetInt32() == 0);
        await page.PressAsync("Pause");
        await page.ConfirmAsync("Pause");
        await page.SaysAsync("Enrichment is paused.");
        try
        {
            var overview = await system.GetAsync("enrichment/dashboard/overview", _cancellation);
            overview.GetProperty("scheduler_status").GetString().ShouldBe("paused");

            await page.PressAsync("Run…");
            await page.DialogAsync();
            await page.ConfirmAsync("Run all");
            await page.SaysAsync("symbols queued");
            var run = await NewestRunAsync("V");
            run.GetProperty("symbols_total").GetInt32().ShouldBe(overview.GetProperty("total_symbols").GetInt32());

            var id = run.GetProperty("job_id").GetGuid();
            await page.GoAsync($"jobs/{id}");
            await page.PressAsync("Cancel run");
            await page.ConfirmAsync("Cancel the run");
            await page.SaysAsync("cancelled");
            (await system.EndedAsync(id, _cancellation)).GetProperty("status").GetString().ShouldBe("cancelled");
            await Assertions.Expect(page.Page.Locator(".page-head .badge").First).ToHaveTextAsync("Cancelled");

            await page.GoAsync("");
            await page.Page.Locator(".page-head").GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
            await page.SaysAsync("Enrichment is running again");
            await ShouldBecomeAsync("enrichment/dashboard/overview", answer => answer.GetProperty("scheduler_status").GetString() == "running");
        }
        finally
        {
            using var resumed = await system.Http.PostAsync(new Uri("/api/v1/enrichment/resume", UriKind.Relative), null, CancellationToken.None);
        }
    }

    [Fact]
    public async Task What_failed_is_found_from_the_overview_and_tried_again_from_its_run_and_with_all_others()
    {
        JsonElement failed;
        await using (await system.FaultAsync(new { kind = "unauthorized", symbol = "TSLA" }, _cancellation))
            failed = await system.EnrichAsync(_cancellation, "TSLA");
        failed.GetProperty("symbols_failed").GetInt32().ShouldBe(1);

        // One click from the overview to the symbol and its cause.
        await using var page = await OpenAsync("");
        await page.Page.Locator(".attention li", new() { HasText = "TSLA failed" }).GetByRole(AriaRole.Link, new() { Name = "TSLA", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Page.Locator(".verdict-line")).Not.ToBeEmptyAsync();
        await Assertions.Expect(page.Page.Locator(".page-head .badge")).ToHaveTextAsync("Error");

        await page.GoAsync($"jobs/{failed.GetProperty("job_id").GetGuid()}");
        await page.PressAsync("Retry failed (1)");
        await page.SaysAsync("1 symbol queued.");
        (await EndedAsync("TSLA", failed)).GetProperty("symbols_successful").GetInt32().ShouldBe(1);

        await using (await system.FaultAsync(new { kind = "unauthorized", symbol = "TSLA" }, _cancellation))
            failed = await system.EnrichAsync(_cancellation, "TSLA");
        await page.GoAsync("jobs");
        await page.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex(@"^Retry all failed \(\d+\)$") }).ClickAsync();
        await page.ConfirmAsync("Retry");
        await page.SaysAsync("queued.");

        (await EndedAsync("TSLA", failed)).GetProperty("symbols").EnumerateArray()
            .Single(job => job.GetProperty("symbol").GetString() == "TSLA").GetProperty("status").GetString().ShouldBe("succeeded");
        page.Complaints.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_symbol_is_added_given_another_interval_run_and_deactivated()
    {
        await using var page = await OpenAsync("symbols");
        await page.PressAsync("Add symbol…");
        await page.DialogAsync();
        await page.Page.GetByLabel("Symbol", new() { Exact = true }).FillAsync("sim0042");
        await page.PressAsync("Look up");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Table, new() { Name = "What SIM0042 is" })).ToContainTextAsync("Simulated Company 0042");
        await page.PressAsync("Add symbol");
        await page.SaysAsync("SIM0042 is tracked from now on.");
        try
        {
            await Assertions.Expect(page.Page).ToHaveURLAsync(new Regex("symbols/SIM0042$"));
            Timeframes(await system.GetAsync("admin/symbols/SIM0042", _cancellation)).ShouldBe(["1d"]);
            var first = await system.EndedAsync((await NewestRunAsync("SIM0042")).GetProperty("job_id").GetGuid(), _cancellation);
            first.GetProperty("status").GetString().ShouldBe("completed");

            await page.PressAsync("Edit…");
            await page.DialogAsync();
            await Assertions.Expect(page.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "1d", Exact = true })).ToHaveAttributeAsync("aria-pressed", "true");
            await page.ConfirmAsync("1h");
            await page.ConfirmAsync("Save");
            await page.SaysAsync("SIM0042 is changed.");
            Timeframes(await system.GetAsync("admin/symbols/SIM0042", _cancellation)).ShouldBe(["1h", "1d"], ignoreOrder: true);

            // From its row, as on a phone.
            await page.Page.SetViewportSizeAsync(360, 780);
            await page.GoAsync("symbols?search=SIM0042");
            await page.PressAsync("Run SIM0042 now");
            await page.SaysAsync("1 symbol queued.");
            var run = await system.EndedAsync((await NewestRunAsync("SIM0042")).GetProperty("job_id").GetGuid(), _cancellation);
            run.GetProperty("status").GetString().ShouldBe("completed");

            await page.GoAsync("symbols/SIM0042");
            await page.PressAsync("Deactivate");
            await page.ConfirmAsync("Deactivate");
            await page.SaysAsync("SIM0042 is deactivated.");
            (await system.GetAsync("admin/symbols/SIM0042", _cancellation)).GetProperty("active").GetBoolean().ShouldBeFalse();
        }
        finally
        {
            using var removed = await system.Http.DeleteAsync(new Uri("/api/v1/admin/symbols/SIM0042?purge=true", UriKind.Relative), CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_key_works_from_when_it_is_made_until_it_is_revoked()
    {
        await using var page = await OpenAsync("keys");
        await page.PressAsync("New key…");
        await page.DialogAsync();
        await page.Page.GetByLabel("What it is for").FillAsync("A robot");
        await page.PressAsync("Read and run enrichment");
        await page.PressAsync("Make the key");
        var key = await page.Page.Locator(".secret code").InnerTextAsync();
        await page.PressAsync("I have copied it");
        var (status, access) = await AccessAsync(key);
        status.ShouldBe(HttpStatusCode.OK);
        access.GetProperty("authenticated").GetBoolean().ShouldBeTrue();
        access.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()).ShouldBe(["read", "enrich"], ignoreOrder: true);

        await page.PressAsync("Revoke A robot");
        await page.ConfirmAsync("Revoke");
        await page.SaysAsync("A robot is revoked.");

        (await AccessAsync(key)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Row, new() { Name = "A robot" })).ToContainTextAsync("Revoked");
    }

    [Fact]
    public async Task An_export_holds_every_candle_with_its_features()
    {
        await using var page = await OpenAsync("symbols/IWM");
        await page.PressAsync("Export…");
        var dialog = await page.DialogAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "All that is stored" }).ClickAsync();
        var lines = await DownloadAsync(page, @"^IWM.1d.*\.csv$");

        lines[0].Split(',').ShouldContain("timestamp");
        lines[0].Split(',').ShouldContain("sma_20");
        var status = await system.GetAsync("enrichment/dashboard/job-status/IWM", _cancellation);
        lines.Length.ShouldBe(1 + status.GetProperty("timeframes").EnumerateArray()
            .Single(series => series.GetProperty("timeframe").GetString() == "1d").GetProperty("records").GetInt32());

        // The same by the line for a terminal, as it stands there.
        var folder = Directory.CreateTempSubdirectory("marketdata-export-");
        var curl = await dialog.GetByRole(AriaRole.Region, new() { Name = "curl, 1d" }).InnerTextAsync();
        await Tool.ReadAsync(new ProcessStartInfo("bash", ["-c", curl]) { WorkingDirectory = folder.FullName }, null, _cancellation);
        (await File.ReadAllLinesAsync(folder.GetFiles().ShouldHaveSingleItem().FullName, _cancellation)).ShouldBe(lines);
    }

    [Fact]
    public async Task A_candle_tells_its_story_and_two_providers_are_compared_over_its_week()
    {
        await using var page = await OpenAsync("symbols/IWM");
        await page.BecomesAsync("() => document.querySelector('.price')?.dataset.state === 'ready'");
        await page.Page.Locator("[data-part=plot]").FocusAsync();
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await page.Page.Keyboard.PressAsync("ArrowLeft");
        await page.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("IWM 20");
        var versions = page.Page.GetByRole(AriaRole.Region, new() { Name = "Versions" });
        await Assertions.Expect(versions).ToContainTextAsync("Fetched from");
        await Assertions.Expect(versions.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^First start") })).ToHaveAttributeAsync("href", new Regex("^job/"));

        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Compare providers" }).ClickAsync();
        await page.PressAsync("Polygon (Massive)");
        await page.PressAsync("Yahoo");
        await page.PressAsync("Compare");
        await Assertions.Expect(page.Page.GetByText("that both have, the closes of")).ToBeVisibleAsync();
        page.Complaints.ShouldBeEmpty();
    }

    // A download that is broken off is asked for again, as a reader would.
    private async Task<string[]> DownloadAsync(DashboardPage page, string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            var download = await page.Page.RunAndWaitForDownloadAsync(
                () => page.Page.GetByRole(AriaRole.Link, new() { Name = "Download", Exact = true }).ClickAsync());
            download.SuggestedFilename.ShouldMatch(name);
            var failure = await download.FailureAsync();
            if (failure is null)
                return await File.ReadAllLinesAsync(await download.PathAsync(), _cancellation);
            attempt.ShouldBeLessThan(3, failure);
        }
    }

    private async Task<DashboardPage> OpenAsync(string path)
    {
        await system.FirstRunAsync(_cancellation);
        return await system.OpenAsync(chromium, path);
    }

    // By the keyboard: a month that slides in takes no clicks.
    private static string?[] Timeframes(JsonElement symbol) => [.. symbol.GetProperty("timeframes").EnumerateArray().Select(timeframe => timeframe.GetString())];

    private async Task<JsonElement> NewestRunAsync(string symbol)
    {
        var history = await system.GetAsync($"enrichment/history?limit=1&symbol={symbol}", _cancellation);
        return await system.GetAsync($"enrichment/runs/{history.GetProperty("items")[0].GetProperty("job_id").GetGuid()}", _cancellation);
    }

    private async Task<JsonElement> EndedAsync(string symbol, JsonElement after)
    {
        var run = await NewestRunAsync(symbol);
        var id = run.GetProperty("job_id").GetGuid();
        id.ShouldNotBe(after.GetProperty("job_id").GetGuid());
        return await system.EndedAsync(id, _cancellation);
    }

    private Task ShouldBecomeAsync(string path, Func<JsonElement, bool> condition) => Eventually.BecomesAsync(
        async () => condition(await system.GetAsync(path, _cancellation)), WaitLimit, _cancellation);

    private async Task<(HttpStatusCode Status, JsonElement Access)> AccessAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/api/v1/access", UriKind.Relative));
        request.Headers.Add("X-API-Key", key);
        using var response = await system.Http.SendAsync(request, _cancellation);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(_cancellation));
    }
}

using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MarketData.Testing;
using Microsoft.Playwright;
using Parquet;

namespace MarketData.Deployment.Tests;

/// <summary>What a person finds who has deployed the system as docs/deploy.md says, and what rollouts and kills do to it.</summary>
public sealed class DeploymentTests(DeployedSystem system) : IClassFixture<DeployedSystem>
{
    private const int CallsToSeeWhatRemains = 4;

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrations_end_say_what_they_did_and_find_nothing_to_do_the_next_time()
    {
        Assert.SkipWhen(system.Unavailable is not null, system.Unavailable ?? "");

        system.Migrations.ExitCode.ShouldBe(0, system.Migrations.Log);
        system.Migrations.Log.ShouldContain("0001_market_data");
        var (code, log) = await system.Cluster.RunJobAsync("migrations");
        code.ShouldBe(0, log);
        log.ShouldNotContain("0001_market_data");
        log.ShouldContain("up to date", Case.Insensitive);
    }

    [Fact]
    public async Task An_empty_warehouse_is_enriched_and_a_reader_without_a_key_gets_nothing_of_it()
    {
        Assert.SkipWhen(system.Unavailable is not null, system.Unavailable ?? "");

        var run = await system.FirstRunAsync(_cancellation);

        run.GetProperty("status").GetString().ShouldBe("completed");
        run.GetProperty("symbols_successful").GetInt32().ShouldBe(DeployedSystem.Symbols.Count);
        using var stranger = system.CreateClient("203.0.113.9");
        (await StatusAsync(stranger, "/api/v1/historical/AAPL?timeframe=1d")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(stranger, "/openapi/v1.json")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(stranger, "/metrics")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(stranger, "/health")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(system.Admin, "/openapi/v1.json")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_operator_signs_in_looks_at_a_chart_and_downloads_its_candles_while_reads_are_closed()
    {
        Assert.SkipWhen(system.Unavailable is not null, system.Unavailable ?? "");
        await system.FirstRunAsync(_cancellation);

        await using var page = await SignInAsync();
        await page.GoAsync("symbols/AAPL");
        await page.BecomesAsync("() => document.querySelector('canvas') !== null");
        await page.ListensAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Export…" }).ClickAsync();
        var dialog = page.Page.GetByRole(AriaRole.Dialog);
        foreach (var choice in (string[])["All that is stored", "Parquet"])
            await dialog.GetByRole(AriaRole.Button, new() { Name = choice, Exact = true }).ClickAsync();
        var link = dialog.GetByRole(AriaRole.Link, new() { Name = "Download" });
        await Assertions.Expect(link).ToHaveAttributeAsync("href", new Regex("format=parquet"));
        (await link.EvaluateAsync<int>("async link => (await fetch(link.href)).status")).ShouldBe(200, await system.Cluster.LogsAsync("web"));
        var download = await page.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());

        (await download.FailureAsync()).ShouldBeNull(await link.GetAttributeAsync("href"));
        await using var file = File.OpenRead(await download.PathAsync());
        await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: _cancellation);
        reader.Metadata!.NumRows.ShouldBeGreaterThan(200);
        page.Complaints.ShouldBeEmpty();
        var cookies = await page.Page.Context.CookiesAsync();
        cookies.Where(cookie => cookie.Name != "theme").ShouldAllBe(cookie => cookie.Secure);
        cookies.ShouldContain(cookie => cookie.Name == "marketdata-operator");
    }

    [Fact]
    public async Task Limits_and_audit_go_by_the_callers_own_address_whatever_he_says()
    {
        Assert.SkipWhen(system.Unavailable is not null, system.Unavailable ?? "");
        using var honest = system.CreateClient("203.0.113.2");
        using var liar = system.CreateClient("203.0.113.3", ("X-Forwarded-For", "203.0.113.2, 127.0.0.1"), ("Forwarded", "for=203.0.113.2"));

        // Each replica counts for itself. What a caller has left grows with time, so that of the honest one only he can have taken anything.
        var before = await RemainingAsync(honest);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => StatusAsync(liar, "/api/v1/symbols")));
        answers.ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        (await RemainingAsync(honest)).ShouldBeGreaterThanOrEqualTo(before - CallsToSeeWhatRemains);

        using var keyed = system.CreateClient("203.0.113.5", ("X-API-Key", system.AdminKey), ("X-Forwarded-For", "203.0.113.9"));
        using var paused = await keyed.PostAsync(new Uri("/api/v1/enrichment/resume", UriKind.Relative), null, _cancellation);
        paused.StatusCode.ShouldBe(HttpStatusCode.OK, await paused.Content.ReadAsStringAsync(_cancellation));
        var key = (await system.GetAsync("admin/api-keys", _cancellation)).GetProperty("items").EnumerateArray()
            .Single(key => key.GetProperty("name").GetString() == DeployedSystem.Operator).GetProperty("id").GetString();
        var audit = await system.GetAsync($"admin/api-keys/{key}/audit", _cancellation);
        var entry = audit.GetProperty("items").EnumerateArray().First(entry => entry.GetRawText().Contains("/enrichment/resume", StringComparison.Ordinal));
        entry.GetProperty("address").GetString().ShouldBe("203.0.113.5");
    }

    [Fact]
    public async Task Every_service_is_rolled_under_load_without_a_failed_read_a_lost_sign_in_or_a_lost_run()
    {
        Assert.SkipWhen(system.Unavailable is not null, system.Unavailable ?? "");
        await system.FirstRunAsync(_cancellation);
        await using var page = await SignInAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_cancellation);
        var readers = Enumerable.Range(0, 3).Select(reader => ReadAsync(reader, stop.Token)).ToList();
        using var late = await SlowProvidersAsync();
        var run = await system.TriggerAsync(_cancellation);

        foreach (var deployment in new[] { "enrichment", "api", "web" })
            (await system.Cluster.RollAsync(deployment, _cancellation)).ShouldAllBe(code => code == 0, deployment);
        var ended = await system.EndedAsync(run, _cancellation);
        await stop.CancelAsync();

        var failures = (await Task.WhenAll(readers)).SelectMany(failed => failed).ToList();
        failures.ShouldBeEmpty();
        ended.GetProperty("status").GetString().ShouldBe("completed", ended.GetRawText());
        ended.GetProperty("symbols_successful").GetInt32().ShouldBe(DeployedSystem.Symbols.Count);
        await page.GoAsync("symbols");
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Signed in as " + DeployedSystem.Operator })).ToBeVisibleAsync();
        (await system.RenderAsync()).ShouldBe(system.Rendered);
    }

    [Fact]
    public async Task A_killed_pod_comes_back_and_its_run_is_finished()
    {
        Assert.SkipWhen(system.Unavailable is not null, system.Unavailable ?? "");
        await system.FirstRunAsync(_cancellation);
        using var late = await SlowProvidersAsync();
        var run = await system.TriggerAsync(_cancellation);

        foreach (var deployment in new[] { "enrichment", "api", "web" })
            await system.Cluster.KillAsync(deployment, system.Cluster.PodsOf(deployment)[0], _cancellation);

        var ended = await system.EndedAsync(run, _cancellation);
        ended.GetProperty("status").GetString().ShouldBe("completed", ended.GetRawText());
    }

    private async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), _cancellation);
        return answer.StatusCode;
    }

    // The least of what the replicas say.
    private async Task<int> RemainingAsync(HttpClient client)
    {
        var least = int.MaxValue;
        for (var call = 0; call < CallsToSeeWhatRemains; call++)
        {
            using var answer = await client.GetAsync(new Uri("/api/v1/symbols", UriKind.Relative), _cancellation);
            var remaining = answer.Headers.GetValues("RateLimit").Single().Split(";r=")[1].Split(';')[0];
            least = Math.Min(least, int.Parse(remaining, CultureInfo.InvariantCulture));
        }

        return least;
    }

    // Reads again and again, as dashboards and scripts do.
    private async Task<IReadOnlyList<string>> ReadAsync(int reader, CancellationToken stop)
    {
        using var client = system.CreateClient($"203.0.113.{20 + reader}", ("X-API-Key", system.AdminKey));
        string[] paths = ["/api/v1/historical/AAPL?timeframe=1d&limit=50", "/api/v1/enrichment/dashboard/overview", "/dashboard/sign-in"];
        var failed = new List<string>();
        for (var call = reader; !stop.IsCancellationRequested; call++)
        {
            var path = paths[call % paths.Length];
            try
            {
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), stop);
                if (answer.StatusCode != HttpStatusCode.OK)
                    failed.Add($"{path}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(stop)}");
            }
            catch (HttpRequestException e)
            {
                failed.Add($"{path}: {e.Message}");
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                break;
            }
        }

        return failed;
    }

    private async Task<HttpResponseMessage> SlowProvidersAsync()
    {
        using var fault = new StringContent("""{"kind": "latency", "delay_seconds": 3, "count": 12}""", Encoding.UTF8, "application/json");
        var answer = await system.Simulator.PostAsync(new Uri("/simulator/faults", UriKind.Relative), fault, _cancellation);
        answer.EnsureSuccessStatusCode();
        return answer;
    }

    private async Task<DashboardPage> SignInAsync()
    {
        var context = await system.Browser.NewContextAsync(new() { IgnoreHTTPSErrors = true });
        var page = new DashboardPage(await context.NewPageAsync(), new Uri(system.Address, "/dashboard/"));
        await page.Page.GotoAsync(new Uri(system.Address, "/dashboard/sign-in").ToString());
        await page.Page.GetByLabel("API key").FillAsync(system.AdminKey);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.Page.GetByRole(AriaRole.Button, new() { Name = "Signed in as " + DeployedSystem.Operator })).ToBeVisibleAsync();
        return page;
    }
}

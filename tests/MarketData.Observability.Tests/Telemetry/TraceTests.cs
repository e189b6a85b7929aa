using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Observability.Tests.Telemetry;

/// <summary>What the services record: whole traces of what somebody asked for, named and with their logs, and nothing of their polls.</summary>
public sealed class TraceTests(TracedSystem system) : IClassFixture<TracedSystem>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    // Three services made 172 traces in a minute when each statement of a poll was one.
    private const int StatementsOfIdleMinute = 200;

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trace_goes_from_the_front_door_through_the_run_to_the_provider_and_to_named_statements()
    {
        var (_, trace) = await system.EnrichAsync("MSFT");

        var root = trace.Where(span => span.Parent == "").ShouldHaveSingleItem();
        root.Service.ShouldBe("web");
        root.Name.ShouldStartWith("POST");
        trace.ShouldContain(span => span.Service == "api" && span.Name.StartsWith("POST", StringComparison.Ordinal));
        var symbol = trace.Single(span => span is { Service: "enrichment", Name: "symbol MSFT" });
        Above(symbol, trace).Select(span => span.Name).ShouldContain("run manual");
        Above(symbol, trace).ShouldContain(root);
        foreach (var step in (string[])["fetch", "validate", "compute", "score", "store"])
            trace.Where(span => span.Name == step).ShouldAllBe(span => Above(span, trace).Contains(symbol), step);
        trace.ShouldContain(span => span.Source == "System.Net.Http" && Above(span, trace).Any(above => above.Name == "fetch"));

        var statements = trace.Where(span => span.Source == "Npgsql").ToList();
        statements.Where(span => span.Service == "api").Select(span => span.Name).ShouldContain("queue run");
        var ofSymbol = statements.Where(span => Above(span, trace).Contains(symbol)).Select(span => span.Name).ToList();
        foreach (var name in (string[])["read series state", "enter step", "lock series", "update data quality", "complete job"])
            ofSymbol.ShouldContain(name);
        // Straight in where the range holds nothing yet; else compared with what is there.
        ofSymbol.ShouldContain(name => name == "COPY bars_1d" || name == "read stored candles");
        statements.Where(span => span.Service == "enrichment").ShouldAllBe(span => span.Attributes["db.npgsql.data_source"].Single() == "marketdata");
        statements.Where(span => !IsNamed(span)).Select(span => $"{span.Name}: {span.Attributes["db.query.text"].Single()}").ShouldBeEmpty();
    }

    [Fact]
    public async Task Whatever_is_logged_while_a_symbol_is_worked_on_says_which_and_in_which_run()
    {
        var (runId, trace) = await system.EnrichAsync("AAPL");
        IReadOnlyList<OtlpLog> logs = [];
        await Eventually.BecomesAsync(
            () =>
            {
                logs = [.. system.Received.Logs.Where(log => log.Service == "enrichment" && log.TraceId == trace[0].TraceId)];
                return logs.Any(log => log.Body.StartsWith($"Run {runId} (manual) completed", StringComparison.Ordinal));
            },
            Timeout,
            _cancellation);

        logs.Select(log => log.Category).ShouldContain("MarketData.Enrichment.Scheduling.JobRunner");
        logs.Select(log => log.Category).ShouldContain("System.Net.Http.HttpClient.polygon.LogicalHandler");
        logs.Select(log => log.Category).ShouldContain("Npgsql.Command");
        foreach (var log in logs)
        {
            log.Attributes["RunId"].Distinct().ShouldBe([runId], log.Body);
            log.Attributes["Symbol"].Distinct().ShouldBe(["AAPL"], log.Body);
        }
    }

    [Fact]
    public async Task An_idle_minute_adds_no_trace()
    {
        var before = await ReceivedUpToHereAsync();

        await TracedSystem.StatementsAsync(StatementsOfIdleMinute, system.Enrichment);
        // Its event feed looks, and its health is published, every fifteen seconds.
        await TracedSystem.StatementsAsync(2, system.Api);
        foreach (var service in (ServiceProcess[])[system.Api, system.Enrichment, system.Web])
            (await service.Client.GetStringAsync(new Uri("/health", UriKind.Relative), _cancellation)).ShouldBe("Healthy");

        (await SinceAsync(before)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_open_page_adds_no_trace_and_a_click_in_it_one_that_goes_on_to_the_database()
    {
        await using var chromium = new ChromiumFixture();
        await chromium.InitializeAsync();
        await using var page = new DashboardPage(await chromium.Browser.NewPageAsync(), new Uri(system.Web.Client.BaseAddress!, "/dashboard/"));
        await page.GoAsync("resilience");
        var before = await ReceivedUpToHereAsync();

        // It reads the providers' state each second.
        var reads = await ReadsAsync();
        await Eventually.BecomesAsync(async () => await ReadsAsync() >= reads + 5, Timeout, _cancellation);
        (await SinceAsync(before)).ShouldBeEmpty();

        await page.GoAsync("symbols/SPY");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run…", Exact = true }).ClickAsync();
        await (await page.DialogAsync()).GetByRole(AriaRole.Button, new() { Name = "Run 1 symbol", Exact = true }).ClickAsync();
        var (_, trace) = await system.RunAsync("SPY");

        var click = trace.Where(span => span.Parent == "").ShouldHaveSingleItem();
        click.Source.ShouldBe("Microsoft.AspNetCore.Components");
        click.Name.ShouldBe("POST api/v1/enrichment/trigger");
        Above(trace.Single(span => span.Name == "symbol SPY"), trace).ShouldContain(click);
        trace.ShouldContain(span => span.Service == "api" && span.Name == "queue run");

        Task<double> ReadsAsync() => TracedSystem.SumAsync(system.Web, "http_client_request_duration_seconds_count");
    }

    // A service sends its spans in the order in which they end: when those of a run have come, so have all before it.
    private async Task<int> ReceivedUpToHereAsync()
    {
        await system.EnrichAsync("MSFT");
        return system.Received.Spans.Count;
    }

    private async Task<IReadOnlyList<string>> SinceAsync(int before)
    {
        var (_, own) = await system.EnrichAsync("MSFT");
        return [.. system.Received.Spans.Skip(before).Where(span => span.TraceId != own[0].TraceId).Select(span => $"{span.Service} {span.Source}: {span.Name}")];
    }

    // By the comment in its text; COPY into a table can have none, and is called after the table. Opening a connection has no text.
    private static bool IsNamed(OtlpSpan statement) => statement.Attributes["db.query.text"].SingleOrDefault() is not { } text
        || text.Contains($"-- {statement.Name}\n", StringComparison.Ordinal) || text.StartsWith($"{statement.Name} (", StringComparison.Ordinal);

    private static IEnumerable<OtlpSpan> Above(OtlpSpan span, IReadOnlyList<OtlpSpan> trace)
    {
        while (trace.FirstOrDefault(candidate => candidate.Id == span.Parent) is { } parent)
            yield return span = parent;
    }
}

using System.Diagnostics.Metrics;
using System.Text;
using Dapper;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Providers.Yahoo;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace MarketData.Enrichment.Tests.Resilience;

/// <summary>All nodes leave a provider alone that turns the client away, for ever longer; the hold-off is in a database.</summary>
public sealed class RefusalBackoffTests(PostgresServer server) : IAsyncLifetime
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private TestDatabase? _database;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Fact]
    public async Task Ten_requests_under_way_that_are_all_refused_are_one_step()
    {
        var all = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync(async (context, number) =>
        {
            if (number == 10)
                all.SetResult();
            await all.Task;
            await Answer(context, 429, "Edge: Too Many Requests");
        });
        await using var first = Gate();
        await using var second = Gate();

        var refusals = await Task.WhenAll(Enumerable.Range(0, 10).Select(call => RefusalAsync(provider, call % 2 == 0 ? first : second)));

        provider.Requests.ShouldBe(10);
        refusals.ShouldAllBe(refusal => refusal.Kind == ProviderErrorKind.ClientRefused);
        (await RowAsync()).Refusals.ShouldBe(1);
        (await RowAsync()).Seconds.ShouldBeInRange(60, 120);
        refusals.ShouldAllBe(refusal => refusal.RetryAt > DateTimeOffset.UtcNow.AddSeconds(60) && refusal.RetryAt < DateTimeOffset.UtcNow.AddSeconds(121));
        first.Read().Resilience.CircuitState.ShouldBe("closed");
    }

    [Fact]
    public async Task A_node_that_was_not_refused_itself_keeps_away_too_and_says_why()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, 999, ""));
        await using var first = Gate();
        await using var second = Gate();
        await RefusalAsync(provider, first);

        var kept = await RefusalAsync(provider, second);

        provider.Requests.ShouldBe(1);
        kept.Kind.ShouldBe(ProviderErrorKind.ClientRefused);
        kept.Message.ShouldContain("since it refuses this client: HTTP 999");
        second.Read().Resilience.RateLimit.Refusal.ShouldBe("refuses this client: HTTP 999");
    }

    [Fact]
    public async Task It_doubles_up_to_the_longest_and_begins_anew_after_a_success()
    {
        var serves = false;
        await using var provider = await ScriptedProvider.StartAsync(
            (context, _) => Volatile.Read(ref serves) ? Answer(context, 200, "{}") : Answer(context, 403, "Edge: Forbidden"));
        await using var gate = Gate();
        foreach (var minutes in (int[])[2, 4, 8, 15, 15])
        {
            await RefusalAsync(provider, gate);
            (await RowAsync()).Seconds.ShouldBeInRange((minutes * 60) - 50, minutes * 60);
            await EndBlockAsync();
        }

        Volatile.Write(ref serves, true);
        (await AskAsync(provider, gate)).ShouldBe("{}");
        (await RowAsync()).Refusals.ShouldBe(0);

        Volatile.Write(ref serves, false);
        await RefusalAsync(provider, gate);
        (await RowAsync()).Seconds.ShouldBeInRange(70, 120);
    }

    [Fact]
    public async Task The_answer_to_a_request_from_before_the_refusal_does_not_end_the_hold_off()
    {
        var refused = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync(async (context, number) =>
        {
            if (number > 1)
            {
                await Answer(context, 429, "");
                return;
            }

            await refused.Task;
            await Answer(context, 200, "{}");
        });
        await using var gate = Gate();
        var early = AskAsync(provider, gate);
        await Eventually.BecomesAsync(() => provider.Active == 1, TimeSpan.FromSeconds(60), Cancellation);
        await RefusalAsync(provider, gate);
        refused.SetResult();

        (await early).ShouldBe("{}");
        (await RowAsync()).Refusals.ShouldBe(1);
        await RefusalAsync(provider, gate);
        provider.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task Without_the_setting_a_refusal_is_not_held_against_the_provider()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, 429, ""));
        await using var gate = Gate(options => options.RefusalBackoff.From = TimeSpan.Zero);

        (await RefusalAsync(provider, gate)).RetryAt.ShouldBeNull();
        (await RefusalAsync(provider, gate)).RetryAt.ShouldBeNull();

        provider.Requests.ShouldBe(2);
        (await RowAsync()).Refusals.ShouldBe(0);
    }

    [Fact]
    public async Task A_cookie_and_crumb_that_are_refused_are_fetched_anew_once()
    {
        var (given, accepted, charts) = (0, 1, 0);
        await using var provider = await ScriptedProvider.StartAsync((context, _) =>
        {
            switch (context.Request.Path.Value)
            {
                case "/":
                    context.Response.Headers.SetCookie = $"A3=c{Interlocked.Increment(ref given)}; Domain=.yahoo.com; Path=/; Secure; HttpOnly";
                    return Answer(context, 404, "");
                case "/v1/test/getcrumb":
                    return Answer(context, 200, $"crumb/{context.Request.Cookies["A3"]}");
                default:
                    Interlocked.Increment(ref charts);
                    return context.Request.Query["crumb"] == $"crumb/c{Volatile.Read(ref accepted)}" && context.Request.Cookies["A3"] == $"c{accepted}"
                        ? Answer(context, 200, "{}")
                        : Answer(context, 401, """{"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}}""");
            }
        });
        await using var gate = Gate();
        using var session = new YahooSession(Client(provider, gate).ForExtras());
        Task<string> ChartAsync()
        {
            var client = Client(provider, gate);
            return session.AskAsync(client, "chart?x=1", (address, cookie) => client.GetAsync(address, Text, Cancellation, cookie), Cancellation);
        }

        await ChartAsync();
        await ChartAsync();
        (given, charts).ShouldBe((1, 3));

        // It expires: five requests at once find out, and share a new one.
        Volatile.Write(ref accepted, 2);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ChartAsync()));
        given.ShouldBe(2);
        charts.ShouldBeInRange(9, 13);

        // It accepts none: that is a refusal of the client.
        Volatile.Write(ref accepted, 0);
        var refusal = await Should.ThrowAsync<ProviderException>(ChartAsync);
        refusal.Kind.ShouldBe(ProviderErrorKind.ClientRefused);
        refusal.RetryAt.ShouldNotBeNull();
        given.ShouldBe(3);
        (await RowAsync()).Refusals.ShouldBe(1);
    }

    [Theory]
    [InlineData("Too Many Requests")]
    [InlineData("<html><body>Sorry</body></html>")]
    [InlineData("")]
    public async Task What_is_no_crumb_is_a_refusal(string crumb)
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => context.Request.Path.Value switch
        {
            "/v1/test/getcrumb" => Answer(context, 200, crumb),
            "/" => Answer(context, 404, ""),
            _ => Answer(context, 401, """{"chart":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Cookie"}}}"""),
        });
        await using var gate = Gate();
        var client = Client(provider, gate);
        using var session = new YahooSession(client.ForExtras());

        var refusal = await Should.ThrowAsync<ProviderException>(
            () => session.AskAsync(client, "chart?x=1", (address, cookie) => client.GetAsync(address, Text, Cancellation, cookie), Cancellation));

        refusal.Kind.ShouldBe(ProviderErrorKind.ClientRefused);
        (await RowAsync()).Refusals.ShouldBe(1);
        provider.Requests.ShouldBe(3);
    }

    private static Task Answer(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    }

    private static string Text(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body);

    private static ProviderClient Client(ScriptedProvider provider, ProviderGate gate) =>
        new(new HttpClient { BaseAddress = provider.Address, Timeout = Timeout.InfiniteTimeSpan }, gate, TimeProvider.System, judge: YahooRefusals.Of);

    private static Task<string> AskAsync(ScriptedProvider provider, ProviderGate gate) => Client(provider, gate).GetAsync("chart", Text, Cancellation);

    private static Task<ProviderException> RefusalAsync(ScriptedProvider provider, ProviderGate gate) =>
        Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));

    private ProviderGate Gate(Action<ProviderResilienceOptions>? change = null)
    {
        var options = new ProviderResilienceOptions
        {
            RefusalBackoff = { From = TimeSpan.FromMinutes(2), To = TimeSpan.FromMinutes(15) },
            CircuitBreaker = { ConsecutiveFailures = 1 },
        };
        change?.Invoke(options);
        var metrics = new EnrichmentMetrics(_services.GetRequiredService<IMeterFactory>(), TimeProvider.System);
        return new ProviderGate("yahoo", options, new ProviderQuotaStore(_database!.DataSource), metrics, NodeIdentity.Create(), TimeProvider.System);
    }

    private async Task<(int Refusals, double Seconds)> RowAsync()
    {
        await using var connection = await _database!.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.QuerySingleAsync<(int, double)>(
            "SELECT refusals, coalesce(extract(epoch FROM blocked_until - clock_timestamp()), 0)::float8 FROM provider_quota WHERE provider = 'yahoo'");
    }

    // As if it had ended before any request that is made from now on.
    private async Task EndBlockAsync()
    {
        await using var connection = await _database!.DataSource.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync("UPDATE provider_quota SET blocked_until = clock_timestamp() - interval '1 hour'");
    }
}

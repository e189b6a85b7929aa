using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Dapper;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Providers.Binance;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using MarketData.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace MarketData.Enrichment.Tests.Resilience;

/// <summary>A gate before a provider that answers over HTTP, with its bucket in a database.</summary>
public sealed class GateTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly NodeIdentity Node = new("node-a");

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

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task A_failure_that_may_pass_is_tried_again(int status)
    {
        await using var provider = await ScriptedProvider.StartAsync((context, number) => Answer(context, number < 3 ? status : 200));
        await using var gate = Gate();

        (await AskAsync(provider, gate)).ShouldBe("{}");

        provider.Requests.ShouldBe(3);
        gate.Read().Resilience.RetriesTotal.ShouldBe(2);
        gate.Read().Resilience.ErrorsTotal.ShouldBe(2);
    }

    [Fact]
    public async Task It_is_tried_again_three_times_and_no_more()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, 500));
        await using var gate = Gate();

        (await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate))).StatusCode.ShouldBe(500);

        provider.Requests.ShouldBe(4);
    }

    [Theory]
    [InlineData(400, ProviderErrorKind.Refused)]
    [InlineData(401, ProviderErrorKind.BadKey)]
    [InlineData(404, ProviderErrorKind.UnknownSymbol)]
    public async Task A_no_is_an_answer_and_not_asked_for_twice(int status, ProviderErrorKind kind)
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, status));
        await using var gate = Gate(options => options.CircuitBreaker.ConsecutiveFailures = 1);

        (await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate))).Kind.ShouldBe(kind);

        provider.Requests.ShouldBe(1);
        gate.Read().Resilience.CircuitState.ShouldBe("closed");
    }

    [Theory]
    [InlineData("endless")]
    [InlineData("gzip bomb")]
    [InlineData("announced")]
    public async Task An_answer_that_is_larger_than_any_can_be_is_broken_off_and_said_to_be(string kind)
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => FloodAsync(context, kind));
        await using var gate = Gate(options => options.MaxRetries = 0);
        using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = System.Net.DecompressionMethods.All })
        {
            BaseAddress = provider.Address,
            MaxResponseContentBufferSize = 1_000_000,
        };
        var client = new ProviderClient(http, gate, TimeProvider.System);

        var failure = await Should.ThrowAsync<ProviderException>(() => client.GetAsync("bars", body => body.Length, Cancellation));

        failure.Kind.ShouldBe(ProviderErrorKind.BadAnswer);
        failure.Message.ShouldContain("more than 1000000 bytes");
        failure.Advice.ShouldContain("Providers:polygon:MaxAnswerBytes");
        await Eventually.BecomesAsync(() => provider.Active == 0, TimeSpan.FromMinutes(1), Cancellation);
    }

    [Fact]
    public async Task A_page_does_not_say_that_a_symbol_is_unknown()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) =>
        {
            context.Response.StatusCode = 404;
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("\n<!DOCTYPE html><html><head><title>Guest network</title></head><body>Log in</body></html>");
        });
        await using var gate = Gate();

        var failure = await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));

        failure.Kind.ShouldBe(ProviderErrorKind.Intercepted);
        failure.Message.ShouldContain("Guest network");
        failure.Advice.ShouldContain("captive portal");
    }

    [Fact]
    public async Task Who_serves_nobody_here_is_not_asked_again_for_a_day()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, context.Request.Path == "/extras" ? 200 : 451));
        await using var gate = Gate(options => options.CircuitBreaker.ConsecutiveFailures = 1);
        using var http = new HttpClient { BaseAddress = provider.Address };

        for (var call = 0; call < 3; call++)
        {
            var refusal = await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));
            (refusal.Kind, refusal.StatusCode, refusal.RetryAt).ShouldBe((ProviderErrorKind.RestrictedLocation, 451, null));
        }

        provider.Requests.ShouldBe(1);
        gate.Read().Resilience.CircuitState.ShouldBe("closed");
        // What has another host may be served there.
        await new ProviderClient(http, gate, TimeProvider.System, isExtra: true).GetAsync("extras", body => body.Length, Cancellation);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(418)]
    public async Task Retry_after_is_obeyed_by_every_node(int status)
    {
        await using var provider = await ScriptedProvider.StartAsync((context, number) => Answer(context, number == 1 ? status : 200, ("Retry-After", "2")));
        await using var first = Gate();
        await using var second = Gate();

        var asking = AskAsync(provider, first);
        await Eventually.BecomesAsync(async () => await BlockedSecondsAsync() > 0, TimeSpan.FromSeconds(60), Cancellation);
        await Task.WhenAll(asking, AskAsync(provider, second));

        provider.Requests.ShouldBe(3);
        provider.Intervals[0].ShouldBeGreaterThan(TimeSpan.FromSeconds(1.9));
    }

    [Fact]
    public async Task A_provider_that_wants_a_long_rest_is_left_to_it_and_the_error_says_until_when()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, 429, ("Retry-After", "600")));
        await using var gate = Gate();

        var first = await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));
        var second = await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));

        provider.Requests.ShouldBe(1);
        first.RetryAt.ShouldNotBeNull().ShouldBeInRange(DateTimeOffset.UtcNow.AddSeconds(570), DateTimeOffset.UtcNow.AddSeconds(601));
        second.RetryAt.ShouldNotBeNull().ShouldBeInRange(DateTimeOffset.UtcNow.AddSeconds(570), DateTimeOffset.UtcNow.AddSeconds(601));
        second.Kind.ShouldBe(ProviderErrorKind.RateLimited);
        gate.Read().Resilience.RateLimit.RejectionsTotal.ShouldBe(1);
    }

    [Theory]
    [InlineData("2147483647")]
    [InlineData("Thu, 01 Jan 2099 00:00:00 GMT")]
    public async Task A_provider_that_asks_to_be_left_alone_for_years_is_asked_again_after_a_week(string retryAfter)
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, 429, ("Retry-After", retryAfter)));
        await using var gate = Gate();

        var failure = await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));

        failure.RetryAt.ShouldNotBeNull().ShouldBeInRange(DateTimeOffset.UtcNow.AddDays(6.9), DateTimeOffset.UtcNow.AddDays(7.1));
        (await BlockedSecondsAsync()).ShouldBeInRange(6.9 * 86_400, 7.1 * 86_400);
    }

    [Fact]
    public async Task Extras_that_fail_open_a_circuit_of_their_own()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, context.Request.Path == "/extras" ? 500 : 200));
        await using var gate = Gate();
        using var http = new HttpClient { BaseAddress = provider.Address };
        var extras = new ProviderClient(http, gate, TimeProvider.System, isExtra: true);
        for (var call = 0; call < 2; call++)
            await Should.ThrowAsync<ProviderException>(() => extras.GetAsync("extras", body => body.Length, Cancellation));

        (await Should.ThrowAsync<ProviderException>(() => extras.GetAsync("extras", body => body.Length, Cancellation))).Kind.ShouldBe(ProviderErrorKind.CircuitOpen);
        gate.Read().Resilience.CircuitState.ShouldBe("closed");
        (await new ProviderClient(http, gate, TimeProvider.System).GetAsync("candles", body => body.Length, Cancellation)).ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public async Task Binance_is_left_alone_for_the_rest_of_its_minute_when_its_weight_is_nearly_used_up()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, 200, ("X-MBX-USED-WEIGHT-1M", "5400")));
        await using var gate = Gate();
        var now = new DateTimeOffset(2026, 11, 18, 12, 0, 5, TimeSpan.Zero);
        var client = new ProviderClient(
            new HttpClient { BaseAddress = provider.Address }, gate, TimeProvider.System, response => BinanceWeight.Restraint(response, 6000, now));

        await client.GetAsync("klines", body => body.Length, Cancellation);

        (await BlockedSecondsAsync()).ShouldBeInRange(20, 55);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_broken_off_and_made_again()
    {
        await using var provider = await ScriptedProvider.StartAsync(
            async (context, number) => await (number == 1 ? Task.Delay(-1, context.RequestAborted) : Answer(context, 200)));
        await using var gate = Gate(options => options.AttemptTimeout = TimeSpan.FromSeconds(2));

        await AskAsync(provider, gate);

        provider.Requests.ShouldBe(2);
    }

    [Fact]
    public async Task Everything_together_takes_no_longer_than_the_total_timeout()
    {
        await using var provider = await ScriptedProvider.StartAsync(
            (context, number) => number == 1 ? Answer(context, 200) : Task.Delay(-1, context.RequestAborted));
        await using var gate = Gate(options =>
        {
            options.AttemptTimeout = TimeSpan.FromSeconds(3);
            options.TotalTimeout = TimeSpan.FromSeconds(5);
        });
        await AskAsync(provider, gate);
        var startedAt = Stopwatch.GetTimestamp();

        var failure = await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));

        failure.Message.ShouldContain("within 5 s");
        Stopwatch.GetElapsedTime(startedAt).ShouldBeInRange(TimeSpan.FromSeconds(4.9), TimeSpan.FromSeconds(60));
        // The second of its attempts was broken off.
        provider.Requests.ShouldBeInRange(2, 3);
    }

    [Fact]
    public async Task No_more_than_ten_are_asked_at_once_some_wait_and_the_rest_is_refused_without_blaming_the_provider()
    {
        var answers = new TaskCompletionSource();
        await using var provider = await ScriptedProvider.StartAsync(async (context, _) =>
        {
            await answers.Task;
            await Answer(context, 200);
        });
        await using var gate = Gate(options =>
        {
            options.ConcurrencyQueue = 20;
            options.CircuitBreaker.ConsecutiveFailures = 1;
        });

        var calls = Enumerable.Range(0, 40).Select(_ => AskAsync(provider, gate)).ToList();
        await Eventually.BecomesAsync(
            () => provider.Active == 10 && calls.Count(call => call.IsFaulted) == 10, TimeSpan.FromSeconds(60), Cancellation);
        var bulkhead = gate.Read().Resilience.Bulkhead;
        answers.SetResult();
        await Task.WhenAll(calls).ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);

        (bulkhead.Active, bulkhead.Queued, bulkhead.RejectionsTotal).ShouldBe((10, 20, 10L));
        provider.MostActive.ShouldBe(10);
        calls.Count(call => call.IsCompletedSuccessfully).ShouldBe(30);
        calls.Where(call => call.IsFaulted).ShouldAllBe(call => ((ProviderException)call.Exception!.InnerException!).Kind == ProviderErrorKind.RateLimited);
        gate.Read().Resilience.CircuitState.ShouldBe("closed");
    }

    [Fact]
    public async Task More_requests_than_may_wait_for_a_permit_are_refused_without_blaming_the_provider()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, 200));
        await using var gate = Gate(options =>
        {
            (options.Burst, options.RequestsPerMinute, options.RateLimitQueue) = (1, 1, 5);
            options.TotalTimeout = TimeSpan.FromSeconds(10);
            options.CircuitBreaker.ConsecutiveFailures = 1;
        });
        await AskAsync(provider, gate);

        var calls = Enumerable.Range(0, 9).Select(_ => AskAsync(provider, gate)).ToList();
        await Eventually.BecomesAsync(() => calls.Count(call => call.IsFaulted) == 4, TimeSpan.FromSeconds(9), Cancellation);

        gate.Read().Resilience.RateLimit.Queued.ShouldBe(5);
        gate.Read().Resilience.RateLimit.RejectionsTotal.ShouldBe(4);
        await Task.WhenAll(calls).ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
        gate.Read().Resilience.CircuitState.ShouldBe("closed");
        provider.Requests.ShouldBe(1);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    public async Task A_call_whose_failure_opens_the_circuit_says_what_it_was(int status)
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, status));
        await using var gate = Gate(options => options.CircuitBreaker.ConsecutiveFailures = 2);

        var refused = await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));
        var later = await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));

        provider.Requests.ShouldBe(2);
        refused.Kind.ShouldBe(ProviderErrorKind.CircuitOpen);
        refused.Message.ShouldContain("not asked again, its circuit is open. Before, it ");
        refused.Message.ShouldContain(status.ToString(CultureInfo.InvariantCulture));
        later.Message.ShouldBe("not asked, its circuit is open.");
    }

    [Fact]
    public async Task An_open_circuit_spares_the_provider_until_a_probe_finds_it_well()
    {
        var isWell = false;
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, Volatile.Read(ref isWell) ? 200 : 500));
        await using var gate = Gate(options => options.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(4));

        await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));
        (await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate))).Kind.ShouldBe(ProviderErrorKind.CircuitOpen);
        var refused = await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));
        Volatile.Write(ref isWell, true);

        provider.Requests.ShouldBe(5);
        refused.Kind.ShouldBe(ProviderErrorKind.CircuitOpen);
        refused.RetryAt.ShouldNotBeNull();
        await Eventually.BecomesAsync(() => gate.Read().Resilience.RetryAt <= DateTime.UtcNow, TimeSpan.FromSeconds(60), Cancellation);
        await AskAsync(provider, gate);
        gate.Read().Resilience.CircuitState.ShouldBe("closed");
        provider.Requests.ShouldBe(6);
    }

    [Fact]
    public async Task What_metrics_tables_and_the_gate_say_is_the_same()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, 500));
        await using var gate = Gate();
        var schema = new SchemaReadiness();
        schema.SetReady();
        using var reporter = new ProviderStateReporter(
            [gate], new ProviderStateStore(_database!.DataSource), schema, Node, TimeProvider.System, NullLogger<ProviderStateReporter>.Instance);
        await reporter.StartAsync(Cancellation);

        await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));
        await Should.ThrowAsync<ProviderException>(() => AskAsync(provider, gate));

        await using var connection = await _database.DataSource.OpenConnectionAsync(Cancellation);
        const string row = """
            SELECT concat_ws(' ', r->>'circuit_state', r->>'retries_total', r->>'calls_total', r->>'errors_total', state->>'last_error' IS NOT NULL)
            FROM provider_state, LATERAL (SELECT state->'resilience' AS r) resilience WHERE provider = 'polygon' AND node_id = 'node-a'
            """;
        await Eventually.BecomesAsync(
            async () => await connection.ExecuteScalarAsync<string>(row) == "open 4 5 5 t", TimeSpan.FromSeconds(60), Cancellation);
        (await connection.ExecuteScalarAsync<string>("SELECT from_state || ' ' || to_state || ' ' || reason FROM provider_circuit_history"))
            .ShouldBe("closed open 5 calls in a row failed.");
        (await connection.ExecuteScalarAsync<string>("SELECT payload->>'to' FROM events WHERE kind = 'circuit'")).ShouldBe("open");
        Measured("marketdata.resilience.circuit.state").ShouldBe(2);
        await reporter.StopAsync(Cancellation);
    }

    [Fact]
    public async Task A_probe_is_made_once_counts_and_does_not_disturb_who_wants_to_be_left_alone()
    {
        await using var provider = await ScriptedProvider.StartAsync((context, _) => Answer(context, 503));
        await using var gate = Gate(options => options.Burst = 10);
        using var http = new HttpClient { BaseAddress = provider.Address };
        var client = new ProviderClient(http, gate, TimeProvider.System);
        Task<int> ProbeAsync() => client.ProbeAsync("bars", body => body.Length, Cancellation);

        (await Should.ThrowAsync<ProviderException>(ProbeAsync)).Kind.ShouldBe(ProviderErrorKind.Transient);
        provider.Requests.ShouldBe(1);
        (await new ProviderQuotaStore(_database!.DataSource).TakeAsync("polygon", 10, 1, 10, Cancellation)).Permits.ShouldBe(9);
        gate.ClockOffset.ShouldNotBeNull().Duration().ShouldBeLessThan(TimeSpan.FromSeconds(5));

        await gate.HoldOffAsync(TimeSpan.FromMinutes(10), Cancellation);
        (await Should.ThrowAsync<ProviderException>(ProbeAsync)).ShouldSatisfyAllConditions(
            failure => failure.Kind.ShouldBe(ProviderErrorKind.RateLimited), failure => failure.RetryAt.ShouldNotBeNull());
        provider.Requests.ShouldBe(1);
    }

    private static Task Answer(HttpContext context, int status, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        return context.Response.WriteAsync("{}");
    }

    private static async Task FloodAsync(HttpContext context, string kind)
    {
        var zeros = new byte[100_000];
        var body = context.Response.Body;
        if (kind == "announced")
            context.Response.ContentLength = 5_000_000_000;
        if (kind == "gzip bomb")
            context.Response.Headers.ContentEncoding = "gzip";
        await using var output = kind == "gzip bomb" ? new System.IO.Compression.GZipStream(body, System.IO.Compression.CompressionLevel.Fastest) : body;
        while (!context.RequestAborted.IsCancellationRequested)
            await output.WriteAsync(zeros, context.RequestAborted);
    }

    private static Task<string> AskAsync(ScriptedProvider provider, ProviderGate gate) =>
        new ProviderClient(new HttpClient { BaseAddress = provider.Address, Timeout = Timeout.InfiniteTimeSpan }, gate, TimeProvider.System)
            .GetAsync("bars", body => System.Text.Encoding.UTF8.GetString(body), Cancellation);

    private ProviderGate Gate(Action<ProviderResilienceOptions>? change = null)
    {
        var options = new ProviderResilienceOptions { RetryBaseDelay = TimeSpan.FromMilliseconds(5), TotalTimeout = TimeSpan.FromSeconds(30) };
        change?.Invoke(options);
        var metrics = new EnrichmentMetrics(_services.GetRequiredService<IMeterFactory>(), TimeProvider.System);
        return new ProviderGate("polygon", options, new ProviderQuotaStore(_database!.DataSource), metrics, Node, TimeProvider.System);
    }

    private double Measured(string instrument)
    {
        var measured = double.NaN;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (published, own) =>
        {
            if (published.Name == instrument && published.Meter.Scope == _services.GetRequiredService<IMeterFactory>())
                own.EnableMeasurementEvents(published);
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => measured = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }

    private async Task<double> BlockedSecondsAsync()
    {
        await using var connection = await _database!.DataSource.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<double?>(
            "SELECT extract(epoch FROM blocked_until - clock_timestamp())::float8 FROM provider_quota WHERE provider = 'polygon'") ?? 0;
    }
}

using System.Collections.Concurrent;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace MarketData.Enrichment.Tests.Resilience;

/// <summary>Polygon as the service registers it, in front of a server that answers as the test says. Time stands still until the test moves it.</summary>
public sealed class CircuitBreakerTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly Instrument Apple = new(Symbol.Parse("AAPL"), AssetClass.Stock);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 2, 1, 30, 0, TimeSpan.Zero));
    private readonly ConcurrentDictionary<int, TaskCompletionSource<int>> _held = [];
    private readonly List<string> _changes = [];
    private int _status = StatusCodes.Status200OK;
    private TestDatabase? _database;
    private ScriptedProvider? _wire;
    private ServiceProvider? _services;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ProviderGate Gate => _services!.GetRequiredService<ProviderGate>();

    private ProviderResilience State => Gate.Read().Resilience;

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    private int Requests => _wire!.Requests;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        _wire = await ScriptedProvider.StartAsync(async (context, number) =>
        {
            context.Response.StatusCode = _held.TryGetValue(number, out var answer) ? await answer.Task : _status;
            await context.Response.WriteAsync("""{"status":"OK","resultsCount":0}""");
        });
        await RegisterAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var held in _held.Values)
            held.TrySetResult(StatusCodes.Status200OK);
        if (_services is not null)
            await _services.DisposeAsync();
        if (_wire is not null)
            await _wire.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    [Fact]
    public async Task It_opens_after_five_failures_in_a_row()
    {
        await CallAsync(false, false, false, false);
        State.CircuitState.ShouldBe("closed");

        await CallAsync(false);

        State.CircuitState.ShouldBe("open");
        State.OpenedAt.ShouldBe(Now);
        State.RetryAt.ShouldBe(Now.AddSeconds(60));
    }

    [Fact]
    public async Task Failures_in_a_row_count_however_seldom_the_provider_is_asked()
    {
        for (var call = 0; call < 4; call++)
        {
            await CallAsync(false);
            _time.Advance(TimeSpan.FromDays(2));
        }

        State.CircuitState.ShouldBe("closed");
        await CallAsync(false);

        State.CircuitState.ShouldBe("open");
    }

    [Fact]
    public async Task A_success_between_them_begins_the_row_anew()
    {
        await CallAsync(true, true, true, true, true, true, true, true, false, false, false, false, true, false, false, false);

        State.CircuitState.ShouldBe("closed");
    }

    [Fact]
    public async Task A_call_that_was_given_up_neither_ends_the_row_nor_belongs_to_it()
    {
        await CallAsync(false, false, false, false);
        await GiveUpAsync();
        State.CircuitState.ShouldBe("closed");
        State.FailureRatio.ShouldBe(1);

        await CallAsync(false);

        State.CircuitState.ShouldBe("open");
    }

    [Fact]
    public async Task One_failure_opens_it_where_one_is_set()
    {
        await RegisterAsync(("CircuitBreaker:ConsecutiveFailures", "1"));

        await CallAsync(false);

        State.CircuitState.ShouldBe("open");
    }

    [Fact]
    public async Task It_opens_when_half_of_ten_recent_calls_failed()
    {
        await CallAsync(true, false, true, false, true, false, true, false, true);
        State.CircuitState.ShouldBe("closed");

        await CallAsync(false);

        State.CircuitState.ShouldBe("open");
    }

    [Fact]
    public async Task Calls_older_than_the_sampling_duration_count_no_more()
    {
        await CallAsync(true, false, true, false, true, false, true, false);
        _time.Advance(TimeSpan.FromSeconds(31));

        await CallAsync(true, false);

        State.CircuitState.ShouldBe("closed");
        State.FailureRatio.ShouldBe(0.5);
    }

    [Fact]
    public async Task Open_it_lets_nothing_through_for_a_minute_and_then_one_probe()
    {
        await OpenAsync();

        _time.Advance(TimeSpan.FromSeconds(59.9));
        (await RefusedAsync()).RetryAt.ShouldBe(_time.GetUtcNow().AddSeconds(0.1));
        _time.Advance(TimeSpan.FromSeconds(0.1));

        var probe = await ProbeAsync();
        State.CircuitState.ShouldBe("half_open");
        await RefusedAsync();
        Requests.ShouldBe(6);
        await probe.AnswerAsync(StatusCodes.Status200OK);
    }

    [Fact]
    public async Task A_probe_that_succeeds_closes_it_and_all_before_is_forgotten()
    {
        await RegisterAsync(("CircuitBreaker:BreakDuration", "00:00:01"));
        await CallAsync(true, true, true, true, true, true, false, false, false, false, false);
        _time.Advance(TimeSpan.FromSeconds(1));

        await CallAsync(true);

        State.CircuitState.ShouldBe("closed");
        (State.OpenedAt, State.RetryAt, State.FailureRatio).ShouldBe((null, null, 0));
        _changes.ShouldBe(["closed to open", "open to half_open", "half_open to closed"]);
        // With those from before they would be nine of sixteen.
        await CallAsync(false, false, false, false);
        State.CircuitState.ShouldBe("closed");
    }

    [Fact]
    public async Task A_probe_that_fails_opens_it_for_another_minute()
    {
        await OpenAsync();
        _time.Advance(TimeSpan.FromMinutes(1));

        await CallAsync(false);

        State.CircuitState.ShouldBe("open");
        State.RetryAt.ShouldBe(Now.AddMinutes(1));
    }

    [Fact]
    public async Task A_probe_that_was_given_up_leaves_its_place_to_the_next()
    {
        await OpenAsync();
        _time.Advance(TimeSpan.FromMinutes(1));

        await GiveUpAsync();

        State.CircuitState.ShouldBe("open");
        await CallAsync(true);
        State.CircuitState.ShouldBe("closed");
    }

    [Fact]
    public async Task A_probe_that_was_given_up_while_it_waited_for_a_permit_leaves_its_place_to_the_next()
    {
        await OpenAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        await Gate.HoldOffAsync(TimeSpan.FromMinutes(2), Cancellation);
        using var person = new CancellationTokenSource();
        var probe = AskAsync(person.Token);
        await Eventually.BecomesAsync(() => State is { CircuitState: "half_open", RateLimit.Queued: 1 }, TimeSpan.FromSeconds(60), Cancellation);

        await person.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => probe);

        State.CircuitState.ShouldBe("open");
        Requests.ShouldBe(5);
        await LetGoOnAsync();
        await CallAsync(true);
        State.CircuitState.ShouldBe("closed");
    }

    [Theory]
    [InlineData(StatusCodes.Status200OK, StatusCodes.Status500InternalServerError, "open")]
    [InlineData(StatusCodes.Status500InternalServerError, StatusCodes.Status200OK, "closed")]
    public async Task The_late_answer_to_a_call_from_before_the_opening_is_not_taken_for_the_probes(int late, int probed, string end)
    {
        var before = await HoldAsync();
        await OpenAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        var probe = await ProbeAsync();

        await before.AnswerAsync(late);

        State.CircuitState.ShouldBe("half_open");
        await probe.AnswerAsync(probed);
        State.CircuitState.ShouldBe(end);
    }

    [Fact]
    public async Task A_call_that_waits_for_its_turn_while_it_opens_does_not_reach_the_provider()
    {
        await RegisterAsync(("MaxConcurrency", "1"), ("CircuitBreaker:ConsecutiveFailures", "1"));
        var first = await HoldAsync();
        var waiting = Enumerable.Range(0, 3).Select(_ => AskAsync(Cancellation)).ToList();
        await Eventually.BecomesAsync(() => State.Bulkhead.Queued == 3, TimeSpan.FromSeconds(60), Cancellation);

        await first.AnswerAsync(StatusCodes.Status500InternalServerError);

        foreach (var call in waiting)
            (await Should.ThrowAsync<ProviderException>(() => call)).Kind.ShouldBe(ProviderErrorKind.CircuitOpen);
        Requests.ShouldBe(1);
        State.CallsTotal.ShouldBe(1);
    }

    [Fact]
    public async Task A_call_that_waits_for_a_permit_while_it_opens_does_not_reach_the_provider_even_while_another_probes()
    {
        var first = await HoldAsync();
        await CallAsync(false, false, false, false);
        await Gate.HoldOffAsync(TimeSpan.FromMinutes(2), Cancellation);
        var waiting = AskAsync(Cancellation);
        await Eventually.BecomesAsync(() => State.RateLimit.Queued == 1, TimeSpan.FromSeconds(60), Cancellation);
        await first.AnswerAsync(StatusCodes.Status500InternalServerError);
        State.CircuitState.ShouldBe("open");

        _time.Advance(TimeSpan.FromMinutes(1));
        _held[6] = new TaskCompletionSource<int>();
        var probe = AskAsync(Cancellation);
        await Eventually.BecomesAsync(() => State is { CircuitState: "half_open", RateLimit.Queued: 2 }, TimeSpan.FromSeconds(60), Cancellation);
        await LetGoOnAsync();

        (await Should.ThrowAsync<ProviderException>(() => waiting)).Kind.ShouldBe(ProviderErrorKind.CircuitOpen);
        await Eventually.BecomesAsync(() => Requests == 6, TimeSpan.FromSeconds(60), Cancellation);
        _held[6].SetResult(StatusCodes.Status200OK);
        await probe;
        State.CircuitState.ShouldBe("closed");
        Requests.ShouldBe(6);
    }

    [Fact]
    public async Task Isolated_it_stays_shut_until_it_is_restored()
    {
        await CallAsync(true);
        await Gate.IsolateAsync("Ann shut it off.", Cancellation);
        _time.Advance(TimeSpan.FromHours(1));
        (await RefusedAsync()).ShouldSatisfyAllConditions(refused => refused.IsShutOff.ShouldBeTrue(), refused => refused.RetryAt.ShouldBe(_time.GetUtcNow().AddMinutes(1)));
        State.CircuitState.ShouldBe("isolated");
        State.OpenedAt.ShouldBe(Now.AddHours(-1));

        await Gate.RestoreAsync(Cancellation);

        await CallAsync(true);
        Requests.ShouldBe(2);
        _changes.ShouldBe(["closed to isolated", "isolated to closed"]);
    }

    [Fact]
    public async Task An_open_circuit_can_be_isolated_and_closed_by_hand()
    {
        await OpenAsync();
        await Gate.IsolateAsync("Ann shut it off.", Cancellation);
        _time.Advance(TimeSpan.FromMinutes(1));
        await RefusedAsync();

        await Gate.RestoreAsync(Cancellation);

        await CallAsync(false, false, false, false);
        State.CircuitState.ShouldBe("closed");
        _changes.ShouldBe(["closed to open", "open to isolated", "isolated to closed"]);
    }

    // Anew, with an untouched circuit.
    private async Task RegisterAsync(params (string Name, string Value)[] resilience)
    {
        if (_services is not null)
            await _services.DisposeAsync();
        // Nobody is kept waiting by a retry, and no timeout cuts short what a test holds while it moves the clock.
        (string, string)[] standard = [("MaxRetries", "0"), ("AttemptTimeout", "00:10:00"), ("TotalTimeout", "01:00:00"), .. resilience];
        Dictionary<string, string?> settings = new()
        {
            ["Providers:Polygon:BaseUrl"] = _wire!.Address.AbsoluteUri,
            ["Providers:Polygon:ApiKey"] = "test",
            ["Providers:Binance:Enabled"] = "false",
            ["Providers:Coinbase:Enabled"] = "false",
            ["Providers:Yahoo:Enabled"] = "false",
        };
        foreach (var (name, value) in standard)
            settings[$"Providers:Polygon:Resilience:{name}"] = value;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton(_database!.DataSource);
        services.AddSingleton(NodeIdentity.Create());
        services.AddSingleton<EnrichmentMetrics>();
        services.AddProviders(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        _services = services.BuildServiceProvider();
        Gate.CircuitChanged += (from, to, _) => _changes.Add($"{from.Name()} to {to.Name()}");
    }

    private Task<FetchResult> AskAsync(CancellationToken cancellation) =>
        _services!.GetRequiredService<IMarketDataProvider>().FetchAsync(Apple, BarInterval.OneDay, Now.AddDays(-30), Now, cancellation);

    private async Task CallAsync(params bool[] succeeded)
    {
        foreach (var success in succeeded)
        {
            _status = success ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
            if (success)
                await AskAsync(Cancellation);
            else
                (await Should.ThrowAsync<ProviderException>(() => AskAsync(Cancellation))).Kind.ShouldBe(ProviderErrorKind.Transient);
        }
    }

    private async Task OpenAsync()
    {
        await CallAsync(false, false, false, false, false);
        State.CircuitState.ShouldBe("open");
    }

    private async Task<ProviderException> RefusedAsync()
    {
        var before = Requests;
        var refused = await Should.ThrowAsync<ProviderException>(() => AskAsync(Cancellation));
        refused.Kind.ShouldBe(ProviderErrorKind.CircuitOpen);
        Requests.ShouldBe(before);
        return refused;
    }

    // A call that has reached the provider and waits for its answer.
    private async Task<HeldCall> HoldAsync()
    {
        var number = Requests + 1;
        var answer = _held[number] = new TaskCompletionSource<int>();
        var call = AskAsync(Cancellation);
        await Eventually.BecomesAsync(() => Requests == number, TimeSpan.FromSeconds(60), Cancellation);
        return new HeldCall(answer, call);
    }

    private async Task<HeldCall> ProbeAsync()
    {
        var probe = await HoldAsync();
        State.CircuitState.ShouldBe("half_open");
        return probe;
    }

    // A call that is cancelled while the provider is at it.
    private async Task GiveUpAsync()
    {
        using var person = new CancellationTokenSource();
        var number = Requests + 1;
        _held[number] = new TaskCompletionSource<int>();
        var call = AskAsync(person.Token);
        await Eventually.BecomesAsync(() => Requests == number, TimeSpan.FromSeconds(60), Cancellation);
        await person.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
    }

    // The provider may be asked again, and whoever waits for a permit looks again.
    private async Task LetGoOnAsync()
    {
        await using var command = _database!.DataSource.CreateCommand("UPDATE provider_quota SET blocked_until = NULL");
        await command.ExecuteNonQueryAsync(Cancellation);
        await Eventually.BecomesAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                return State.RateLimit.Queued == 0;
            },
            TimeSpan.FromSeconds(20),
            Cancellation);
    }

    private sealed record HeldCall(TaskCompletionSource<int> Answer, Task Call)
    {
        public async Task AnswerAsync(int status)
        {
            Answer.SetResult(status);
            await Call.ContinueWith(_ => { }, Cancellation, TaskContinuationOptions.None, TaskScheduler.Default);
            Call.IsCompletedSuccessfully.ShouldBe(status == StatusCodes.Status200OK);
        }
    }
}

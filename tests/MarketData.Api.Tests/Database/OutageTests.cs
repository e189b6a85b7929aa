using System.Diagnostics;
using System.Net;
using MarketData.Api.Database;
using MarketData.Api.Tests.Historical;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Api.Tests.Database;

/// <summary>What callers see while the database is away. One server is enough for all of them: each leaves it running.</summary>
public sealed class OutageTests(OutagePostgres server) : IClassFixture<OutagePostgres>
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    private static readonly string[] Reads =
    [
        "/api/v1/enrichment/dashboard/overview", "/api/v1/enrichment/dashboard/health", "/api/v1/enrichment/history", "/api/v1/symbols/detailed",
        "/api/v1/status", "/api/v1/access",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_the_database_it_answers_503_within_two_seconds_and_heals_by_itself()
    {
        var postgres = server.Postgres;
        await using var api = await ApiApplication.StartAsync(postgres.ConnectionString);
        await api.Client.FetchAsync(Reads[0]).JsonAsync();

        await postgres.KillAsync();
        using var user = api.With("mdk_anything");
        foreach (var path in Reads)
            await UnavailableAsync(path == "/api/v1/access" ? user : api.Client, path);
        (await api.Client.FetchAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.Client.FetchAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        await postgres.StartAsync(Cancellation);
        await Eventually.BecomesAsync(
            async () => (await api.Client.FetchAsync(Reads[0])).IsSuccessStatusCode, StartTimeout, Cancellation);
        (await api.Client.FetchAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task It_starts_without_the_database_and_is_healthy_when_that_comes()
    {
        var postgres = server.Postgres;
        await postgres.StopAsync();
        await using var api = ApiApplication.Start(postgres.ConnectionString);
        (await api.Client.FetchAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await UnavailableAsync(api.Client, "/api/v1/status");
        await UnavailableAsync(api.Client, "/api/v1/enrichment/events");
        await postgres.StartAsync(Cancellation);
        await Eventually.BecomesAsync(
            async () => (await api.Client.FetchAsync("/health")).IsSuccessStatusCode, StartTimeout, Cancellation);
    }

    [Fact]
    public async Task A_database_that_takes_connections_and_answers_nothing_is_503_within_two_seconds_too()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows can't halt a process.");
        var postgres = server.Postgres;
        await using var api = await ApiProcess.StartAsync(postgres.ConnectionString, cancellation: Cancellation);
        await api.Client.FetchAsync(Reads[0]).JsonAsync();

        await postgres.FreezeAsync();
        await Task.WhenAll(Reads[..5].Select(path => UnavailableAsync(api.Client, path)));
        using var user = new HttpClient { BaseAddress = api.Client.BaseAddress };
        user.DefaultRequestHeaders.Add("X-API-Key", "mdk_anything");
        await UnavailableAsync(user, "/api/v1/access");
        (await api.Client.FetchAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await api.Client.FetchAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);

        await postgres.ThawAsync();
        await Eventually.BecomesAsync(async () => (await api.Client.FetchAsync(Reads[0])).IsSuccessStatusCode, StartTimeout, Cancellation);
    }

    [Fact]
    public async Task A_query_that_takes_long_on_a_busy_machine_is_waited_for()
    {
        var postgres = server.Postgres;
        await using var api = await ApiApplication.StartAsync(postgres.ConnectionString, ("Api:RequestTimeoutSeconds", "300"));
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var connection = await database.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await ExecuteAsync(connection, "LOCK TABLE symbols");
        using var busy = new CancellationTokenSource();
        var load = Enumerable.Range(0, 2 * Environment.ProcessorCount)
            .Select(_ => Task.Factory.StartNew(() => SpinWait.SpinUntil(() => busy.IsCancellationRequested), Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();

        var answers = Enumerable.Range(0, 10).Select(_ => api.Client.FetchAsync("/api/v1/symbols")).ToArray();
        // Until then the probe asks the database again and again.
        await Task.WhenAny(Task.WhenAny(answers), Task.Delay(TimeSpan.FromSeconds(4), Cancellation));
        await transaction.RollbackAsync(Cancellation);
        foreach (var answer in answers)
            await answer.JsonAsync();
        await busy.CancelAsync();
        await Task.WhenAll(load);
    }

    [Fact]
    public async Task A_database_too_busy_for_the_probe_s_question_is_not_lost_while_it_answers_others()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows can't halt a process.");
        var postgres = server.Postgres;
        await using var api = await ApiProcess.StartAsync(
            postgres.ConnectionString, new Dictionary<string, string?> { ["Api:RequestTimeoutSeconds"] = "300" }, Cancellation);
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var connection = await database.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await ExecuteAsync(connection, "LOCK TABLE symbols");
        var waiting = api.Client.FetchAsync("/api/v1/symbols");
        await using var find = database.CreateCommand("SELECT max(pid) FROM pg_stat_activity WHERE application_name = $1");
        find.Parameters.Add(new() { Value = DatabaseProbe.ApplicationName });
        // Not before the probe has asked is there a process that answers it.
        await Eventually.BecomesAsync(async () => await find.ExecuteScalarAsync(Cancellation) is int, StartTimeout, Cancellation);
        await postgres.FreezeAsync((int)(await find.ExecuteScalarAsync(Cancellation))!);

        // Longer than the question may take, twice over.
        var others = Stopwatch.StartNew();
        while (others.Elapsed < TimeSpan.FromSeconds(5) && !waiting.IsCompleted)
            await api.Client.FetchAsync("/api/v1/enrichment/history").JsonAsync();
        await transaction.RollbackAsync(Cancellation);
        await waiting.JsonAsync();
        await postgres.ThawAsync();
    }

    [Fact]
    public async Task While_it_is_lost_requests_are_refused_at_once_but_those_that_need_no_database()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows can't halt a process.");
        var postgres = server.Postgres;
        await using var api = await ApiProcess.StartAsync(postgres.ConnectionString, cancellation: Cancellation);
        await postgres.FreezeAsync();
        await UnavailableAsync(api.Client, Reads[0]);

        var refusals = Stopwatch.StartNew();
        for (var i = 0; i < 20; i++)
            await api.Client.FetchAsync(Reads[i % 4]).ProblemAsync(HttpStatusCode.ServiceUnavailable);
        // One of them alone would take a second to find out for itself.
        refusals.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        (await api.Client.FetchAsync("/api/v1/features").JsonAsync()).GetProperty("items").GetArrayLength().ShouldBeGreaterThan(10);
        (await api.Client.FetchAsync("/api/v1/access").JsonAsync()).GetProperty("authenticated").GetBoolean().ShouldBeFalse();
        await postgres.ThawAsync();
        await Eventually.BecomesAsync(async () => (await api.Client.FetchAsync(Reads[0])).IsSuccessStatusCode, StartTimeout, Cancellation);
    }

    [Fact]
    public async Task An_exhausted_pool_is_not_a_lost_database()
    {
        var postgres = server.Postgres;
        await using var api = await ApiApplication.StartAsync(
            new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { MaxPoolSize = 2, Timeout = 120 }.ConnectionString, ("Api:RequestTimeoutSeconds", "300"));
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var connection = await database.OpenConnectionAsync(Cancellation);
        await using var transaction = await connection.BeginTransactionAsync(Cancellation);
        await ExecuteAsync(connection, "LOCK TABLE symbols");
        var waiting = Enumerable.Range(0, 6).Select(_ => api.Client.FetchAsync("/api/v1/symbols")).ToArray();
        await using var count = database.CreateCommand("SELECT count(*) FROM pg_locks WHERE relation = 'symbols'::regclass AND NOT granted");
        await Eventually.BecomesAsync(async () => await count.ExecuteScalarAsync(Cancellation) is > 0L, StartTimeout, Cancellation);

        // Longer than it takes to find a lost one out, twice over.
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < TimeSpan.FromSeconds(4))
            (await api.Client.FetchAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        Task.WhenAny(waiting).IsCompleted.ShouldBeFalse();
        await transaction.RollbackAsync(Cancellation);
        foreach (var answer in waiting)
            await answer.JsonAsync();
    }

    [Fact]
    public async Task What_nobody_waits_for_any_more_gives_its_connection_back()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows can't halt a process.");
        const string export = "/api/v1/historical/KEPT?timeframe=5m&format=csv";
        var postgres = server.Postgres;
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await GeneratedCandles.WriteAsync(database, "KEPT", 5_000, Cancellation);
        await using var api = await ApiProcess.StartAsync(
            new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { MaxPoolSize = 3 }.ConnectionString, cancellation: Cancellation);
        (await api.Client.FetchAsync(export)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await postgres.FreezeAsync();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => UnavailableAsync(api.Client, export)));
        await postgres.ThawAsync();
        await Eventually.BecomesAsync(async () => (await api.Client.FetchAsync(Reads[0])).IsSuccessStatusCode, StartTimeout, Cancellation);
        for (var i = 0; i < 6; i++)
            (await api.Client.FetchAsync(export)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_answer_that_has_begun_is_never_broken_off()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows can't halt a process.");
        const int candles = 150_000;
        var postgres = server.Postgres;
        await using var database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await GeneratedCandles.WriteAsync(database, "LONG", candles, Cancellation);
        await using var api = await ApiProcess.StartAsync(postgres.ConnectionString, cancellation: Cancellation);

        using var answer = await api.Client.GetAsync(
            "/api/v1/historical/LONG?timeframe=5m&format=csv", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        await postgres.FreezeAsync();
        // Others are told that the database is lost.
        await UnavailableAsync(api.Client, Reads[0]);
        await postgres.ThawAsync();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancellation));
        var count = 0;
        while (await lines.ReadLineAsync(Cancellation) is not null)
            count++;
        count.ShouldBe(candles + 1);
    }

    // Two seconds is what it takes on a machine of its own (0.25 s to the next question, then a second in short waits). Beside other tests each
    // of those waits takes longer, on purpose; what must never come back is the minute that the driver waits for a frozen server.
    private static async Task UnavailableAsync(HttpClient client, string path)
    {
        var fastest = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 3 && fastest > TimeSpan.FromSeconds(2); attempt++)
        {
            var watch = Stopwatch.StartNew();
            using var answer = await client.FetchAsync(path);
            fastest = watch.Elapsed < fastest ? watch.Elapsed : fastest;
            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(40));
            answer.Headers.RetryAfter.ShouldNotBeNull();
            var problem = await Task.FromResult(answer).ProblemAsync(HttpStatusCode.ServiceUnavailable);
            problem.ToString().ShouldNotContain("Npgsql");
            problem.ToString().ShouldNotContain("127.0.0.1");
        }

        fastest.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}

using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Dapper;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Chaos.Tests;

/// <summary>A system of its own for one scenario: a database, a simulated market whose clock stands still, and as many nodes as the scenario starts.</summary>
internal sealed partial class ChaosWorld : IAsyncDisposable
{
    /// <summary>The first day that is asked for.</summary>
    public static readonly DateTime From = new(2022, 6, 1, 0, 0, 0, DateTimeKind.Utc);
    /// <summary>The end of what is asked for, exclusive.</summary>
    public static readonly DateTime To = new(2024, 6, 15, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(20 * ChaosSettings.Kills);

    private readonly List<ServiceProcess> _nodes = [];
    private readonly TcpProxy _toSimulator;
    private readonly TcpProxy _toDatabase;

    private readonly NpgsqlConnectionStringBuilder _connection;
    private TestDatabase? _own;

    private ChaosWorld(string connectionString, ServiceProcess simulator)
    {
        Simulator = simulator;
        Database = NpgsqlDataSource.Create(connectionString);
        _connection = new NpgsqlConnectionStringBuilder(connectionString);
        _toDatabase = new TcpProxy(_connection.Host!, _connection.Port);
        _toSimulator = new TcpProxy(simulator.Address.Host, simulator.Address.Port);
    }

    public ServiceProcess Simulator { get; }

    public NpgsqlDataSource Database { get; }

    /// <summary>What starts the nodes: a program, with its arguments, that becomes a node; none at first.</summary>
    public IReadOnlyList<string> NodeLauncher { get; set; } = [];

    /// <summary>Where the database's server is.</summary>
    public DnsEndPoint DatabaseServer => new(_connection.Host!, _connection.Port);

    /// <summary>The wires that the nodes use: to the database, and to the providers.</summary>
    public IReadOnlyList<TcpProxy> Wires => [_toDatabase, _toSimulator];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A world with a database of its own on a server.</summary>
    public static async Task<ChaosWorld> CreateAsync(PostgresServer server)
    {
        var database = await server.CreateDatabaseAsync(Cancellation);
        var world = await CreateAsync(database.ConnectionString);
        world._own = database;
        return world;
    }

    /// <summary>A world on a database that its caller keeps.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="market">Settings of the simulated market that differ from the usual ones.</param>
    public static async Task<ChaosWorld> CreateAsync(string connectionString, IReadOnlyList<KeyValuePair<string, string>>? market = null)
    {
        var simulator = await ServiceProcess.StartAsync(
            "MarketData.Simulator",
            "alive",
            [new("Simulator:Seed", "4711"), new("Simulator:Now", "2024-12-02T00:00:00Z"), new("Logging:LogLevel:Default", "Warning"), .. market ?? []],
            Cancellation);
        var world = new ChaosWorld(connectionString, simulator);
        await world.TrackAsync();
        return world;
    }

    /// <summary>Starts a node and waits until it works.</summary>
    public Task<ServiceProcess> StartNodeAsync(params (string Name, string Value)[] settings) => StartNodeOfAsync("MarketData.Enrichment", settings);

    /// <summary>Starts a node of another build and waits until it works.</summary>
    public async Task<ServiceProcess> StartNodeOfAsync(string project, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>
        {
            ["ConnectionStrings:marketdata"] = ConnectionString("127.0.0.1", _toDatabase.Port),
            ["Enrichment:RunOnFirstStart"] = "false",
            // Some symbols wait for others also where there are few.
            ["Enrichment:Concurrency"] = Math.Min(5, (ChaosSettings.Symbols + 1) / 2).ToString(CultureInfo.InvariantCulture),
            ["Enrichment:PollInterval"] = "00:00:01",
            ["Enrichment:Lease:Duration"] = "00:00:03",
            ["Enrichment:Lease:RenewInterval"] = "00:00:01",
            ["Enrichment:Lease:SweepInterval"] = "00:00:00.500",
            ["Enrichment:Retry:BaseDelay"] = "00:00:00.500",
            ["Enrichment:Retry:MaxDelay"] = "00:00:03",
            ["Enrichment:MaxAttempts"] = "20",
            ["Enrichment:MaxLosses"] = "1000",
            // Coins have a fallback still, whose candles must be the first provider's again in the end.
            ["Providers:Yahoo:Enabled"] = "false",
            ["Providers:Coinbase:Enabled"] = "false",
            ["Providers:Polygon:ApiKey"] = "simulated",
        };
        all["Providers:Binance:FuturesBaseUrl"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_toSimulator.Port}/binance-futures");
        foreach (var provider in (string[])["Polygon", "Binance"])
        {
            all[$"Providers:{provider}:BaseUrl"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_toSimulator.Port}/{provider.ToLowerInvariant()}");
            all[$"Providers:{provider}:Resilience:RequestsPerMinute"] = "100000";
            all[$"Providers:{provider}:Resilience:Burst"] = "10000";
            all[$"Providers:{provider}:Resilience:RetryBaseDelay"] = "00:00:00.100";
            all[$"Providers:{provider}:Resilience:AttemptTimeout"] = "00:00:05";
            all[$"Providers:{provider}:Resilience:TotalTimeout"] = "00:01:00";
            all[$"Providers:{provider}:Resilience:CircuitBreaker:BreakDuration"] = "00:00:01";
        }

        foreach (var (name, value) in settings)
            all[name] = value;
        var node = await ServiceProcess.StartAsync(project, "health", all, Cancellation, NodeLauncher);
        _nodes.Add(node);
        return node;
    }

    /// <summary>How to connect to the database by another way.</summary>
    public string ConnectionString(string host, int port) =>
        new NpgsqlConnectionStringBuilder(_connection.ConnectionString) { Host = host, Port = port }.ConnectionString;

    /// <summary>Queues a backfill of every symbol.</summary>
    public async Task<Guid> TriggerAsync()
    {
        var request = new RunRequest { Trigger = RunTrigger.Backfill, From = From, To = To };
        return (await new RunStore(Database).CreateAsync(request, Cancellation)).JobId!.Value;
    }

    /// <summary>Makes a provider misbehave for a share of its requests.</summary>
    public async Task FaultAsync(object fault)
    {
        using var http = new HttpClient { BaseAddress = Simulator.Address };
        using var response = await http.PostAsJsonAsync("simulator/faults", fault, Cancellation);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until a condition in SQL holds; a database that is away means not yet.</summary>
    public Task HoldsAsync(string condition, object? arguments = null) => Eventually.BecomesAsync(
        async () =>
        {
            try
            {
                return await ScalarAsync<bool>($"SELECT {condition}", arguments);
            }
            catch (NpgsqlException)
            {
                return false;
            }
        },
        WaitLimit,
        Cancellation);

    public async Task<T?> ScalarAsync<T>(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<T>(sql, arguments);
    }

    /// <summary>Whether the run is over.</summary>
    public Task<bool> HasEndedAsync(Guid run) => ScalarAsync<bool>("SELECT completed_at IS NOT NULL FROM enrichment_history WHERE job_id = @run", new { run });

    /// <summary>Waits until no job is a node's any more.</summary>
    public Task HoldsNothingAsync(ServiceProcess node) => HoldsAsync(
        "NOT EXISTS (SELECT FROM enrichment_jobs j JOIN enrichment_nodes n ON n.node_id = j.lease_owner WHERE n.process_id = @Id)", new { node.Id });

    /// <summary>Waits until the run has ended; says what the nodes last said when it does not.</summary>
    public async Task EndedAsync(Guid run)
    {
        try
        {
            await HoldsAsync("completed_at IS NOT NULL FROM enrichment_history WHERE job_id = @run", new { run });
        }
        catch (TimeoutException e)
        {
            var jobs = await ScalarAsync<string>(
                "SELECT string_agg(concat_ws(' ', symbol, status, step, attempt, losses, due_at, lease_expires_at, error_message), E'\n') FROM enrichment_jobs WHERE completed_at IS NULL");
            throw new TimeoutException($"The run did not end. Open jobs at {DateTime.UtcNow:O}:\n{jobs}\n{NodesLastWords()}", e);
        }
    }

    /// <summary>
    /// Asserts that all is as it would be had nothing happened: every symbol done, nothing stuck, every row the same, and the logs tell of it.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="expected">What the fault-free run stored.</param>
    /// <param name="logsAreWhole">Whether the nodes' last lines and claims must be on record: not after a failover that lost the last transactions.</param>
    /// <returns>What is stored.</returns>
    /// <param name="except">What is of a build that did not write all of it, and so is not compared: the name of a part, such as <c>runs</c>.</param>
    public async Task<StoredData> ShouldBeRightAsync(Guid run, StoredData expected, bool logsAreWhole = true, string? except = null)
    {
        await EndedAsync(run);
        (await ScalarAsync<string>("SELECT string_agg(concat_ws(' ', symbol, status, error_message), E'\n') FROM enrichment_jobs WHERE status <> 'succeeded'"))
            .ShouldBeNull(NodesLastWords());
        (await ScalarAsync<string>("SELECT status || ' ' || symbols_successful FROM enrichment_history WHERE job_id = @run", new { run }))
            .ShouldBe($"completed {ChaosSettings.Symbols}");
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_job_attempts WHERE ended_at IS NULL")).ShouldBe(0);
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_jobs j LEFT JOIN enrichment_history h USING (job_id) WHERE h.job_id IS NULL")).ShouldBe(0);
        (await ScalarAsync<string>("SELECT string_agg(concat_ws(' ', symbol, timeframe, status), ', ') FROM backfill_state WHERE status <> 'completed'")).ShouldBeNull();
        (await ScalarAsync<int>("SELECT count(*) FROM enrichment_status WHERE status IN ('queued', 'running', 'retrying', 'error')")).ShouldBe(0);
        // Nothing was written twice over with other values, but for a fallback's by the first provider's, and each series has the newest of its features.
        (await ScalarAsync<int>("SELECT count(*) FROM candle_revisions r JOIN candles c USING (symbol, timeframe, ts) WHERE r.source = c.source")).ShouldBe(0);
        (await ScalarAsync<int>("SELECT count(*) FROM series s LEFT JOIN latest_features f USING (symbol, timeframe) WHERE f.ts IS DISTINCT FROM s.last_ts")).ShouldBe(0);
        if (logsAreWhole)
            await ToldWholeAsync();
        await LogsShouldBeTrueAsync(claimsAreWhole: logsAreWhole);
        var data = await StoredData.ReadAsync(Database, Cancellation);
        data.ShouldEqual(expected, except);
        return data;
    }

    /// <summary>What the nodes last said.</summary>
    public string NodesLastWords() => string.Join("\n---\n", _nodes.Select(node => node.LastWords));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await _toDatabase.DisposeAsync();
        await _toSimulator.DisposeAsync();
        await Simulator.DisposeAsync();
        await Database.DisposeAsync();
        if (_own is not null)
            await _own.DisposeAsync();
    }

    // Two thirds stocks, one third coins, all of the simulator's own making.
    private async Task TrackAsync()
    {
        const string track = """
            INSERT INTO symbols (symbol, asset_class, timeframes)
            SELECT format(CASE WHEN i % 3 = 0 THEN 'SIM%s-USD' ELSE 'SIM%s' END, to_char(i, 'FM0000')),
                   CASE WHEN i % 3 = 0 THEN 'crypto' ELSE 'stock' END, CASE WHEN i % 3 = 0 THEN '{1d,4h}' ELSE '{1d,1h}' END::text[]
            FROM generate_series(1, @Symbols) i
            """;
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(track, new { ChaosSettings.Symbols });
    }
}

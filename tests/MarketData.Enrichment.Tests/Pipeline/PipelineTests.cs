using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MarketData.Domain.Candles;
using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Scheduling;
using MarketData.Simulator;
using MarketData.Storage.Candles;
using MarketData.Storage.Enrichment;
using MarketData.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>
/// The real services of enrichment on a database of the test's own, against the real simulator on a port of this machine. A test tracks
/// symbols, asks for runs, and looks at what is in the tables then.
/// </summary>
public abstract class PipelineTests(PostgresServer server) : IAsyncLifetime
{
    /// <summary>Wednesday, 18 November 2026, 14:02 in New York: the day's session and many bars are forming.</summary>
    protected static readonly DateTimeOffset MidSession = new(2026, 11, 18, 19, 2, 0, TimeSpan.Zero);

    // Other tests' statements in this process are not counted.
    private readonly AsyncLocal<bool> _isCounted = new();

    private TestDatabase? _database;
    private WebApplication? _simulator;
    private ServiceProvider? _services;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected MarketTime Time { get; } = new(MidSession);

    protected NpgsqlDataSource Database => _database!.DataSource;

    protected HttpClient Simulator { get; } = new();

    protected IServiceProvider Services => _services!;

    protected Uri SimulatorAddress => Simulator.BaseAddress!;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        _simulator = SimulatorApp.Create(
            ["--urls", "http://127.0.0.1:0", "--Simulator:Oddities=false"],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<TimeProvider>(Time);
            });
        await _simulator.StartAsync(Cancellation);
        Simulator.BaseAddress = new Uri(_simulator.Urls.Single() + "/");
        _services = Build([]);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_services is not null)
            await _services.DisposeAsync();
        Simulator.Dispose();
        if (_simulator is not null)
            await _simulator.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    /// <summary>Starts the services anew with other settings, as after a restart.</summary>
    protected async Task ConfigureAsync(params (string Name, string Value)[] settings)
    {
        await _services!.DisposeAsync();
        _services = Build(settings);
    }

    protected Task TrackAsync(string symbol, string assetClass, params string[] timeframes) => ExecuteAsync(
        "INSERT INTO symbols (symbol, asset_class, timeframes) VALUES (@symbol, @assetClass, @timeframes)", new { symbol, assetClass, timeframes });

    /// <summary>Asks for a run of one symbol and works it off.</summary>
    protected Task<JobRow> EnrichAsync(string symbol, DateTime? from = null, DateTime? to = null) =>
        EnrichAsync(new RunRequest { Trigger = RunTrigger.Manual, Symbols = [symbol], From = from, To = to });

    /// <summary>Asks for a run and works it off, every attempt as soon as it is due; tells how the job of its first symbol ended.</summary>
    protected async Task<JobRow> EnrichAsync(RunRequest request)
    {
        var ticket = await new RunStore(Database).CreateAsync(request, Cancellation);
        while (await RunNextAsync() || await IsRetryingAsync())
        {
            // Until nothing is left to do, now or in a moment.
        }

        return await JobAsync(ticket.JobId!.Value, request.Symbols!.First());
    }

    protected async Task<JobRow> JobAsync(Guid run, string symbol)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return await connection.QuerySingleAsync<JobRow>(
            """
            SELECT job_id AS run, status, attempt, error_kind AS kind, error_message AS message, error_advice AS advice,
                   records_fetched AS fetched, records_inserted AS inserted, records_updated AS updated
            FROM enrichment_jobs WHERE job_id = @run AND symbol = @symbol
            """,
            new { run, symbol });
    }

    /// <summary>Claims the next due job and runs it to its end.</summary>
    /// <returns>Whether there was one.</returns>
    protected async Task<bool> RunNextAsync(CancellationToken? stopping = null)
    {
        var askedAt = Time.GetTimestamp();
        var node = Services.GetRequiredService<NodeIdentity>().Id;
        if (await Services.GetRequiredService<JobStore>().ClaimAsync(node, TimeSpan.FromMinutes(5), 3, Cancellation) is not { } job)
            return false;
        using var lease = Services.GetRequiredService<JobLeases>().Add(job.Fence, askedAt, stopping ?? Cancellation);
        await Services.GetRequiredService<JobRunner>().RunAsync(job, lease, stopping ?? Cancellation);
        return true;
    }

    /// <summary>Runs the next due job, stops it at one of its statements, and works off what is left.</summary>
    /// <param name="stopAt">The statement, counted from one; null to let it run to its end.</param>
    /// <returns>How many statements there were until the stop, or in all.</returns>
    protected async Task<int> RunStoppedAsync(int? stopAt)
    {
        var statements = 0;
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation))
        {
            using var listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref _) => ActivitySamplingResult.PropagationData,
                ActivityStarted = _ =>
                {
                    if (_isCounted.Value && Interlocked.Increment(ref statements) == stopAt)
                        stop.Cancel();
                },
            };
            ActivitySource.AddActivityListener(listener);
            _isCounted.Value = true;
            await Record.ExceptionAsync(() => RunNextAsync(stop.Token));
            _isCounted.Value = false;
        }

        while (await RunNextAsync() || await IsRetryingAsync())
        {
            // The job that was given back.
        }

        return statements;
    }

    /// <summary>Has the gaps found so far be asked about again by the next run.</summary>
    protected Task MakeGapsDueAsync() => ExecuteAsync("UPDATE gaps SET next_ask_at = now(), detected_at = now() - interval '1 day'");

    /// <summary>Has the simulator misbehave; see <c>docs/simulator.md</c>.</summary>
    protected async Task FaultAsync(object fault)
    {
        using var response = await Simulator.PostAsJsonAsync("simulator/faults", fault, Cancellation);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync(Cancellation));
    }

    protected async Task RepairAsync()
    {
        using var response = await Simulator.DeleteAsync("simulator/faults", Cancellation);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>How many requests of a symbol's reached a provider.</summary>
    protected async Task<int> RequestsAsync(string provider, string symbol)
    {
        var statistics = await Simulator.GetFromJsonAsync<JsonElement>($"simulator/requests?provider={provider}&symbol={Uri.EscapeDataString(symbol)}", Cancellation);
        return statistics[0].GetProperty("total").GetInt32();
    }

    protected async Task<IReadOnlyList<CandleRow>> CandlesAsync(string symbol, string timeframe)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return (await connection.QueryAsync<CandleRow>(
            """
            SELECT ts, open, high, low, close, volume, vwap, trade_count AS trades, taker_buy_volume AS "takerBuy", taker_sell_volume AS "takerSell",
                   open_interest AS "openInterest", funding_rate AS funding, long_short_ratio AS "longShort", source, is_validated AS validated,
                   quality_score AS score, validation_notes AS notes
            FROM candles WHERE symbol = @symbol AND timeframe = @timeframe ORDER BY ts
            """,
            new { symbol, timeframe })).AsList();
    }

    /// <summary>A feature of each candle, as clients are given it: of what was traded, unless adjusted; null where it has none.</summary>
    protected async Task<IReadOnlyList<double?>> FeatureAsync(string symbol, string timeframe, string name, bool adjusted = false)
    {
        var (reader, values) = (new CandleReader(Database), new List<double?>());
        var series = (await reader.FindAsync(Symbol.Parse(symbol), BarIntervals.Parse(timeframe), Cancellation)).ShouldNotBeNull();
        var query = new CandleQuery { Instrument = series.Instrument, Interval = BarIntervals.Parse(timeframe), Values = false, Features = true, Adjusted = adjusted };
        await foreach (var batch in reader.StreamAsync(query, series, 1000, Cancellation))
        {
            var numbers = batch.Columns.Single(column => column.Name == name).Numbers;
            values.AddRange(numbers.Take(batch.Count).Select(value => double.IsNaN(value) ? (double?)null : value));
        }

        return values;
    }

    /// <summary>What Polygon's wire says of a range of days, read without the client under test: closed sessions, midnight in New York moved to its date.</summary>
    protected async Task<IReadOnlyList<(DateTime, double, double, double, double, double)>> PolygonDaysAsync(string ticker, DateOnly from, DateOnly to)
    {
        var address = string.Create(
            CultureInfo.InvariantCulture, $"polygon/v2/aggs/ticker/{ticker}/range/1/day/{from:yyyy-MM-dd}/{to:yyyy-MM-dd}?adjusted=false&limit=50000&apiKey=test");
        var page = await Simulator.GetFromJsonAsync<JsonElement>(address, Cancellation);
        return
        [
            .. page.GetProperty("results").EnumerateArray().Select(row => (
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetProperty("t").GetInt64()).UtcDateTime.Date,
                row.GetProperty("o").GetDouble(), row.GetProperty("h").GetDouble(), row.GetProperty("l").GetDouble(),
                row.GetProperty("c").GetDouble(), row.GetProperty("v").GetDouble())),
        ];
    }

    protected async Task<T?> ScalarAsync<T>(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return await connection.ExecuteScalarAsync<T>(sql, arguments);
    }

    protected async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return (await connection.QueryAsync<T>(sql, arguments)).AsList();
    }

    protected async Task ExecuteAsync(string sql, object? arguments = null)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        await connection.ExecuteAsync(sql, arguments);
    }

    /// <summary>Whether a job waits to be tried again; it is due at once then.</summary>
    protected async Task<bool> IsRetryingAsync()
    {
        if (!await ScalarAsync<bool>("SELECT EXISTS (SELECT FROM enrichment_jobs WHERE status = 'retrying')"))
            return false;
        await ExecuteAsync("UPDATE enrichment_jobs SET due_at = now() WHERE status = 'retrying'");
        return true;
    }

    private ServiceProvider Build(IEnumerable<(string Name, string Value)> settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(Pairs(Standard()));
        configuration.AddInMemoryCollection(Pairs(settings));
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddMetrics();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(Database);
        services.AddSingleton(NodeIdentity.Create());
        services.AddSingleton<EnrichmentMetrics>();
        services.AddProviders(configuration);
        services.AddPipeline(configuration);
        services.AddScheduling(configuration);
        return services.BuildServiceProvider();
    }

    private static IEnumerable<KeyValuePair<string, string?>> Pairs(IEnumerable<(string Name, string Value)> settings) =>
        settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value));

    // Small histories, no limits, and retries that do not keep a test waiting.
    private IEnumerable<(string Name, string Value)> Standard()
    {
        foreach (var provider in (string[])["Polygon", "Alpaca", "Binance", "Coinbase", "Yahoo"])
        {
            yield return ($"Providers:{provider}:BaseUrl", $"{SimulatorAddress}{provider.ToLowerInvariant()}");
            yield return ($"Providers:{provider}:Resilience:RequestsPerMinute", "1000000");
            yield return ($"Providers:{provider}:Resilience:Burst", "1000000");
            yield return ($"Providers:{provider}:Resilience:RetryBaseDelay", "00:00:00.001");
            yield return ($"Providers:{provider}:Resilience:AttemptTimeout", "00:00:20");
            yield return ($"Providers:{provider}:Resilience:CircuitBreaker:ConsecutiveFailures", "1000");
            yield return ($"Providers:{provider}:Resilience:CircuitBreaker:MinimumThroughput", "1000");
        }

        yield return ("Providers:Binance:FuturesBaseUrl", $"{SimulatorAddress}binance-futures");
        yield return ("Providers:Polygon:ApiKey", "test");
        yield return ("Quality:CrossCheckSample", "0");
        yield return ("Enrichment:Retry:BaseDelay", "00:00:00.010");
        yield return ("Enrichment:History:OneDay", "150");
        yield return ("Enrichment:History:OneWeek", "400");
        yield return ("Enrichment:History:OneHour", "20");
        yield return ("Enrichment:History:FourHours", "20");
        yield return ("Enrichment:History:FiveMinutes", "4");
    }
}

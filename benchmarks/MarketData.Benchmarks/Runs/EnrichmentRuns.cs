using System.Globalization;
using MarketData.Storage.Enrichment;

namespace MarketData.Benchmarks.Runs;

/// <summary>The enrichment service as a process of its own, on a database full of daily stocks that one provider serves, a request each.</summary>
internal sealed class EnrichmentRuns : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private readonly BenchmarkDatabase _database;

    private EnrichmentRuns(BenchmarkDatabase database, WireHost provider, ServiceProcess service) =>
        (_database, Provider, Service) = (database, provider, service);

    /// <summary>Whom it asks.</summary>
    public WireHost Provider { get; }

    /// <summary>The process.</summary>
    public ServiceProcess Service { get; private set; }

    /// <summary>Starts it, idle.</summary>
    /// <param name="bench">The run of the benchmarks.</param>
    /// <param name="symbols">How many symbols are tracked.</param>
    /// <param name="provider">Whom it asks; stopped together with it.</param>
    /// <param name="settings">The service's settings, besides those of the provider's address.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public static async Task<EnrichmentRuns> StartAsync(
        BenchmarkRun bench, int symbols, WireHost provider, IReadOnlyDictionary<string, string> settings, CancellationToken cancellation)
    {
        var database = await BenchmarkDatabase.CreateAsync(bench, cancellation);
        // Splits and dividends were asked for, so that a symbol costs one request.
        await database.ExecuteAsync(
            $$"""
            INSERT INTO symbols (symbol, asset_class, timeframes, actions_checked_at, aliases_checked_at)
            SELECT 'RUN' || s, 'stock', '{1d}', now(), now() FROM generate_series(1, {{symbols.ToString(CultureInfo.InvariantCulture)}}) s
            """,
            cancellation);
        return new EnrichmentRuns(database, provider, await StartAsync(database, provider, settings, cancellation));
    }

    /// <summary>Starts it anew, with other settings.</summary>
    public async Task RestartAsync(IReadOnlyDictionary<string, string> settings, CancellationToken cancellation)
    {
        await Service.DisposeAsync();
        Service = await StartAsync(_database, Provider, settings, cancellation);
    }

    /// <summary>The limits opened so wide that they are never felt.</summary>
    public static Dictionary<string, string> WithoutLimits { get; } = new[] { "Yahoo", "Alpaca" }
        .SelectMany(provider => new[] { "RequestsPerMinute", "Burst" }.Select(limit => $"Providers__{provider}__Resilience__{limit}"))
        .ToDictionary(setting => setting, _ => "1000000");

    /// <summary>Has splits and dividends be asked for by the next run.</summary>
    public Task ForgetActionsAsync(CancellationToken cancellation) =>
        _database.ExecuteAsync("UPDATE symbols SET actions_checked_at = now() - interval '1 day'", cancellation);

    /// <summary>Has every symbol enriched and waits for the end.</summary>
    /// <returns>From the first claim to the end, and the time from one finished symbol to the next, in the middle; seconds.</returns>
    public async Task<(double Duration, double Job)> RunAsync(CancellationToken cancellation)
    {
        var ticket = await new RunStore(_database.Source).CreateAsync(new RunRequest { Trigger = RunTrigger.Manual }, cancellation);
        var run = $"'{ticket.JobId}'";
        while (await _database.ScalarAsync<bool>($"SELECT completed_at IS NULL FROM enrichment_history WHERE job_id = {run}", cancellation))
            await Task.Delay(Glance, cancellation);
        var failed = await _database.ScalarAsync<long>($"SELECT count(*) FROM enrichment_jobs WHERE job_id = {run} AND status <> 'succeeded'", cancellation);
        if (failed > 0)
        {
            throw new InvalidOperationException(
                $"{failed} symbols failed; one with: "
                + await _database.ScalarAsync<string>($"SELECT max(error_message) FROM enrichment_jobs WHERE job_id = {run}", cancellation));
        }

        var duration = await _database.ScalarAsync<double>(
            $"SELECT extract(epoch FROM max(completed_at) - min(started_at))::float8 FROM enrichment_jobs WHERE job_id = {run}", cancellation);
        var job = await _database.ScalarAsync<double>(
            $"""
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM step))::float8
            FROM (SELECT completed_at - lag(completed_at) OVER (ORDER BY completed_at) AS step FROM enrichment_jobs WHERE job_id = {run}) steps
            """,
            cancellation);
        return (duration, job);
    }

    /// <summary>Puts a daily series of each symbol on record, as if it had been stored an hour ago, and waits until all are judged.</summary>
    public async Task StoreAllAsync(CancellationToken cancellation)
    {
        await _database.ExecuteAsync(
            """
            INSERT INTO series (symbol, timeframe, first_ts, last_ts, records, quality_score, completeness, validation_rate, updated_at)
            SELECT symbol, '1d', now() - interval '1 year', now() - interval '1 day', 250, 0.9, 1, 1, now() - interval '1 hour' FROM symbols;
            INSERT INTO symbol_status (symbol, asset_class, status, health, judge_at)
            SELECT symbol, asset_class, 'healthy', 'healthy', '-infinity' FROM symbols ON CONFLICT (symbol) DO UPDATE SET judge_at = '-infinity';
            """,
            cancellation);
        while (await _database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM symbol_status WHERE judge_at = '-infinity')", cancellation))
            await Task.Delay(Glance, cancellation);
        await _database.ExecuteAsync("VACUUM ANALYZE", cancellation);
        await _database.ExecuteAsync("CHECKPOINT", cancellation);
    }

    private static async Task<ServiceProcess> StartAsync(
        BenchmarkDatabase database, WireHost provider, IReadOnlyDictionary<string, string> settings, CancellationToken cancellation)
    {
        var service = ServiceProcess.Start("Enrichment", new Dictionary<string, string>(settings)
        {
            ["ConnectionStrings__marketdata"] = database.ConnectionString,
            ["Providers__Binance__Enabled"] = "false",
            ["Providers__Coinbase__Enabled"] = "false",
            ["Providers__Yahoo__Enabled"] = "false",
            [$"Providers__{provider.Provider}__Enabled"] = "true",
            [$"Providers__{provider.Provider}__BaseUrl"] = provider.Address.ToString(),
            ["Providers__Alpaca__ApiKey"] = provider.Provider == "Alpaca" ? "key" : "",
            ["Providers__Alpaca__ApiSecret"] = provider.Provider == "Alpaca" ? "secret" : "",
            ["Enrichment__RunOnFirstStart"] = "false",
            ["Enrichment__History__OneDay"] = (WireHost.History - 10).ToString(CultureInfo.InvariantCulture),
        });
        await service.AliveAsync(cancellation);
        return service;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Provider.DisposeAsync();
        await _database.DisposeAsync();
    }
}

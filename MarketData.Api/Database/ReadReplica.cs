using System.Diagnostics.Metrics;
using MarketData.Storage;
using MarketData.Storage.Candles;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Api.Database;

/// <summary>
/// Reads whole ranges of candles from a replica of the database where one is configured, reachable and not too far behind, and from the primary
/// otherwise.
/// </summary>
public sealed partial class ReadReplica : BackgroundService, IHealthCheck
{
    /// <summary>The connection string's name, and the name of the pool in metrics.</summary>
    public const string ConnectionName = "marketdata-read";

    /// <summary>The meter's name.</summary>
    public const string MeterName = "MarketData.Api.Replica";

    private const int ProbeTimeoutSeconds = 2;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly CandleReader _primary;
    private readonly NpgsqlDataSource _primaryServer;
    private readonly NpgsqlDataSource? _server;
    private readonly NpgsqlDataSource? _probe;
    private readonly CandleReader? _reader;
    private readonly ReplicaLag _lag = new();
    private readonly TimeSpan _mostLag;
    private readonly TimeProvider _time;
    private readonly ILogger<ReadReplica> _logger;
    private volatile State _state = new(null, "It has not been looked at yet.");
    private string? _said;

    /// <summary>Makes its connections when they are first needed.</summary>
    public ReadReplica(
        CandleReader primary, NpgsqlDataSource database, IConfiguration configuration, IOptions<ApiOptions> options, IMeterFactory meters,
        TimeProvider time, ILogger<ReadReplica> logger)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(options);
        (_primary, _primaryServer, _time, _logger) = (primary, database, time, logger);
        _mostLag = TimeSpan.FromSeconds(options.Value.ReadReplica.MaxLagSeconds);
        if (ConnectionString(configuration) is not { } connection)
            return;
        _server = Build(connection, ConnectionName, null);
        _probe = Build(connection, DatabaseProbe.ApplicationName, builder =>
            (builder.MaxPoolSize, builder.CommandTimeout, builder.CancellationTimeout) = (1, ProbeTimeoutSeconds, -1));
        _reader = new CandleReader(_server);
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "marketdata.replica.lag", () => _state.Lag is { } lag ? [new Measurement<double>(lag.TotalSeconds)] : Array.Empty<Measurement<double>>(),
            "s", "How long the read replica has lacked something that the primary has.");
        meter.CreateObservableGauge("marketdata.replica.in_use", () => IsInUse ? 1 : 0, null, "1 while ranges of candles are read from the replica.");
    }

    /// <summary>Whether there is one to use.</summary>
    public bool IsConfigured => _server is not null;

    private bool IsInUse => _state.Trouble is null;

    /// <summary>The connection string; the second name is for environments that allow no hyphen in a variable's name.</summary>
    internal static string? ConnectionString(IConfiguration configuration) =>
        configuration.GetConnectionString(ConnectionName) is { Length: > 0 } named ? named
        : configuration.GetConnectionString("marketdata_read") is { Length: > 0 } alternative ? alternative
        : null;

    /// <summary>Reads from the replica; from the primary when there is none in use, and when the replica fails.</summary>
    /// <param name="read">Reads; asked a second time when the replica fails.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<T> ReadAsync<T>(Func<CandleReader, Task<T>> read, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (_reader is null || !IsInUse)
            return await read(_primary);
        try
        {
            return await read(_reader);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException && !cancellation.IsCancellationRequested)
        {
            Note(new(_state.Lag, $"It failed: {e.Message}"));
            return await read(_primary);
        }
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (lag, trouble) = _state;
        var data = new Dictionary<string, object>();
        if (lag is { } behind)
            data["lag_seconds"] = Math.Round(behind.TotalSeconds, 1);
        return Task.FromResult(trouble is null
            ? HealthCheckResult.Healthy($"{lag?.TotalSeconds:0.0} s behind the primary.", data)
            : HealthCheckResult.Degraded($"The primary is read in its place. {trouble}", data: data));
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _server?.Dispose();
        _probe?.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (IsConfigured && !stoppingToken.IsCancellationRequested)
        {
            Note(await ProbeAsync(stoppingToken));
            await Task.Delay(Period, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<State> ProbeAsync(CancellationToken cancellation)
    {
        var at = _time.GetUtcNow();
        try
        {
            if (await PrimaryAsync(cancellation) is not { } primary)
                return _state;
            var replica = await ReplicationPosition.ReadAsync(_probe!, cancellation);
            if (!replica.IsReplica)
                return new(null, "It is no replica: it takes writes.");
            return _lag.Note(at, primary, replica.Position, _time.GetUtcNow()) switch
            {
                null => new(null, "It has not been level with the primary yet."),
                { } lag when lag > _mostLag => new(lag, $"It is further behind than Api:ReadReplica:MaxLagSeconds allows, {_mostLag.TotalSeconds:0} s."),
                { } lag => new(lag, null),
            };
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return new(_state.Lag, $"It can't be reached: {e.Message}");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return _state;
        }
    }

    // Null while the primary does not answer, which is not the replica's fault.
    private async Task<long?> PrimaryAsync(CancellationToken cancellation)
    {
        try
        {
            return (await ReplicationPosition.ReadAsync(_primaryServer, cancellation)).Position;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return null;
        }
    }

    // Once for each change.
    private void Note(State state)
    {
        _state = state;
        if (_said == (state.Trouble ?? ""))
            return;
        _said = state.Trouble ?? "";
        if (state.Trouble is null)
            LogInUse();
        else
            LogTrouble(state.Trouble);
    }

    private static NpgsqlDataSource Build(string connection, string name, Action<NpgsqlConnectionStringBuilder>? configure)
    {
        var builder = new NpgsqlDataSourceBuilder(connection) { Name = name }.NameSpans();
        builder.LimitPool(MarketDataDatabase.ApiPoolSize);
        builder.KeepAlive();
        builder.ConnectionStringBuilder.NoResetOnClose = true;
        builder.ConnectionStringBuilder.ApplicationName ??= name;
        builder.ConnectionStringBuilder.Timeout = ProbeTimeoutSeconds;
        configure?.Invoke(builder.ConnectionStringBuilder);
        return builder.Build();
    }

    [LoggerMessage(LogLevel.Information, "Ranges of candles are read from the replica")]
    private partial void LogInUse();

    [LoggerMessage(LogLevel.Warning, "Ranges of candles are read from the primary in place of the replica. {Trouble}")]
    private partial void LogTrouble(string trouble);

    private sealed record State(TimeSpan? Lag, string? Trouble);
}

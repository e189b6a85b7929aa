using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using Npgsql;

namespace MarketData.Enrichment.Resilience;

/// <summary>Puts requests to providers on record, those of a second at once, and sees that there are not too many of them.</summary>
public sealed partial class RequestLogWriter(
    IEnumerable<ProviderGate> gates, ProviderRequestStore store, SchemaReadiness schema, NodeIdentity node, TimeProvider time,
    ILogger<RequestLogWriter> log)
    : BackgroundService
{
    private const int PruneEvery = ProviderRequestStore.MostPerProvider / 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly Pending[] _pending = [.. gates.Select(gate => new Pending(gate))];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var pending in _pending)
                await WriteAsync(pending, stoppingToken);
            await Task.Delay(Interval, time, stoppingToken);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var pending in schema.IsReady ? _pending : [])
        {
            // What a write that was broken off had taken, and what has come since.
            await WriteAsync(pending, cancellationToken);
            await WriteAsync(pending, cancellationToken);
        }
    }

    private async Task WriteAsync(Pending pending, CancellationToken cancellation)
    {
        // What could not be written is tried again before anything newer is taken, which the gate keeps as long as it has room.
        if (pending.Requests.Count == 0)
            pending.Requests = pending.Gate.TakeRequests();
        if (pending.Requests.Count == 0)
            return;
        try
        {
            await store.AddAsync(node.Id, pending.Gate.Provider, pending.Requests, cancellation);
            pending.SincePruned += pending.Requests.Count;
            pending.Requests = [];
            if (pending.SincePruned < PruneEvery)
                return;
            await store.PruneAsync(pending.Gate.Provider, cancellation);
            pending.SincePruned = 0;
        }
        catch (PostgresException e) when (!e.IsTransient)
        {
            LogRefused(pending.Requests.Count, pending.Gate.Provider, e);
            pending.Gate.NoteNotLogged(pending.Requests.Count);
            pending.Requests = [];
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogNotWritten(e);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The database does not take {Requests} requests to {Provider}; they are missing from its log")]
    private partial void LogRefused(int requests, string provider, Exception exception);

    [LoggerMessage(LogLevel.Debug, "Requests to providers could not be put on record; it is tried again")]
    private partial void LogNotWritten(Exception exception);

    private sealed class Pending(ProviderGate gate)
    {
        public ProviderGate Gate => gate;

        public IReadOnlyList<ProviderRequest> Requests { get; set; } = [];

        // The first time, so that a service which is often started anew prunes too.
        public int SincePruned { get; set; } = PruneEvery;
    }
}

using System.Threading.Channels;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Schema;
using Npgsql;
using Polly.CircuitBreaker;

namespace MarketData.Enrichment.Resilience;

/// <summary>Puts the state of every provider on record: changes of a circuit at once, the rest and what was asked every second while it changes.</summary>
public sealed partial class ProviderStateReporter(
    IEnumerable<ProviderGate> gates, ProviderStateStore store, SchemaReadiness schema, NodeIdentity node, TimeProvider time, ILogger<ProviderStateReporter> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private readonly ProviderGate[] _gates = [.. gates];
    private readonly Dictionary<string, ProviderState> _written = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var transitions = Channel.CreateUnbounded<Transition>();
        foreach (var gate in _gates)
        {
            gate.CircuitChanged += (from, to, why) =>
            {
                LogChanged(gate.Provider, from.Name(), to.Name(), why);
                transitions.Writer.TryWrite(new Transition(gate.Provider, from, to, why, time.GetUtcNow()));
            };
        }

        await schema.WaitAsync(stoppingToken);
        await Task.WhenAll(WriteTransitionsAsync(transitions.Reader, stoppingToken), WriteStatesAsync(stoppingToken));
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var gate in schema.IsReady ? _gates : [])
        {
            await CountAsync(gate, cancellationToken);
            await TryAsync(() => store.SaveAsync(gate.Read(), cancellationToken));
        }
    }

    private async Task CountAsync(ProviderGate gate, CancellationToken cancellation)
    {
        var counts = gate.TakeCounts();
        var isKept = false;
        try
        {
            isKept = counts.Count == 0 || await TryAsync(() => store.AddRequestsAsync(node.Id, gate.Provider, counts, cancellation));
        }
        finally
        {
            if (!isKept)
                gate.GiveBack(counts);
        }
    }

    private async Task WriteTransitionsAsync(ChannelReader<Transition> transitions, CancellationToken stopping)
    {
        await foreach (var change in transitions.ReadAllAsync(stopping))
        {
            while (!await TryAsync(
                () => store.AddTransitionAsync(
                    node.Id, change.Provider, change.From.Name(), change.To.Name(), change.Why, change.At, stopping)))
            {
                await Task.Delay(Interval, time, stopping);
            }
        }
    }

    private async Task WriteStatesAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            foreach (var gate in _gates)
            {
                var state = gate.Read();
                if (_written.GetValueOrDefault(gate.Provider) != Timeless(state) && await TryAsync(() => store.SaveAsync(state, stopping)))
                    _written[gate.Provider] = Timeless(state);
                await CountAsync(gate, stopping);
            }

            await Task.Delay(Interval, time, stopping);
        }
    }

    private async Task<bool> TryAsync(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogNotWritten(e);
            return false;
        }
    }

    // All but the time: a provider at rest is written once.
    private static ProviderState Timeless(ProviderState state) => state with { Resilience = state.Resilience with { UpdatedAt = default } };

    [LoggerMessage(LogLevel.Warning, "The circuit of {Provider} went from {From} to {To}: {Why}")]
    private partial void LogChanged(string provider, string from, string to, string why);

    [LoggerMessage(LogLevel.Debug, "The providers' state could not be put on record; it is tried again")]
    private partial void LogNotWritten(Exception exception);

    private sealed record Transition(string Provider, CircuitState From, CircuitState To, string Why, DateTimeOffset At);
}

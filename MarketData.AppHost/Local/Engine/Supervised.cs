using MarketData.AppHost.Local.Processes;

namespace MarketData.AppHost.Local.Engine;

/// <summary>Something that runs as a process, is started again when it dies, and is stopped when the application stops.</summary>
internal abstract class Supervised(string name, ConsoleLog log) : IAsyncDisposable
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongLife = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _supervision = Task.CompletedTask;

    /// <summary>What its lines are marked with.</summary>
    public string Name => name;

    /// <summary>Ends with the exit code of the process that runs now.</summary>
    protected abstract Task<int> Exited { get; }

    /// <summary>Where its lines go.</summary>
    protected ConsoleLog Log => log;

    /// <summary>Starts it and returns once it is healthy.</summary>
    /// <exception cref="StartException">It did not become healthy; says why.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await LaunchAsync(cancellation);
        _supervision = SuperviseAsync();
    }

    /// <summary>Stops it for good.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await HaltAsync();
        await _supervision;
        await HaltAsync();
        _stopping.Dispose();
    }

    /// <summary>Starts the process and waits until it is healthy.</summary>
    protected abstract Task LaunchAsync(CancellationToken cancellation);

    /// <summary>Stops the process, if there is one.</summary>
    protected abstract Task HaltAsync();

    /// <summary>What it printed last, for the sentence about its end.</summary>
    protected abstract string LastWords { get; }

    private async Task SuperviseAsync()
    {
        var delay = ShortestDelay;
        while (!_stopping.IsCancellationRequested)
        {
            var start = DateTime.UtcNow;
            var exitCode = await Exited;
            if (_stopping.IsCancellationRequested)
                return;
            delay = DateTime.UtcNow - start > LongLife ? ShortestDelay : delay;
            log.Say($"{name} ended by itself with exit code {exitCode}; it last said: {LastWords}. It is started again in {delay.TotalSeconds:0} s.");
            await StartAgainAsync(delay);
            delay = delay + delay < LongestDelay ? delay + delay : LongestDelay;
        }
    }

    private async Task StartAgainAsync(TimeSpan delay)
    {
        try
        {
            await Task.Delay(delay, _stopping.Token);
            await HaltAsync();
            await LaunchAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The application stops; nothing is to be started any more.
        }
        catch (StartException e)
        {
            log.Say(e.Message);
        }
    }
}

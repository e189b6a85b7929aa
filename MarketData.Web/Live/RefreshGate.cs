namespace MarketData.Web.Live;

/// <summary>
/// Turns any number of requests into few loads: the first runs at once, those that come while one runs or too soon after it
/// become one more load at the end. So a burst of a thousand events costs at most four loads a second, and the last always counts.
/// </summary>
public sealed class RefreshGate(Func<CancellationToken, Task> load, TimeProvider time, TimeSpan interval) : IDisposable
{
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _gate = new();
    private bool _running;
    private bool _again;

    /// <summary>Asks for a load. The task of the loop that serves it is returned for whoever wants to wait.</summary>
    public Task RequestAsync()
    {
        lock (_gate)
        {
            if (_disposed.IsCancellationRequested)
                return Task.CompletedTask;
            _again = true;
            if (_running)
                return Task.CompletedTask;
            _running = true;
        }

        return RunAsync();
    }

    /// <summary>Ends the loop and cancels the current load.</summary>
    public void Dispose()
    {
        lock (_gate)
            _disposed.Cancel();
    }

    private async Task RunAsync()
    {
        try
        {
            while (TakeRequest())
            {
                await load(_disposed.Token);
                await Task.Delay(interval, time, _disposed.Token);
            }
        }
        catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
        {
            // The page is gone; nobody waits for this load.
        }
        finally
        {
            lock (_gate)
                _running = false;
        }
    }

    private bool TakeRequest()
    {
        lock (_gate)
        {
            var wanted = _again;
            _again = false;
            if (!wanted)
                _running = false;
            return wanted;
        }
    }
}

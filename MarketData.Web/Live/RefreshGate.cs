namespace MarketData.Web.Live;

/// <summary>
/// Turns any number of requests into few loads: the first runs at once, those that come while one runs or too soon after it
/// become one more load at the end. So a burst of a thousand events costs at most four loads a second, and the last always counts.
/// </summary>
/// <param name="load">Loads.</param>
/// <param name="failed">Is told what a load threw; the next request loads again.</param>
/// <param name="time">The clock.</param>
/// <param name="interval">The shortest time between the end of a load and the next.</param>
public sealed class RefreshGate(Func<CancellationToken, Task> load, Action<Exception> failed, TimeProvider time, TimeSpan interval) : IDisposable
{
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lock _gate = new();
    private bool _running;
    private bool _again;

    /// <summary>
    /// Asks for a load. The task of the loop that serves it is returned for whoever wants to wait; it is done at once when another request's loop
    /// does, and never fails.
    /// </summary>
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

    // Only TakeRequest says that the loop has ended, under the lock: said anywhere later, it could be said of the loop that began meanwhile.
    private async Task RunAsync()
    {
        while (TakeRequest())
        {
            try
            {
                await load(_disposed.Token);
            }
            catch (OperationCanceledException) when (_disposed.IsCancellationRequested)
            {
                // The page is gone; nobody waits for this load.
            }
            catch (Exception e)
            {
                failed(e);
            }

            await Task.Delay(interval, time, _disposed.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool TakeRequest()
    {
        lock (_gate)
        {
            _running = _again && !_disposed.IsCancellationRequested;
            _again = false;
            return _running;
        }
    }
}

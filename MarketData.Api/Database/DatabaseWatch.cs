namespace MarketData.Api.Database;

/// <summary>
/// Breaks off requests that wait for a database that has stopped answering, so that they get 503 within two seconds rather than hang.
/// A request that takes long for another reason goes on: the database is asked first, on a connection of its own.
/// </summary>
public sealed class DatabaseWatch(RequestDelegate next, DatabaseProbe probe, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        // Everything else needs no database, or has a time limit of its own.
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        var aborted = context.RequestAborted;
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        using var done = new CancellationTokenSource();
        context.RequestAborted = broken.Token;
        var watching = WatchAsync(context, broken, done.Token);
        try
        {
            await next(context);
        }
        finally
        {
            await done.CancelAsync();
            await watching;
            // From here on a cancelled request means again that the caller has gone.
            context.RequestAborted = aborted;
        }
    }

    private async Task WatchAsync(HttpContext context, CancellationTokenSource broken, CancellationToken done)
    {
        while (true)
        {
            await Task.Delay(Patience, time, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested || context.Response.HasStarted)
                return;
            if (!await probe.IsAnsweringAsync() && !done.IsCancellationRequested)
            {
                context.Features.Set(new DatabaseLost());
                await broken.CancelAsync();
                return;
            }
        }
    }
}

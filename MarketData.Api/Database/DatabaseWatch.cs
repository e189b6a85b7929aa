using MarketData.Api.Errors;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;

namespace MarketData.Api.Database;

/// <summary>
/// Answers 503 within two seconds for a request that waits for a database that has stopped answering. A request that takes long for
/// another reason goes on, for the database is asked first, on a connection of its own; and so does one whose answer has begun.
/// </summary>
/// <remarks>
/// The answer does not wait until the handler has ended: breaking off a query means to ask the server, and one that is frozen makes
/// that take a minute. The handler works on a context of its own meanwhile, whose response is taken away from it.
/// </remarks>
public sealed partial class DatabaseWatch(RequestDelegate next, DatabaseProbe probe, TimeProvider time, ILogger<DatabaseWatch> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        // Everything else needs no database.
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
            && !context.Request.Path.StartsWithSegments("/health", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        using var broken = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var response = new WatchedResponse(
            context.Features.GetRequiredFeature<IHttpResponseFeature>(), context.Features.GetRequiredFeature<IHttpResponseBodyFeature>());
        var handling = next(Watched(context, response, broken.Token));
        if (await IsLostAsync(handling, response))
        {
            await AnswerAsync(context);
            await WindDownAsync(handling, broken);
            return;
        }

        await handling;
        response.Begin();
    }

    private static DefaultHttpContext Watched(HttpContext context, WatchedResponse response, CancellationToken ended)
    {
        var features = new FeatureCollection(context.Features);
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(response);
        features.Set<IHttpRequestLifetimeFeature>(new WatchedLifetime(context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>(), ended));
        features.Set<IServiceProvidersFeature>(new ServiceProvidersFeature { RequestServices = context.RequestServices });
        return new DefaultHttpContext(features);
    }

    private async Task<bool> IsLostAsync(Task handling, WatchedResponse response)
    {
        while (true)
        {
            await handling.WaitAsync(Patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (handling.IsCompleted || response.HasBegun)
                return false;
            var answering = probe.IsAnsweringAsync();
            await Task.WhenAny(handling, answering);
            if (!handling.IsCompleted && !await answering && response.TryTake())
                return true;
        }
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        // The handler still holds the connection: the next request had better take another one.
        if (!HttpProtocol.IsHttp2(context.Request.Protocol) && !HttpProtocol.IsHttp3(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
        await ErrorHandler.Unavailable(context).ExecuteAsync(context);
        await context.Response.CompleteAsync();
    }

    private async Task WindDownAsync(Task handling, CancellationTokenSource broken)
    {
        // The driver waits for the server while it cancels: not on a thread that others need.
        var breaking = Task.Factory.StartNew(broken.Cancel, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await handling;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException or IOException)
        {
            LogBroken(e.Message);
        }

        await breaking;
    }

    [LoggerMessage(LogLevel.Warning, "The database did not answer; a request that waited for it was answered 503 and ended with: {Cause}")]
    private partial void LogBroken(string cause);
}

namespace MarketData.Api.Database;

/// <summary>Marks a handler that can do its work while the database is lost.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsNoDatabaseAttribute : Attribute;

/// <summary>Keeps requests from waiting for a database that is lost.</summary>
public static class DatabaseGuard
{
    /// <summary>
    /// Refuses requests at once while the database is lost, and those whose handler is under way as soon as it is. What has begun to be
    /// answered goes on: a handler returns its answer, which is written after that.
    /// </summary>
    public static RouteGroupBuilder GuardDatabase(this RouteGroupBuilder group)
    {
        group.AddEndpointFilterFactory(static (endpoint, next) =>
        {
            var probe = endpoint.ApplicationServices.GetRequiredService<DatabaseProbe>();
            var isFree = endpoint.MethodInfo.IsDefined(typeof(NeedsNoDatabaseAttribute), inherit: false);
            return isFree ? next : request => HandleAsync(probe, request, next);
        });
        return group;
    }

    private static async ValueTask<object?> HandleAsync(
        DatabaseProbe probe, EndpointFilterInvocationContext request, EndpointFilterDelegate next)
    {
        Task<object?>? handling = null;
        try
        {
            return await probe.WaitAsync(() => handling = next(request).AsTask());
        }
        catch (TimeoutException) when (handling is { IsCompleted: false })
        {
            KeepUntilEnded(request.HttpContext.Response, handling);
            throw;
        }
    }

    // To break off a query, the driver asks the server, and one that is frozen makes that take a minute. The caller has its answer meanwhile,
    // but the handler still uses the context, so that neither it nor the connection may serve another request before.
    private static void KeepUntilEnded(HttpResponse response, Task<object?> handling)
    {
        response.OnStarting(() =>
        {
            if (HttpProtocol.IsHttp11(response.HttpContext.Request.Protocol))
                response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
        response.OnCompleted(async () =>
        {
            await ((Task)handling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (handling is { IsCompletedSuccessfully: true, Result: IAsyncDisposable unwritten })
                await unwritten.DisposeAsync();
        });
    }
}

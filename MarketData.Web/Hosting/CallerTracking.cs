using System.Net;
using MarketData.Web.Api;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;

namespace MarketData.Web.Hosting;

/// <summary>Gives requests and circuits the address of their browser.</summary>
public static class CallerTracking
{
    private static readonly AsyncLocal<IPAddress?> Connection = new();

    /// <summary>Adds the <see cref="Caller"/>, in a circuit that of the connection which it has now.</summary>
    public static IServiceCollection AddCallers(this IServiceCollection services)
    {
        services.AddScoped<Caller>();
        services.AddScoped<CircuitHandler, CircuitCaller>();
        return services;
    }

    /// <summary>Notes whose the calls over a circuit's connection are.</summary>
    public static void TrackCallers(this HubOptions hub) => hub.AddFilter(new ConnectionFilter());

    /// <summary>Notes whose each request is; comes after the proxies had their say.</summary>
    public static void UseCallers(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        context.RequestServices.GetRequiredService<Caller>().Address = context.Connection.RemoteIpAddress;
        return next(context);
    });

    // A circuit has services of its own, which know nothing of the connection; but it is opened, and joined again, by a call over it.
    private sealed class ConnectionFilter : IHubFilter
    {
        public ValueTask<object?> InvokeMethodAsync(
            HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
        {
            Connection.Value = invocationContext.Context.GetHttpContext()?.Connection.RemoteIpAddress;
            return next(invocationContext);
        }
    }

    private sealed class CircuitCaller(Caller caller) : CircuitHandler
    {
        public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            caller.Address = Connection.Value;
            return Task.CompletedTask;
        }
    }
}

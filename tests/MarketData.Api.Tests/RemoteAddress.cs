using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace MarketData.Api.Tests;

/// <summary>Makes a request's connection come from the address that the test names in a header, as no loopback connection can.</summary>
internal sealed class RemoteAddress : IStartupFilter
{
    /// <summary>The header.</summary>
    public const string Header = "Test-Remote-Address";

    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, request) =>
        {
            if (context.Request.Headers[Header] is [{ } address])
                context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            return request(context);
        });
        next(app);
    };
}

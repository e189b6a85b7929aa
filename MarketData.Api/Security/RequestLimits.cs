using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MarketData.Api.Errors;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Security;

/// <summary>
/// Limits requests by key, and by address without one. Says how much is left in <c>RateLimit</c> and <c>RateLimit-Policy</c>
/// (draft-ietf-httpapi-ratelimit-headers-10), and refuses the rest with 429 and <c>Retry-After</c>. Limits the size of bodies as well.
/// </summary>
public sealed class RequestLimits(RequestDelegate next, RequestBudgets budgets, IOptions<ApiOptions> options)
{
    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
            return next(context);

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = options.Value.MaxRequestBodyBytes;
        var (policy, budget) = context.Features.Get<ApiKey>() is { } key
            ? ("key", budgets.Take($"key {key.Id}", key.RequestsPerMinute ?? options.Value.RequestsPerMinutePerKey))
            : ("address", budgets.Take(Network(context.Connection.RemoteIpAddress), options.Value.RequestsPerMinutePerAddress));
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = string.Create(
            CultureInfo.InvariantCulture, $"\"{policy}\";q={budget.Limit};w={RequestBudgets.Window.TotalSeconds}");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy}\";r={budget.Remaining};t={budget.ResetSeconds}");
        if (budget.IsWithin)
            return next(context);

        headers.RetryAfter = budget.ResetSeconds.ToString(CultureInfo.InvariantCulture);
        return Problems.Of(StatusCodes.Status429TooManyRequests, $"No more than {budget.Limit} requests a minute.").ExecuteAsync(context);
    }

    // Whoever has an IPv6 network has 2^64 addresses of it.
    private static string Network(IPAddress? address) => address switch
    {
        null => "address unknown",
        { IsIPv4MappedToIPv6: true } => $"address {address.MapToIPv4()}",
        { AddressFamily: AddressFamily.InterNetworkV6 } => $"network {new IPNetwork(Masked(address), 64)}",
        _ => $"address {address}",
    };

    private static IPAddress Masked(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}

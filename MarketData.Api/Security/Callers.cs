using MarketData.Storage.Keys;

namespace MarketData.Api.Security;

/// <summary>Who makes a request.</summary>
public static class Callers
{
    /// <summary>For records: the key's name, and the address.</summary>
    public static Actor Actor(this HttpContext context) =>
        new(context.Features.Get<ApiKey>()?.Name, context.Connection.RemoteIpAddress?.ToString());

    /// <summary>What tells callers apart: the key, or the address without one.</summary>
    public static string CallerId(this HttpContext context) =>
        context.Features.Get<ApiKey>() is { } key ? $"key {key.Id}" : $"address {context.Connection.RemoteIpAddress}";
}

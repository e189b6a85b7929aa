using System.Globalization;
using MarketData.Api.Errors;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Security;

/// <summary>
/// Limits requests by key, and by address without one. Says how much is left in <c>RateLimit</c> and <c>RateLimit-Policy</c>
/// (draft-ietf-httpapi-ratelimit-headers-10), and refuses the rest with 429 and <c>Retry-After</c>. Limits the size of bodies as well.
/// </summary>
/// <remarks>
/// The dashboard takes nothing from a caller's budget: what its service asks at the management port is not counted, and what the pages in
/// browsers ask is counted apart from what the same key or address asks otherwise.
/// </remarks>
public sealed class RequestLimits(RequestDelegate next, RequestBudgets budgets, ManagementPort management, IOptions<ApiOptions> options)
{
    /// <summary>
    /// The header by which the front door tells a request of a page in a browser from one of its own. It means something at the management port
    /// alone, which no caller reaches.
    /// </summary>
    public const string PageHeader = "X-Dashboard-Page";

    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
            return next(context);

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
            body.MaxRequestBodySize = options.Value.MaxRequestBodyBytes;
        var isFromDashboard = management.Received(context);
        if (isFromDashboard && !context.Request.Headers.ContainsKey(PageHeader))
            return next(context);

        var (policy, caller, limit) = context.Features.Get<ApiKey>() is { } key
            ? ("key", $"key {key.Id}", key.RequestsPerMinute ?? options.Value.RequestsPerMinutePerKey)
            : ("address", CallerNetwork.Of(context.Connection.RemoteIpAddress), options.Value.RequestsPerMinutePerAddress);
        if (isFromDashboard)
            (policy, caller) = ("dashboard", $"dashboard {caller}");
        var budget = budgets.Take(caller, limit);
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = string.Create(
            CultureInfo.InvariantCulture, $"\"{policy}\";q={budget.Limit};w={RequestBudgets.Window.TotalSeconds}");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy}\";r={budget.Remaining};t={budget.ResetSeconds}");
        if (budget.IsWithin)
            return next(context);

        headers.RetryAfter = budget.ResetSeconds.ToString(CultureInfo.InvariantCulture);
        return Problems.Of(ProblemCodes.TooManyRequests, $"No more than {budget.Limit} requests a minute.").ExecuteAsync(context);
    }
}

using System.Globalization;
using MarketData.Api.Errors;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Security;

/// <summary>
/// Limits requests by key, and by address without one. Says how much is left in <c>RateLimit</c> and <c>RateLimit-Policy</c>
/// (draft-ietf-httpapi-ratelimit-headers-10), and refuses the rest with 429 and <c>Retry-After</c>. Limits the size of bodies as well.
/// </summary>
/// <remarks>
/// Comes before authentication: a key that is not known to be valid is paid for by its address until it is, so that of wrong keys by the thousand
/// few reach the database. The dashboard takes nothing from a caller's budget: what its service asks at the management port is not counted, and what the
/// pages in browsers ask is counted apart from what the same key or address asks otherwise.
/// </remarks>
public sealed class RequestLimits(
    RequestDelegate next, RequestBudgets budgets, SeenKeys seen, ManagementPort management, IOptions<ApiOptions> options)
{
    /// <summary>
    /// The header by which the front door tells a request of a page in a browser from one of its own. It means something at the management port
    /// alone, which no caller reaches.
    /// </summary>
    public const string PageHeader = "X-Dashboard-Page";

    private static readonly PathString[] Counted = ["/api", "/openapi", "/scalar"];

    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var body = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (body is { IsReadOnly: false } && context.Request.Path.StartsWithSegments("/api"))
            body.MaxRequestBodySize = options.Value.MaxRequestBodyBytes;
        await CountAsync(context);
        // Kestrel then reads on for a few seconds and throws away what comes: a client that still sends would see its connection break otherwise,
        // and not the answer.
        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest && body is { IsReadOnly: false })
            body.MaxRequestBodySize = null;
    }

    private async Task CountAsync(HttpContext context)
    {
        var request = context.Request;
        var isFromDashboard = management.Received(context);
        // Whoever sends a key has it looked up, whatever the path.
        var isCounted = Array.Exists(Counted, path => request.Path.StartsWithSegments(path))
            || request.Headers.ContainsKey(ApiKeyAuthentication.Header);
        if (!isCounted || (isFromDashboard && !request.Headers.ContainsKey(PageHeader)))
        {
            await next(context);
            return;
        }

        var (policy, budget) = await TakeAsync(context, isFromDashboard ? "dashboard " : "");
        var headers = context.Response.Headers;
        var name = isFromDashboard ? "dashboard" : policy;
        headers["RateLimit-Policy"] = string.Create(
            CultureInfo.InvariantCulture, $"\"{name}\";q={budget.Limit};w={RequestBudgets.Window.TotalSeconds}");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";r={budget.Remaining};t={budget.ResetSeconds}");
        if (budget.IsWithin)
        {
            await next(context);
            return;
        }

        headers.RetryAfter = budget.ResetSeconds.ToString(CultureInfo.InvariantCulture);
        await Problems.Of(ProblemCodes.TooManyRequests, $"No more than {budget.Limit} requests a minute.").ExecuteAsync(context);
    }

    private async Task<(string Policy, RequestBudget Budget)> TakeAsync(HttpContext context, string prefix)
    {
        var address = prefix + CallerNetwork.Of(context.Connection.RemoteIpAddress);
        var addressLimit = options.Value.RequestsPerMinutePerAddress;
        var secret = context.Request.Headers[ApiKeyAuthentication.Header] is [{ Length: > 0 } given] ? given : null;
        if (secret is null && StreamTokens.Of(context) is null)
            return ("address", budgets.Take(address, addressLimit));

        // Apart from what the address asks without a key: that keeps nobody from using one.
        var unproven = $"unproven keys of {address}";
        RequestBudget? paid = secret is not null && seen.Contains(secret) ? null : budgets.Take(unproven, addressLimit);
        if (paid is { IsWithin: false } none)
            return ("address", none);
        await context.AuthenticateAsync();
        var key = context.Features.Get<ApiKey>();
        if (secret is not null)
            seen.Note(secret, isValid: key is not null);
        if (key is null)
            return ("address", paid ?? budgets.Take(unproven, addressLimit));
        if (paid is not null)
            budgets.GiveBack(unproven);
        return ("key", budgets.Take($"{prefix}key {key.Id}", key.RequestsPerMinute ?? options.Value.RequestsPerMinutePerKey));
    }
}

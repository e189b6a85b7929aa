using System.Globalization;
using System.Net.Sockets;
using MarketData.Simulator.Faults;
using Microsoft.AspNetCore.Connections.Features;

namespace MarketData.Simulator.Requests;

/// <summary>What every request to a simulated provider passes: it is counted, held against the quota, and hit by the faults in force.</summary>
internal sealed class RequestInterception(RequestDelegate next, FaultBook book, RequestLog log, Quotas quotas, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan UsualLatency = TimeSpan.FromSeconds(2);
    private const long UsualPadding = 1_000_000;
    private static readonly byte[] Spaces = [.. Enumerable.Repeat((byte)' ', 64 * 1024)];
    private static readonly TimeSpan UsualBan = TimeSpan.FromMinutes(2);

    /// <summary>Lets the request through, late, spoiled or not at all.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<ProviderEndpoint>() is not { } endpoint)
        {
            await next(context);
            return;
        }

        var wire = SymbolOf(context.Request);
        var canonical = WireSymbols.Canonical(endpoint.Provider, wire);
        var logged = log.Add(endpoint, canonical);
        if (await IsWithinQuota(context, endpoint.Provider))
        {
            await Answer(context, endpoint, book.Hitting(endpoint, (wire, canonical)));
        }

        logged.Status = context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted ? 0 : context.Response.StatusCode;
    }

    private static string SymbolOf(HttpRequest request) =>
        request.RouteValues["symbol"] as string
        ?? request.RouteValues["ticker"] as string
        ?? (request.Query["symbol"].ToString() is { Length: > 0 } symbol ? symbol : null)
        ?? (request.Query["symbols"].ToString() is { Length: > 0 } symbols ? symbols : request.Query["ticker"].ToString());

    private async Task<bool> IsWithinQuota(HttpContext context, Provider provider)
    {
        var verdict = quotas.Judge(provider);
        if (provider is Provider.Binance or Provider.BinanceFutures)
        {
            var weight = (verdict.UsedInMinute * 2).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["x-mbx-used-weight"] = weight;
            context.Response.Headers["x-mbx-used-weight-1m"] = weight;
        }

        if (provider == Provider.Alpaca && quotas.Limit(provider) is { } limit)
        {
            var headers = context.Response.Headers;
            headers["X-RateLimit-Limit"] = limit.ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Remaining"] = (verdict.Left ?? 0).ToString(CultureInfo.InvariantCulture);
            headers["X-RateLimit-Reset"] = (time.GetUtcNow() + verdict.RetryAfter).AddSeconds(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        }

        switch (verdict.Status)
        {
            case StatusCodes.Status429TooManyRequests:
                await ProviderErrors.RateLimited(context, provider, provider is Provider.Binance or Provider.BinanceFutures ? verdict.RetryAfter : null);
                return false;
            case StatusCodes.Status418ImATeapot:
                await ProviderErrors.Banned(context, provider, verdict.RetryAfter, time.GetUtcNow() + verdict.RetryAfter);
                return false;
            default:
                return true;
        }
    }

    private async Task Answer(HttpContext context, ProviderEndpoint endpoint, IReadOnlyList<Fault> faults)
    {
        if (faults.Count == 0)
        {
            await next(context);
            return;
        }

        context.Features.Set(new AnswerFaults(faults));
        foreach (var fault in faults)
        {
            if (await Interrupt(context, endpoint.Provider, fault))
            {
                return;
            }
        }

        if (faults.FirstOrDefault(fault => fault.Kind is FaultKind.CutBody or FaultKind.TruncatedJson or FaultKind.MalformedJson) is { } spoiler)
        {
            await Spoil(context, spoiler.Kind);
        }
        else
        {
            await next(context);
        }

        if (faults.FirstOrDefault(fault => fault.Kind == FaultKind.PaddedBody) is { } padded)
        {
            await Pad(context, padded.Request.Bytes ?? UsualPadding);
        }
    }

    /// <summary>Does what a fault does before there is an answer.</summary>
    /// <returns>Whether that was the answer.</returns>
    private async Task<bool> Interrupt(HttpContext context, Provider provider, Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.Latency:
                await Task.Delay(Delay(fault) ?? UsualLatency, context.RequestAborted);
                return false;
            case FaultKind.Hang:
                await Hang(context, Delay(fault));
                return true;
            case FaultKind.ConnectionReset:
                Reset(context);
                return true;
            case FaultKind.EmptyBody:
                context.Response.ContentType = "application/json";
                return true;
            case FaultKind.HtmlPage:
                context.Response.ContentType = "text/html; charset=utf-8";
                await context.Response.WriteAsync("<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body><h1>We'll be right back</h1></body></html>\n");
                return true;
            default:
                return await Refuse(context, provider, fault);
        }
    }

    private async Task<bool> Refuse(HttpContext context, Provider provider, Fault fault)
    {
        TimeSpan? retryAfter = fault.Request.RetryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        var refusal = fault.Kind switch
        {
            FaultKind.RateLimited => ProviderErrors.RateLimited(context, provider, retryAfter),
            FaultKind.Banned => ProviderErrors.Banned(context, provider, retryAfter, time.GetUtcNow() + (retryAfter ?? UsualBan)),
            FaultKind.Unauthorized => ProviderErrors.Unauthorized(context, provider),
            FaultKind.Forbidden => ProviderErrors.Forbidden(context, provider),
            FaultKind.RestrictedLocation => ProviderErrors.RestrictedLocation(context, provider),
            FaultKind.UnknownSymbol => ProviderErrors.UnknownSymbol(context, provider, fault.Request.Symbol ?? SymbolOf(context.Request)),
            FaultKind.NullResult => ProviderErrors.NullResult(context, provider),
            FaultKind.CaptivePortal => Pages.CaptivePortal(context, fault.Request.Status ?? StatusCodes.Status302Found),
            FaultKind.ProxyLogin => Pages.ProxyLogin(context),
            FaultKind.ConsentPage => ProviderErrors.ConsentPage(context, fault.Request.Status ?? StatusCodes.Status307TemporaryRedirect),
            FaultKind.EdgePage => ProviderErrors.EdgePage(context, fault.Request.Status ?? StatusCodes.Status200OK),
            FaultKind.ServerError => Fail(context, fault.Request.Status ?? StatusCodes.Status503ServiceUnavailable, retryAfter),
            _ => null,
        };
        if (refusal is null)
        {
            return false;
        }

        await refusal;
        return true;
    }

    private static Task Fail(HttpContext context, int status, TimeSpan? retryAfter)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html";
        if (retryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = ((int)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return context.Response.WriteAsync($"<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>");
    }

    private async Task Hang(HttpContext context, TimeSpan? delay)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await Task.Delay(delay ?? Timeout.InfiniteTimeSpan, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The client has given up, or the simulator stops: either ends the hang.
        }

        context.Abort();
    }

    /// <summary>Closes the socket so that the client sees a reset, not an orderly end.</summary>
    private static void Reset(HttpContext context)
    {
        if (context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        context.Abort();
    }

    private async Task Spoil(HttpContext context, FaultKind kind)
    {
        var body = context.Response.Body;
        using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        try
        {
            await next(context);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        finally
        {
            context.Response.Body = body;
        }

        var whole = buffer.ToArray();
        var half = whole.Length / 2;
        switch (kind)
        {
            case FaultKind.CutBody:
                context.Response.ContentLength = whole.Length;
                // Less than announced: the server closes the connection behind it. A reset would take back what was already sent.
                await body.WriteAsync(whole.AsMemory(0, half), context.RequestAborted);
                break;
            case FaultKind.TruncatedJson:
                await body.WriteAsync(whole.AsMemory(0, half), context.RequestAborted);
                break;
            default:
                // The quote makes it wrong within a string and outside of one.
                await body.WriteAsync(whole.AsMemory(0, half), context.RequestAborted);
                await body.WriteAsync("\"}{"u8.ToArray(), context.RequestAborted);
                await body.WriteAsync(whole.AsMemory(half), context.RequestAborted);
                break;
        }
    }

    private static async Task Pad(HttpContext context, long bytes)
    {
        for (; bytes > 0; bytes -= Spaces.Length)
        {
            await context.Response.Body.WriteAsync(Spaces.AsMemory(0, (int)Math.Min(bytes, Spaces.Length)), context.RequestAborted);
        }
    }

    private static TimeSpan? Delay(Fault fault) => fault.Request.DelaySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}

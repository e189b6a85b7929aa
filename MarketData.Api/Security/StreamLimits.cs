using System.Globalization;
using System.Threading.RateLimiting;
using MarketData.Api.Errors;
using MarketData.Storage.Keys;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace MarketData.Api.Security;

/// <summary>
/// Limits the answers that last, by caller and in all: whoever reads slowly, or not at all, takes nothing from others. Each replica counts for
/// itself. What the dashboard's service asks at the management port is not counted.
/// </summary>
public sealed class StreamLimits : IAsyncDisposable
{
    // Some clients ask for many at once and read each in a moment: those need not be told to come again.
    private static readonly TimeSpan WaitTimeout = TimeSpan.FromSeconds(5);
    private const int MostWaitingPerCaller = 100;
    private const int MostWaiting = 400;
    private const int RetrySeconds = 5;

    private readonly ManagementPort _management;
    private readonly TimeProvider _time;
    private readonly Limit _exports;
    private readonly Limit _events;

    /// <summary>Makes the limits of the settings.</summary>
    public StreamLimits(IOptions<ApiOptions> options, ManagementPort management, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_management, _time) = (management, time);
        _exports = new Limit(options.Value.ExportsPerCaller, options.Value.Exports);
        _events = new Limit(options.Value.EventStreamsPerCaller, options.Value.EventStreams);
    }

    /// <summary>Lets a request begin an answer that lasts, and counts it until the request has ended.</summary>
    /// <param name="context">The request.</param>
    /// <param name="kind">What it answers with.</param>
    /// <returns>The answer that refuses it; null when it may begin.</returns>
    public async Task<ProblemHttpResult?> EnterAsync(HttpContext context, StreamKind kind)
    {
        ArgumentNullException.ThrowIfNull(context);
        var isPage = context.Request.Headers.ContainsKey(RequestLimits.PageHeader);
        var isFromDashboard = _management.Received(context);
        if (isFromDashboard && !isPage)
            return null;
        var (limit, caller) = (kind == StreamKind.Export ? _exports : _events, CallerOf(context));
        using var timeout = new CancellationTokenSource(WaitTimeout, _time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, context.RequestAborted);
        if (!await TakeAsync(context, limit.PerCaller.AcquireAsync(isFromDashboard ? $"dashboard {caller}" : caller, 1, waiting.Token)))
            return Refused(context, ProblemCodes.TooManyStreams, limit.MostPerCaller, "you have open already");
        return await TakeAsync(context, limit.All.AcquireAsync(1, waiting.Token))
            ? null
            : Refused(context, ProblemCodes.StreamsBusy, limit.Most, "are open, of all callers");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _exports.DisposeAsync();
        await _events.DisposeAsync();
    }

    private static string CallerOf(HttpContext context) =>
        context.Features.Get<ApiKey>() is { } key ? $"key {key.Id}" : CallerNetwork.Of(context.Connection.RemoteIpAddress);

    private static async Task<bool> TakeAsync(HttpContext context, ValueTask<RateLimitLease> acquiring)
    {
        try
        {
            var lease = await acquiring;
            context.Response.RegisterForDispose(lease);
            return lease.IsAcquired;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return false;
        }
    }

    private static ProblemHttpResult Refused(HttpContext context, ProblemCode code, int most, string whose)
    {
        context.Response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        return Problems.Of(code, string.Create(CultureInfo.InvariantCulture, $"{most} such answers {whose}, and no more are given at a time."));
    }

    private sealed class Limit(int mostPerCaller, int most) : IAsyncDisposable
    {
        public int MostPerCaller => mostPerCaller;

        public int Most => most;

        public PartitionedRateLimiter<string> PerCaller { get; } = PartitionedRateLimiter.Create<string, string>(
            caller => RateLimitPartition.GetConcurrencyLimiter(caller, _ => Options(mostPerCaller, MostWaitingPerCaller)));

        public ConcurrencyLimiter All { get; } = new(Options(most, MostWaiting));

        public async ValueTask DisposeAsync()
        {
            await PerCaller.DisposeAsync();
            await All.DisposeAsync();
        }

        private static ConcurrencyLimiterOptions Options(int most, int waiting) => new()
        {
            PermitLimit = most,
            QueueLimit = waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
    }
}

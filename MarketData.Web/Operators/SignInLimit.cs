using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace MarketData.Web.Operators;

/// <summary>
/// Limits how often keys are tried from one address: the API doesn't, since the dashboard asks it where no budget is taken.
/// </summary>
/// <remarks>
/// The page asks for it, and not ASP.NET's rate limiting middleware, for which signing out, at the same address, would be an attempt too.
/// </remarks>
public sealed class SignInLimit(IOptions<SignInOptions> options) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<IPAddress?> _attempts = PartitionedRateLimiter.Create<IPAddress?, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(
            CallerNetwork.Of(address), _ => new() { PermitLimit = options.Value.SignInsPerMinute, Window = Window }));

    /// <summary>Counts an attempt.</summary>
    /// <returns>Null when it may go on, else how long to wait for the next.</returns>
    public TimeSpan? Take(IPAddress? address)
    {
        using var lease = _attempts.AttemptAcquire(address);
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : Window;
    }

    /// <inheritdoc/>
    public void Dispose() => _attempts.Dispose();
}

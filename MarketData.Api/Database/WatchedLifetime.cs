using Microsoft.AspNetCore.Http.Features;

namespace MarketData.Api.Database;

/// <summary>A request's lifetime as its handler sees it: it ends as well when the database is lost.</summary>
internal sealed class WatchedLifetime(IHttpRequestLifetimeFeature request, CancellationToken ended) : IHttpRequestLifetimeFeature
{
    /// <inheritdoc/>
    public CancellationToken RequestAborted { get; set; } = ended;

    /// <inheritdoc/>
    public void Abort() => request.Abort();
}

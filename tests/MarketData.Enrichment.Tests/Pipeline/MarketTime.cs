namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>A clock that the test sets and that goes on from there: the market's and the service's alike.</summary>
public sealed class MarketTime : TimeProvider
{
    private long _offset;

    public MarketTime(DateTimeOffset now) => Set(now);

    public void Set(DateTimeOffset now) => Interlocked.Exchange(ref _offset, now.UtcTicks - System.GetUtcNow().UtcTicks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref _offset));
}

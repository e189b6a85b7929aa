using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Scheduling;

/// <summary>A claim that this node works under; its token ends the work when the claim is lost or the node stops.</summary>
public sealed class HeldJob : IDisposable
{
    private readonly HeldJobs _all;
    private readonly CancellationTokenSource _ended;
    private long _renewedAt;
    private volatile bool _isLost;

    internal HeldJob(HeldJobs all, JobFence fence, long renewedAt, CancellationToken stopping)
    {
        _all = all;
        _renewedAt = renewedAt;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Fence = fence;
        Token = _ended.Token;
    }

    /// <summary>The claim.</summary>
    public JobFence Fence { get; }

    /// <summary>Cancelled when the claim is lost or the node stops.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whether the claim is known to be another's by now, or could not be renewed in time.</summary>
    public bool IsLost => _isLost;

    /// <summary>When the claim was last known to hold, as a timestamp of the node's own clock.</summary>
    internal long RenewedAt
    {
        get => Interlocked.Read(ref _renewedAt);
        set => Interlocked.Exchange(ref _renewedAt, value);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _all.Remove(this);
        _ended.Dispose();
    }

    internal void Lose()
    {
        _isLost = true;
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work ended at this very moment: there is nothing left to stop.
        }
    }
}

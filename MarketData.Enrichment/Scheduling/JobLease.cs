using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Scheduling;

/// <summary>This node's lease of a job; its token ends the work when the lease is lost, a person cancelled the job, or the node stops.</summary>
public sealed class JobLease : IDisposable
{
    private readonly JobLeases _all;
    private readonly CancellationTokenSource _ended;
    private long _renewedAt;
    private volatile bool _isLost;
    private volatile bool _isStopped;

    internal JobLease(JobLeases all, JobFence fence, long renewedAt, CancellationToken stopping)
    {
        _all = all;
        _renewedAt = renewedAt;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Fence = fence;
        Token = _ended.Token;
    }

    /// <summary>The job, and the fencing number of its claim.</summary>
    public JobFence Fence { get; }

    /// <summary>Cancelled when the lease is lost, a person cancelled the job, or the node stops.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whether another node is known to have the job, or the lease could not be renewed in time.</summary>
    public bool IsLost => _isLost;

    /// <summary>Whether a person cancelled the job.</summary>
    public bool IsStopped => _isStopped;

    /// <summary>When the lease was last known to stand, as a timestamp of the node's own clock.</summary>
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
        End();
    }

    internal void Stop()
    {
        _isStopped = true;
        End();
    }

    private void End()
    {
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

using System.Collections.Concurrent;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Scheduling;

/// <summary>The claims that this node works under.</summary>
public sealed class HeldJobs(TimeProvider time)
{
    private readonly ConcurrentDictionary<JobFence, HeldJob> _held = [];

    /// <summary>How many there are.</summary>
    public int Count => _held.Count;

    /// <summary>The claims.</summary>
    public IReadOnlyCollection<JobFence> Fences => [.. _held.Keys];

    /// <summary>Enters a claim that was made after <paramref name="askedAt"/>, a timestamp of this node's clock.</summary>
    public HeldJob Enter(JobFence fence, long askedAt, CancellationToken stopping) =>
        _held.GetOrAdd(fence, _ => new HeldJob(this, fence, askedAt, stopping));

    /// <summary>Notes which of the claims in <paramref name="asked"/> still stood when asked at <paramref name="askedAt"/>; the rest are lost.</summary>
    public void Renewed(IReadOnlyCollection<JobFence> asked, IReadOnlyCollection<long> standing, long askedAt)
    {
        foreach (var fence in asked)
        {
            if (!_held.TryGetValue(fence, out var job))
                continue;
            if (standing.Contains(fence.Id))
                job.RenewedAt = askedAt;
            else
                job.Lose();
        }
    }

    /// <summary>Gives up claims not renewed for <paramref name="lease"/>: by now another node may hold them.</summary>
    /// <returns>How many were given up.</returns>
    public int LoseOverdue(TimeSpan lease)
    {
        var overdue = _held.Values.Where(job => !job.IsLost && time.GetElapsedTime(job.RenewedAt) >= lease).ToList();
        overdue.ForEach(job => job.Lose());
        return overdue.Count;
    }

    internal void Remove(HeldJob job) => _held.TryRemove(job.Fence, out _);
}

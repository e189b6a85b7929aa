using System.Collections.Concurrent;
using MarketData.Storage.Enrichment;

namespace MarketData.Enrichment.Scheduling;

/// <summary>The leases of this node.</summary>
public sealed class JobLeases(TimeProvider time)
{
    private readonly ConcurrentDictionary<JobFence, JobLease> _leases = [];

    /// <summary>How many there are.</summary>
    public int Count => _leases.Count;

    /// <summary>The jobs, each with the fencing number of its claim.</summary>
    public IReadOnlyCollection<JobFence> Fences => [.. _leases.Keys];

    /// <summary>Adds the lease of a job that was claimed after <paramref name="askedAt"/>, a timestamp of this node's clock.</summary>
    public JobLease Add(JobFence fence, long askedAt, CancellationToken stopping) =>
        _leases.GetOrAdd(fence, _ => new JobLease(this, fence, askedAt, stopping));

    /// <summary>
    /// Notes which of the leases in <paramref name="asked"/> the database renewed when asked at <paramref name="askedAt"/>; the rest are lost.
    /// </summary>
    public void Renewed(IReadOnlyCollection<JobFence> asked, IReadOnlyCollection<JobFence> renewed, long askedAt)
    {
        foreach (var fence in asked)
        {
            if (!_leases.TryGetValue(fence, out var lease))
                continue;
            if (renewed.Contains(fence))
                lease.RenewedAt = askedAt;
            else
                lease.Lose();
        }
    }

    /// <summary>Gives up leases not renewed for <paramref name="duration"/>: by now another node may have the jobs.</summary>
    /// <returns>How many were given up.</returns>
    public int LoseOverdue(TimeSpan duration)
    {
        var overdue = _leases.Values.Where(lease => !lease.IsLost && time.GetElapsedTime(lease.RenewedAt) >= duration).ToList();
        overdue.ForEach(lease => lease.Lose());
        return overdue.Count;
    }

    /// <summary>Breaks off the work of jobs that a person cancelled.</summary>
    public void Stop(IReadOnlyCollection<JobFence> stopped)
    {
        foreach (var fence in stopped)
        {
            if (_leases.TryGetValue(fence, out var lease))
                lease.Stop();
        }
    }

    internal void Remove(JobLease lease) => _leases.TryRemove(lease.Fence, out _);
}

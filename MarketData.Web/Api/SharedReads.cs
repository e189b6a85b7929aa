using System.Collections.Concurrent;

namespace MarketData.Web.Api;

/// <summary>
/// Lets pages that ask the same thing at the same moment share one request. An event reaches every open page at once; however
/// many there are, the Api is asked as if there were one.
/// </summary>
public sealed class SharedReads(TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<(Reader? Reader, string Path), Read> _reads = new();

    /// <summary>Joins the request that is under way or has just been answered, or makes it.</summary>
    /// <param name="reader">As whom; answers are never shared between different ones.</param>
    /// <param name="path">What.</param>
    /// <param name="request">Makes the request.</param>
    /// <param name="cancellationToken">Stops the waiting, not the request, since others may wait for it too.</param>
    public async Task<T> GetAsync<T>(Reader? reader, string path, Func<Task<T>> request, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        var read = _reads.AddOrUpdate(
            (reader, path), _ => new Read(now, new Lazy<Task>(request)),
            (_, known) => known.IsFresh(time, now) ? known : new Read(now, new Lazy<Task>(request)));
        try
        {
            return await ((Task<T>)read.Answer.Value).WaitAsync(cancellationToken);
        }
        finally
        {
            Forget(now);
        }
    }

    /// <summary>Something was changed through this process: what was read before does not hold any more.</summary>
    public void Clear() => _reads.Clear();

    private void Forget(long now)
    {
        foreach (var (place, read) in _reads)
        {
            if (!read.IsFresh(time, now))
                _reads.TryRemove(new(place, read));
        }
    }

    private sealed record Read(long AskedAt, Lazy<Task> Answer)
    {
        public bool IsFresh(TimeProvider time, long now) => !Answer.Value.IsCompleted || time.GetElapsedTime(AskedAt, now) < Lifetime;
    }
}

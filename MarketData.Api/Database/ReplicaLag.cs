namespace MarketData.Api.Database;

/// <summary>
/// How long ago a replica was level with its primary, by the positions of both in the log and this machine's clock alone: a replica that is cut
/// off from its primary says of itself that it has replayed all that it knows of.
/// </summary>
internal sealed class ReplicaLag
{
    // A replica that is paused for a night is known to be behind all the same.
    private const int MostSamples = 4_096;

    private readonly Queue<(DateTimeOffset At, long Position)> _ahead = new();
    private DateTimeOffset? _level;
    private long _primary;

    /// <summary>Notes how far both are.</summary>
    /// <param name="at">When the primary was asked.</param>
    /// <param name="primary">Where it was then.</param>
    /// <param name="replica">Where the replica was after that.</param>
    /// <param name="now">The present instant.</param>
    /// <returns>Since when the replica may lack something; null when it was never seen level with the primary.</returns>
    public TimeSpan? Note(DateTimeOffset at, long primary, long replica, DateTimeOffset now)
    {
        // A primary that was promoted without the last transactions is behind what the one before had: those the replica lacks for good.
        if (primary < _primary)
            _ahead.Clear();
        _primary = primary;
        if (_ahead.Count < MostSamples)
            _ahead.Enqueue((at, primary));
        while (_ahead.TryPeek(out var sample) && sample.Position <= replica)
            _level = _ahead.Dequeue().At;
        return now - _level;
    }
}

using MarketData.Storage.Enrichment;
using MarketData.Storage.Writes;
using Microsoft.Extensions.Options;
using Npgsql;

namespace MarketData.Enrichment.Scheduling;

/// <summary>
/// Writes the node's heartbeat, renews its leases and hears which jobs a person cancelled, on a connection apart from the work, so that a long
/// write never looks like a dead node. When renewing fails for as long as a lease holds, the leases count as lost and their work is stopped.
/// </summary>
public sealed partial class LeaseKeeper(
    NpgsqlDataSource database,
    NodeIdentity node,
    JobLeases leases,
    EnrichmentMetrics metrics,
    IOptions<LeaseOptions> options,
    IOptions<EnrichmentOptions> work,
    TimeProvider time,
    ILogger<LeaseKeeper> log)
{
    private readonly LeaseOptions _options = options.Value;
    private readonly NodeEntry _entry = node.Entry(work.Value.Concurrency);
    private bool _failing;
    private Heartbeat? _last;

    /// <summary>Beats until told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await BeatWhileConnectedAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!_failing)
                    LogRenewalFailing(DatabaseTrouble.Of(e)?.Message ?? "The database does not do as told.", e);
                _failing = true;
                if (leases.LoseOverdue(_options.Duration) is > 0 and var lost)
                    LogLeasesGivenUp(lost);
                await Task.Delay(_options.RenewInterval / 4, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task BeatWhileConnectedAsync(CancellationToken stopping)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        timeout.CancelAfter(_options.RenewInterval);
        await using var connection = await database.OpenConnectionAsync(timeout.Token);
        while (true)
        {
            await BeatAsync(connection, timeout.Token);
            if (_failing)
                TellBack();
            if (!timeout.TryReset())
                return;
            await Task.Delay(_options.RenewInterval, time, stopping);
            timeout.CancelAfter(_options.RenewInterval);
        }
    }

    // What the pool kept from before may lead nowhere, and each use of it would wait as long as a statement may take.
    private void TellBack()
    {
        _failing = false;
        database.Clear();
        LogRenewalBack();
    }

    private async Task BeatAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (asked, askedAt) = (leases.Fences, time.GetTimestamp());
        Note(await NodeRegistry.BeatAsync(connection, _entry, asked.Count, cancellation));
        if (asked.Count == 0)
            return;
        leases.Renewed(asked, await JobStore.RenewAsync(connection, node.Id, asked, _options.Duration, cancellation), askedAt);
        leases.Stop(await JobStore.StopRequestedAsync(connection, asked, cancellation));
    }

    // A replica that was promoted may lack the last transactions, this node's heartbeats among them.
    private void Note(Heartbeat beat)
    {
        if (_last is { } last && beat.Timeline != last.Timeline)
        {
            var isLacking = beat.Before is null || beat.Before < last.Written;
            if (isLacking)
                LogTransactionsLost(last.Timeline, beat.Timeline, $"{beat.Before:O}" is { Length: > 0 } known ? known : "none", $"{last.Written:O}");
            else
                LogFailedOver(last.Timeline, beat.Timeline);
            metrics.CountFailover(isLacking);
        }

        _last = beat;
    }

    [LoggerMessage(
        LogLevel.Error,
        "The database failed over, from timeline {From} to {To}, and lacks its last transactions: the last heartbeat of this node that it has: {Known}; that "
        + "it had confirmed: {Confirmed}. Jobs go on from what is stored; what people changed in between is gone")]
    private partial void LogTransactionsLost(int from, int to, string known, string confirmed);

    [LoggerMessage(LogLevel.Warning, "The database failed over, from timeline {From} to {To}; nothing that this node knows of is missing")]
    private partial void LogFailedOver(int from, int to);

    [LoggerMessage(LogLevel.Warning, "The node's heartbeat cannot be written; its jobs are stopped should this outlast their leases. {Cause}")]
    private partial void LogRenewalFailing(string cause, Exception exception);

    [LoggerMessage(LogLevel.Information, "The node's heartbeat is written again")]
    private partial void LogRenewalBack();

    [LoggerMessage(LogLevel.Warning, "{Count} jobs were stopped because their leases could not be renewed in time")]
    private partial void LogLeasesGivenUp(int count);
}

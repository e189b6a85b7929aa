using System.Text.RegularExpressions;
using Dapper;

namespace MarketData.Chaos.Tests;

/// <summary>What the nodes say of their work, in the logs of the jobs and in their own.</summary>
internal sealed partial class ChaosWorld
{
    /// <summary>Everything that the nodes said.</summary>
    public IEnumerable<string> NodesLines => _nodes.SelectMany(node => node.Lines);

    // An attempt that was broken off and taken up again keeps its number.
    private const string Troubled = """
        EXISTS (SELECT FROM enrichment_job_attempts a
                WHERE a.enrichment_job_id = l.enrichment_job_id AND a.attempt = l.attempt AND a.outcome IN ('failed', 'lost', 'returned'))
        """;

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} crit: ")]
    private static partial Regex BadEnd { get; }

    // Of our own code: libraries report as an error what is to be expected when a connection breaks. A symbol that failed has its cause in words,
    // and so has a database that takes no writes, or failed over without its last transactions.
    [GeneratedRegex(
        @"^\d\d:\d\d:\d\d\.\d{3} fail: MarketData\.(?!.*(Exception|\] \S+ failed( at attempt \d+)?: |\] The database (takes no writes\. \S|failed over, )))")]
    private static partial Regex ErrorWithoutCause { get; }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} (warn|fail|crit): ")]
    private static partial Regex Trouble { get; }

    /// <summary>
    /// Asserts that the logs tell what happened, and nothing else: each attempt that did not succeed has its cause, no line warns of an attempt that
    /// did, unless with its cause, as a database that was away for a moment; and no error stands without its cause.
    /// </summary>
    /// <param name="claimsAreWhole">
    /// Whether each claim is on record: not after a failover that lost the last transactions, where a node says of one that is gone that it lost the
    /// lease.
    /// </param>
    public async Task LogsShouldBeTrueAsync(bool claimsAreWhole = true)
    {
        (await LinesAsync("""
            SELECT concat_ws(' ', j.symbol, a.attempt, a.outcome) FROM enrichment_job_attempts a JOIN enrichment_jobs j ON j.id = a.enrichment_job_id
            WHERE a.outcome IN ('failed', 'lost') AND coalesce(a.error_message, '') = ''
            """)).ShouldBeEmpty("attempts that ended badly say why");
        (await LinesAsync($"""
            SELECT concat_ws(' ', l.enrichment_job_id, l.attempt, l.level, l.message) FROM enrichment_job_log l
            WHERE l.level IN ('warning', 'error') AND l.exception IS NULL AND NOT {Troubled}
              AND NOT ({(claimsAreWhole ? "false" : "starts_with(l.message, 'The lease was lost')")})
            """)).ShouldBeEmpty("no line warns without a cause of an attempt in which all went well");
        (await LinesAsync("""
            SELECT concat_ws(' ', l.enrichment_job_id, l.attempt, l.message)
            FROM enrichment_job_log l JOIN enrichment_jobs j ON j.id = l.enrichment_job_id
            WHERE l.level = 'error' AND l.exception IS NULL AND NOT (j.error_message IS NOT NULL AND starts_with(l.message, j.symbol || ' failed'))
            """)).ShouldBeEmpty("no error stands without its cause");
        NodesLines.Where(line => BadEnd.IsMatch(line)).ShouldBeEmpty("no node comes to a bad end by itself");
        NodesLines.Where(line => ErrorWithoutCause.IsMatch(line)).ShouldBeEmpty("no error stands without its cause");
    }

    /// <summary>Asserts that nobody told of trouble: there was none.</summary>
    public async Task LogsShouldBeQuietAsync()
    {
        (await LinesAsync("SELECT message FROM enrichment_job_log WHERE level IN ('warning', 'error')")).ShouldBeEmpty();
        NodesLines.Where(line => Trouble.IsMatch(line)).ShouldBeEmpty();
    }

    /// <summary>
    /// Waits until the nodes that were not killed have told of each attempt from its beginning to its end: within half a second, or some seconds
    /// after the database is back.
    /// </summary>
    private Task ToldWholeAsync() => HoldsAsync(
        """
        NOT EXISTS (
            SELECT FROM enrichment_job_attempts a JOIN enrichment_nodes n USING (node_id)
            WHERE n.process_id = ANY (@living) AND a.outcome IN ('succeeded', 'failed')
              AND (SELECT count(DISTINCT split_part(l.message, ' ', 3)) FROM enrichment_job_log l
                   WHERE l.enrichment_job_id = a.enrichment_job_id AND l.attempt = a.attempt AND l.node_id = a.node_id
                     AND l.message LIKE ANY (ARRAY['Attempt % begins: %', 'Attempt % ended after %'])) < 2)
        """,
        new { living = _nodes.Where(node => !node.HasEnded).Select(node => node.Id).ToArray() });

    private async Task<List<string>> LinesAsync(string sql)
    {
        await using var connection = await Database.OpenConnectionAsync(Cancellation);
        return (await connection.QueryAsync<string>(sql)).AsList();
    }
}

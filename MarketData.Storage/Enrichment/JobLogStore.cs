using Npgsql;

namespace MarketData.Storage.Enrichment;

/// <summary>Keeps what was logged while jobs were worked on.</summary>
public sealed class JobLogStore(NpgsqlDataSource database)
{
    /// <summary>Puts lines on record, in their order. Those of jobs that are gone are left out.</summary>
    /// <param name="node">The node that logged them.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="cancellation">Stops the wait.</param>
    public Task AppendAsync(string node, IReadOnlyCollection<JobLogLine> lines, CancellationToken cancellation)
    {
        const string append = """
            INSERT INTO enrichment_job_log (enrichment_job_id, attempt, node_id, logged_at, level, message, exception)
            SELECT l.job, l.attempt, @node, l.logged_at, l.level, l.message, l.exception
            FROM unnest(@jobs, @attempts, @instants, @levels, @messages, @exceptions) WITH ORDINALITY
                AS l (job, attempt, logged_at, level, message, exception, place)
            JOIN enrichment_jobs j ON j.id = l.job
            ORDER BY l.place
            """;
        var arguments = new
        {
            node,
            jobs = lines.Select(line => line.Job).ToArray(),
            attempts = lines.Select(line => line.Attempt).ToArray(),
            instants = lines.Select(line => line.LoggedAt).ToArray(),
            levels = lines.Select(line => line.Level).ToArray(),
            messages = lines.Select(line => StorableText.Of(line.Message)).ToArray(),
            exceptions = lines.Select(line => line.Exception is null ? null : StorableText.Of(line.Exception)).ToArray(),
        };
        return database.ExecuteAsync("append job log", append, arguments, cancellation);
    }
}

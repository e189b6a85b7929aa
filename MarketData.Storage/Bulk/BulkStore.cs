using Dapper;
using Npgsql;

namespace MarketData.Storage.Bulk;

/// <summary>The runs that write bulk files, and what there is of files and versions.</summary>
public sealed class BulkStore(NpgsqlDataSource database)
{
    /// <summary>How often nodes may die or be stopped within a run before it counts as failed.</summary>
    public const int MostAttempts = 5;

    private const string Runs = """
        id, status, requested_by, requested_at, started_at, completed_at, node, attempts, target, as_of, files, rows, size_bytes, files_written,
        bytes_written, error
        """;

    private const string Files =
        "f.file, f.timeframe, f.period_from, f.period_until, f.first_ts, f.last_ts, f.rows, f.series, f.size_bytes, f.sha256";

    private const string Request = "INSERT INTO bulk_runs (requested_by) VALUES (@requestedBy) ON CONFLICT DO NOTHING";

    /// <summary>Asks for a run; where one waits, that is it.</summary>
    /// <returns>The run.</returns>
    public async Task<BulkRun> RequestAsync(string? requestedBy, CancellationToken cancellation)
    {
        await database.ExecuteAsync("request bulk files", Request, new { requestedBy }, cancellation);
        // That which was joined may have ended by now: then the newest tells how.
        const string newest = $"SELECT {Runs} FROM bulk_runs ORDER BY id DESC LIMIT 1";
        return await database.QuerySingleAsync<BulkRun>("read newest bulk run", newest, null, cancellation);
    }

    /// <summary>Asks for a run in a transaction, unless one waits.</summary>
    public static Task RequestAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string requestedBy, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return connection.ExecuteAsync(Sql.Command("request bulk files", Request, new { requestedBy }, cancellation, transaction));
    }

    /// <summary>Whether a run waits or is under way.</summary>
    public async Task<bool> IsOpenAsync(CancellationToken cancellation) => await database.ExecuteScalarAsync<bool>(
        "look for open bulk run", "SELECT EXISTS (SELECT FROM bulk_runs WHERE status IN ('queued', 'running'))", null, cancellation);

    /// <summary>Takes up the oldest open run, for whoever has the snapshot: a node that was at it is gone.</summary>
    /// <returns>The run; null when none is open, and failed when it was broken off too often.</returns>
    public async Task<BulkRun?> BeginAsync(string node, string target, CancellationToken cancellation)
    {
        const string begin = $"""
            UPDATE bulk_runs SET node = @node, target = @target, started_at = coalesce(started_at, now()), attempts = attempts + 1,
                status = CASE WHEN attempts < @MostAttempts THEN 'running' ELSE 'failed' END,
                completed_at = CASE WHEN attempts >= @MostAttempts THEN now() END,
                error = CASE WHEN attempts >= @MostAttempts THEN 'It was broken off ' || attempts || ' times.' END
            WHERE id = (SELECT min(id) FROM bulk_runs WHERE status IN ('queued', 'running')) RETURNING {Runs}
            """;
        return await database.QuerySingleOrDefaultAsync<BulkRun>("begin bulk run", begin, new { node, target, MostAttempts }, cancellation);
    }

    /// <summary>A run.</summary>
    public Task<BulkRun> RunAsync(long run, CancellationToken cancellation) =>
        database.QuerySingleAsync<BulkRun>("read bulk run", $"SELECT {Runs} FROM bulk_runs WHERE id = @run", new { run }, cancellation);

    /// <summary>The newest file of each period.</summary>
    public Task<IReadOnlyList<BulkPartitionRow>> PartitionsAsync(CancellationToken cancellation)
    {
        const string partitions = """
            SELECT p.timeframe, p.period_from, p.file, f.size_bytes, p.basis, p.marks FROM bulk_partitions p LEFT JOIN bulk_files f USING (file)
            """;
        return database.QueryAsync<BulkPartitionRow>("read bulk partitions", partitions, null, cancellation);
    }

    /// <summary>Enters a file before it is put in its place, so that nothing lies there that nobody knows of.</summary>
    public Task AddFileAsync(BulkFile file, CancellationToken cancellation)
    {
        const string add = """
            INSERT INTO bulk_files (file, timeframe, period_from, period_until, first_ts, last_ts, rows, series, size_bytes, sha256)
            VALUES (@File, @Timeframe, @PeriodFrom, @PeriodUntil, @FirstTs, @LastTs, @Rows, @Series, @SizeBytes, @Sha256)
            ON CONFLICT (file) DO UPDATE SET recorded_at = now()
            """;
        return database.ExecuteAsync("add bulk file", add, file, cancellation);
    }

    /// <summary>Notes that a file is in its place, and is the newest of its period; or that the period has none.</summary>
    /// <param name="run">The run that has written it.</param>
    /// <param name="row">The partition.</param>
    /// <param name="written">Bytes written; null when the file was there already.</param>
    /// <param name="cancellation">Stops it.</param>
    public Task SavePartitionAsync(long run, BulkPartitionRow row, long? written, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(row);
        const string save = """
            WITH counted AS (
                UPDATE bulk_runs SET files_written = files_written + 1, bytes_written = bytes_written + @written::bigint
                WHERE id = @run AND @written::bigint IS NOT NULL)
            INSERT INTO bulk_partitions (timeframe, period_from, file, basis, marks) VALUES (@Timeframe, @PeriodFrom, @File, @Basis, @Marks)
            ON CONFLICT (timeframe, period_from) DO UPDATE SET file = excluded.file, basis = excluded.basis, marks = excluded.marks
            """;
        return database.ExecuteAsync(
            "save bulk partition", save, new { run, row.Timeframe, row.PeriodFrom, row.File, row.Basis, row.Marks, written }, cancellation);
    }

    /// <summary>Forgets the periods that have no series any more.</summary>
    public Task RemovePartitionsAsync(IReadOnlyCollection<BulkPartitionRow> rows, CancellationToken cancellation)
    {
        const string remove = """
            DELETE FROM bulk_partitions p USING unnest(@timeframes, @periods) AS g (timeframe, period_from)
            WHERE p.timeframe = g.timeframe AND p.period_from = g.period_from
            """;
        return rows.Count == 0
            ? Task.CompletedTask
            : database.ExecuteAsync(
                "remove bulk partitions", remove,
                new { timeframes = rows.Select(row => row.Timeframe).ToArray(), periods = rows.Select(row => row.PeriodFrom).ToArray() },
                cancellation);
    }

    /// <summary>The newest files of all periods, by interval and time.</summary>
    public Task<IReadOnlyList<BulkFile>> NewestFilesAsync(CancellationToken cancellation) => database.QueryAsync<BulkFile>(
        "read newest bulk files", $"SELECT {Files} FROM bulk_partitions p JOIN bulk_files f USING (file) ORDER BY f.timeframe, f.period_from",
        null, cancellation);

    /// <summary>The newest version, or one by its number; null when there is none.</summary>
    public async Task<BulkRun?> VersionAsync(long? version, CancellationToken cancellation)
    {
        const string find = $"""
            SELECT {Runs} FROM bulk_runs WHERE status = 'completed' AND (@version::bigint IS NULL OR id = @version) ORDER BY id DESC LIMIT 1
            """;
        return await database.QuerySingleOrDefaultAsync<BulkRun>("find bulk version", find, new { version }, cancellation);
    }

    /// <summary>The files of a version, by interval and time.</summary>
    public Task<IReadOnlyList<BulkFile>> FilesAsync(long version, string? timeframe, CancellationToken cancellation)
    {
        const string files = $"""
            SELECT {Files} FROM bulk_version_files v JOIN bulk_files f USING (file)
            WHERE v.version = @version AND (@timeframe::text IS NULL OR f.timeframe = @timeframe) ORDER BY f.timeframe, f.period_from
            """;
        return database.QueryAsync<BulkFile>("read files of bulk version", files, new { version, timeframe }, cancellation);
    }

    /// <summary>A file of a version that is kept; null when there is none of that name.</summary>
    public async Task<BulkFile?> FindFileAsync(string file, CancellationToken cancellation)
    {
        const string find = $"""
            SELECT {Files} FROM bulk_files f WHERE f.file = @file AND EXISTS (SELECT FROM bulk_version_files v WHERE v.file = f.file)
            """;
        return await database.QuerySingleOrDefaultAsync<BulkFile>("find bulk file", find, new { file }, cancellation);
    }

    /// <summary>The newest runs, newest first.</summary>
    public Task<IReadOnlyList<BulkRun>> RunsAsync(int limit, CancellationToken cancellation) => database.QueryAsync<BulkRun>(
        "read bulk runs", $"SELECT {Runs} FROM bulk_runs ORDER BY id DESC LIMIT @limit", new { limit }, cancellation);

    /// <summary>Ends a run whose files are in their places, with a new version or without; the marks that it has taken in go.</summary>
    /// <param name="run">The run, as it was taken up.</param>
    /// <param name="asOf">The instant of the snapshot, UTC.</param>
    /// <param name="files">The files of the version; null when nothing has changed since the last one.</param>
    /// <param name="marks">The marks that the snapshot had.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InvalidOperationException">Another node has taken it up since: nothing is changed.</exception>
    public async Task CompleteAsync(
        BulkRun run, DateTime asOf, IReadOnlyCollection<BulkFile>? files, IReadOnlyCollection<BulkMark> marks, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(marks);
        const string end = """
            UPDATE bulk_runs SET status = CASE WHEN @isVersion THEN 'completed' ELSE 'unchanged' END, completed_at = now(), as_of = @asOf,
                files = @count, rows = @rows, size_bytes = @size
            WHERE id = @run AND attempts = @attempts AND status = 'running'
            """;
        const string complete = """
            INSERT INTO bulk_version_files (version, file) SELECT @run, f FROM unnest(@files) AS f ON CONFLICT DO NOTHING;
            DELETE FROM bulk_marks m USING unnest(@series, @tokens) AS t (series_id, token) WHERE m.series_id = t.series_id AND m.token = t.token;
            """;
        var arguments = new
        {
            run = run.Id,
            attempts = run.Attempts,
            asOf,
            isVersion = files is not null,
            files = files?.Select(file => file.File).ToArray() ?? [],
            count = files?.Count,
            rows = files?.Sum(file => file.Rows),
            size = files?.Sum(file => file.SizeBytes),
            series = marks.Select(mark => mark.SeriesId).ToArray(),
            tokens = marks.Select(mark => mark.Token).ToArray(),
        };
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        if (await connection.ExecuteAsync(Sql.Command("end bulk run", end, arguments, cancellation, transaction)) == 0)
            throw new InvalidOperationException($"Another node has taken up bulk run {run.Id} since.");
        await connection.ExecuteAsync(Sql.Command("complete bulk run", complete, arguments, cancellation, transaction));
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>Ends a run without a version, unless another node has taken it up since.</summary>
    /// <param name="run">The run, as it was taken up.</param>
    /// <param name="error">Why, in a sentence.</param>
    /// <param name="cancellation">Stops it.</param>
    public Task FailAsync(BulkRun run, string error, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        const string fail = """
            UPDATE bulk_runs SET status = 'failed', completed_at = now(), error = @error
            WHERE id = @Id AND attempts = @Attempts AND status = 'running'
            """;
        return database.ExecuteAsync("fail bulk run", fail, new { run.Id, run.Attempts, error }, cancellation);
    }

    /// <summary>
    /// Forgets the versions that are older than they are kept, or elsewhere, but never the newest one, and runs that came to none.
    /// </summary>
    /// <param name="target">Where versions are now.</param>
    /// <param name="retention">How long they are kept after the next one has come.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The versions whose manifests are to be deleted.</returns>
    public Task<IReadOnlyList<long>> ForgetVersionsAsync(string target, TimeSpan retention, CancellationToken cancellation)
    {
        const string forget = """
            WITH superseded AS (
                SELECT id, status, target, lead(completed_at) OVER (PARTITION BY status = 'completed' ORDER BY id) AS until
                FROM bulk_runs WHERE completed_at IS NOT NULL),
            forgotten AS (
                DELETE FROM bulk_runs r USING superseded s
                WHERE r.id = s.id AND s.until IS NOT NULL AND (s.until < now() - @retention OR s.status = 'completed' AND s.target <> @target)
                RETURNING r.id, r.status, r.target)
            SELECT id FROM forgotten WHERE status = 'completed' AND target = @target
            """;
        return database.QueryAsync<long>("forget bulk versions", forget, new { target, retention }, cancellation);
    }

    /// <summary>The files that no version has, and no run will use.</summary>
    /// <param name="grace">How long a file is left alone after it was written: a run may be about to use it.</param>
    /// <param name="cancellation">Stops it.</param>
    public Task<IReadOnlyList<BulkFile>> UnusedFilesAsync(TimeSpan grace, CancellationToken cancellation)
    {
        const string unused = $"""
            SELECT {Files} FROM bulk_files f
            WHERE f.recorded_at < now() - @grace AND NOT EXISTS (SELECT FROM bulk_version_files v WHERE v.file = f.file)
                AND NOT EXISTS (SELECT FROM bulk_partitions p WHERE p.file = f.file)
            """;
        return database.QueryAsync<BulkFile>("find unused bulk files", unused, new { grace }, cancellation);
    }

    /// <summary>Forgets files that were deleted.</summary>
    public Task ForgetFilesAsync(IReadOnlyCollection<BulkFile> files, CancellationToken cancellation) => database.ExecuteAsync(
        "forget bulk files", "DELETE FROM bulk_files WHERE file = ANY (@files)", new { files = files.Select(file => file.File).ToArray() },
        cancellation);
}

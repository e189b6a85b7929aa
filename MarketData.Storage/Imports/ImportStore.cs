using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Imports;

/// <summary>
/// Keeps what users bring until it is stored. Rows are received in chunks, each on disk when its call returns; when all are there, a run stores
/// them, whose jobs are leased as any. Until then nothing of an import is among the candles.
/// </summary>
public sealed class ImportStore(NpgsqlDataSource database)
{
    // What was stored of an import before is its as well: a later undo takes it away, too.
    private const string IsBusy = """
        EXISTS (SELECT FROM enrichment_jobs j WHERE j.import_name = i.name AND j.status IN ('queued', 'retrying', 'running'))
        """;

    private const string Summaries = $"""
        SELECT i.name, i.requested_by, i.created_at, i.received_at, i.undone_by, i.undone_at, run.job_id,
               coalesce(s.received, 0) AS received, coalesce(w.waiting, 0) AS waiting, coalesce(s.inserted, 0) AS inserted,
               coalesce(s.updated, 0) AS updated, coalesce(s.unchanged, 0) AS unchanged, coalesce(s.rejected, 0) AS rejected,
               CASE
                   WHEN i.phase = 'receiving' THEN 'receiving'
                   WHEN run.is_running THEN CASE i.phase WHEN 'undoing' THEN 'undoing' ELSE 'storing' END
                   WHEN {IsBusy} THEN CASE i.phase WHEN 'undoing' THEN 'undoing' ELSE 'queued' END
                   WHEN i.phase = 'undoing' THEN CASE WHEN s.name IS NULL THEN 'undone' ELSE 'failed' END
                   WHEN w.name IS NOT NULL OR coalesce(s.inserted + s.updated + s.unchanged, 0) = 0 THEN 'failed'
                   ELSE 'completed' END AS state
        FROM imports i
        LEFT JOIN (
            SELECT name, sum(received)::bigint AS received, sum(inserted)::bigint AS inserted, sum(updated)::bigint AS updated,
                   sum(unchanged)::bigint AS unchanged, sum(rejected)::bigint AS rejected
            FROM import_series GROUP BY name) s USING (name)
        LEFT JOIN (SELECT name, sum(candles)::bigint AS waiting FROM import_chunks GROUP BY name) w USING (name)
        LEFT JOIN LATERAL (
            SELECT job_id, bool_or(status = 'running') OVER () AS is_running FROM enrichment_jobs j
            WHERE j.import_name = i.name ORDER BY j.id DESC LIMIT 1) run ON true
        WHERE NOT i.is_dry_run
        """;

    /// <summary>Begins an import, or begins anew with one of that name; an upload that was broken off is forgotten.</summary>
    /// <param name="name">Its name: at most 48 lower-case letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
    /// <param name="requestedBy">Who brings it.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The right to add to it; null while one of that name is being stored or undone.</returns>
    public async Task<ImportUpload?> BeginAsync(string name, string? requestedBy, CancellationToken cancellation)
    {
        const string begin = $"""
            INSERT INTO imports AS i (name, upload, requested_by) VALUES (@name, @upload, @requestedBy)
            ON CONFLICT (name) DO UPDATE SET
                phase = 'receiving', upload = excluded.upload, requested_by = excluded.requested_by, created_at = now(), received_at = NULL,
                undone_by = NULL, undone_at = NULL, report = NULL
            WHERE NOT {IsBusy} AND NOT (i.phase = 'undoing' AND EXISTS (SELECT FROM import_series s WHERE s.name = i.name))
            RETURNING upload
            """;
        const string forget = "DELETE FROM import_chunks c USING imports i WHERE i.name = @name AND i.upload = @upload AND c.name = i.name";
        var upload = Guid.CreateVersion7();
        if (await database.ExecuteScalarAsync<Guid?>("begin import", begin, new { name, upload, requestedBy }, cancellation) is null)
            return null;
        await database.ExecuteAsync("forget earlier upload", forget, new { name, upload }, cancellation);
        return new ImportUpload(name, upload);
    }

    /// <summary>Begins what is looked at and then discarded.</summary>
    public async Task<ImportUpload> BeginDryRunAsync(CancellationToken cancellation)
    {
        const string begin = "INSERT INTO imports (name, upload, is_dry_run) VALUES (@Name, @Id, true)";
        var upload = new ImportUpload($"dry-run-{Guid.CreateVersion7():N}", Guid.CreateVersion7());
        await database.ExecuteAsync("begin dry run", begin, upload, cancellation);
        return upload;
    }

    /// <summary>Puts received candles on disk.</summary>
    /// <returns>Whether that was done; false when a later upload under the name has taken over.</returns>
    public async Task<bool> AddAsync(ImportUpload upload, IReadOnlyList<ImportChunk> chunks, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(upload);
        ArgumentNullException.ThrowIfNull(chunks);
        const string add = """
            INSERT INTO import_chunks (name, symbol, timeframe, part, first_ts, last_ts, candles, payload)
            SELECT i.name, n.* FROM imports i
            CROSS JOIN unnest(@symbols, @timeframes, @parts::timestamptz[], @firsts::timestamptz[], @lasts::timestamptz[], @counts, @payloads) AS n
            WHERE i.name = @Name AND i.upload = @Id AND i.phase = 'receiving'
            """;
        var bounds = chunks.Select(chunk => Bounds(chunk.Candles.Span)).ToList();
        var arguments = new
        {
            upload.Name,
            upload.Id,
            symbols = chunks.Select(chunk => chunk.Symbol.Value).ToArray(),
            timeframes = chunks.Select(chunk => chunk.Interval.Name()).ToArray(),
            parts = chunks.Select(chunk => chunk.Part).ToArray(),
            firsts = bounds.Select(bound => bound.First).ToArray(),
            lasts = bounds.Select(bound => bound.Last).ToArray(),
            counts = chunks.Select(chunk => chunk.Candles.Length).ToArray(),
            payloads = chunks.Select(chunk => CandlePacking.Pack(chunk.Candles.Span)).ToArray(),
        };
        return await database.ExecuteAsync("add received candles", add, arguments, cancellation) == chunks.Count;
    }

    /// <summary>Ends an upload: from here on a run stores what was received.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="report">What was found in it, JSON.</param>
    /// <param name="request">The run.</param>
    /// <param name="cancellation">Stops it: nothing was ended.</param>
    /// <returns>The run; null when another upload has taken over, or a job of the very same range of a symbol is waiting.</returns>
    public async Task<RunTicket?> FinishAsync(ImportUpload upload, string report, RunRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(upload);
        const string finish = """
            UPDATE imports SET phase = 'storing', received_at = now(), report = @report::jsonb
            WHERE name = @Name AND upload = @Id AND phase = 'receiving'
            """;
        const string series = """
            INSERT INTO import_series AS s (name, symbol, timeframe, first_ts, last_ts, received, known_until)
            SELECT c.name, c.symbol, c.timeframe, min(c.first_ts), max(c.last_ts), sum(c.candles),
                   (SELECT max(metric_date) FROM data_quality_metrics m WHERE m.symbol = c.symbol AND m.timeframe = c.timeframe)
            FROM import_chunks c WHERE c.name = @Name GROUP BY c.name, c.symbol, c.timeframe
            ON CONFLICT (name, symbol, timeframe) DO UPDATE SET
                first_ts = least(s.first_ts, excluded.first_ts), last_ts = greatest(s.last_ts, excluded.last_ts),
                received = excluded.received, inserted = 0, updated = 0, unchanged = 0, rejected = 0
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var arguments = new { upload.Name, upload.Id, report };
        if (await connection.ExecuteAsync(Sql.Command("finish import", finish, arguments, cancellation, transaction)) == 0)
            return null;
        await connection.ExecuteAsync(Sql.Command("sum up received candles", series, arguments, cancellation, transaction));
        var ticket = await RunStore.CreateForImportAsync(connection, transaction, request, upload.Name, cancellation);
        if (ticket.AlreadyRunning.Count > 0)
            return null;
        await transaction.CommitAsync(cancellation);
        return ticket;
    }

    /// <summary>Forgets an upload that came to nothing; what an earlier one under the name brought stays.</summary>
    public Task DiscardAsync(ImportUpload upload, CancellationToken cancellation)
    {
        const string discard = """
            DELETE FROM import_chunks c USING imports i WHERE i.name = @Name AND i.upload = @Id AND i.phase = 'receiving' AND c.name = i.name;
            UPDATE imports i SET phase = 'storing' WHERE i.name = @Name AND i.upload = @Id AND i.phase = 'receiving'
                AND EXISTS (SELECT FROM import_series s WHERE s.name = i.name);
            DELETE FROM imports i WHERE i.name = @Name AND i.upload = @Id AND i.phase = 'receiving';
            """;
        return database.ExecuteAsync("discard upload", discard, upload, cancellation);
    }

    /// <summary>Asks for an import to be undone as a whole.</summary>
    /// <param name="name">The import.</param>
    /// <param name="request">The run that does it.</param>
    /// <param name="cancellation">Stops it: nothing was asked for.</param>
    /// <returns>What came of it, with the run where one is needed.</returns>
    public async Task<(ImportUndoOutcome Outcome, RunTicket? Run)> UndoAsync(string name, RunRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        const string known = $"SELECT {IsBusy} FROM imports i WHERE i.name = @name AND NOT i.is_dry_run FOR UPDATE";
        const string undo = """
            UPDATE imports SET phase = 'undoing', undone_by = @RequestedBy, undone_at = now() WHERE name = @name;
            DELETE FROM import_chunks WHERE name = @name;
            """;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var isBusy = await connection.ExecuteScalarAsync<bool?>(Sql.Command("lock import", known, new { name }, cancellation, transaction));
        if (isBusy is null)
            return (ImportUndoOutcome.Unknown, null);
        if (isBusy.Value)
            return (ImportUndoOutcome.Busy, null);
        await connection.ExecuteAsync(Sql.Command("undo import", undo, new { name, request.RequestedBy }, cancellation, transaction));
        var ticket = await RunStore.CreateForImportAsync(connection, transaction, request, name, cancellation);
        if (ticket.AlreadyRunning.Count > 0)
            return (ImportUndoOutcome.Busy, null);
        await transaction.CommitAsync(cancellation);
        return ticket.JobId is null ? (ImportUndoOutcome.NothingStored, null) : (ImportUndoOutcome.Queued, ticket);
    }

    /// <summary>Reads every import, the latest first.</summary>
    public Task<IReadOnlyList<ImportSummary>> ReadAllAsync(CancellationToken cancellation) => database.QueryAsync<ImportSummary>(
        "read imports", $"{Summaries} ORDER BY i.created_at DESC, i.name", null, cancellation);

    /// <summary>Reads an import; null when there is none of that name.</summary>
    public async Task<ImportSummary?> ReadAsync(string name, CancellationToken cancellation) =>
        await database.QuerySingleOrDefaultAsync<ImportSummary>("read import", $"{Summaries} AND i.name = @name", new { name }, cancellation);

    /// <summary>Reads what was found in an import when its rows were read, JSON; null while they are.</summary>
    public Task<string?> ReadReportAsync(string name, CancellationToken cancellation) => database.ExecuteScalarAsync<string>(
        "read report of import", "SELECT report::text FROM imports WHERE name = @name", new { name }, cancellation);

    /// <summary>Reads what came of each series of an import.</summary>
    public Task<IReadOnlyList<ImportedSeries>> ReadSeriesAsync(string name, CancellationToken cancellation) => database.QueryAsync<ImportedSeries>(
        "read imported series",
        """
        SELECT symbol, timeframe, first_ts, last_ts, received, inserted, updated, unchanged, rejected FROM import_series WHERE name = @name
        ORDER BY symbol COLLATE "C", timeframe
        """,
        new { name }, cancellation);

    /// <summary>The series of which candles wait to be stored, in alphabetical order.</summary>
    public Task<IReadOnlyList<(string Symbol, string Timeframe)>> WaitingAsync(string name, CancellationToken cancellation) =>
        database.QueryAsync<(string, string)>(
            "list waiting series", "SELECT DISTINCT symbol, timeframe FROM import_chunks WHERE name = @name ORDER BY symbol, timeframe", new { name },
            cancellation);

    /// <summary>The parts of a series that wait to be stored, in order of time.</summary>
    public Task<IReadOnlyList<DateTime>> PartsAsync(string name, Symbol symbol, BarInterval interval, CancellationToken cancellation) =>
        database.QueryAsync<DateTime>(
            "list waiting parts",
            "SELECT DISTINCT part FROM import_chunks WHERE name = @name AND symbol = @symbol AND timeframe = @timeframe ORDER BY part",
            new { name, symbol = symbol.Value, timeframe = interval.Name() }, cancellation);

    /// <summary>Reads a part, in order of time; an instant that was received several times is there as often.</summary>
    public async Task<Candle[]> ReadPartAsync(string name, Symbol symbol, BarInterval interval, DateTime part, CancellationToken cancellation)
    {
        const string read = """
            SELECT payload FROM import_chunks WHERE name = @name AND symbol = @symbol AND timeframe = @timeframe AND part = @part ORDER BY id
            """;
        var payloads = await database.QueryAsync<byte[]>(
            "read waiting candles", read, new { name, symbol = symbol.Value, timeframe = interval.Name(), part }, cancellation);
        var candles = new List<Candle>(payloads.Sum(CandlePacking.CountOf));
        foreach (var payload in payloads)
            CandlePacking.Unpack(payload, candles);
        return IsOrdered(candles) ? [.. candles] : [.. candles.OrderBy(candle => candle.Timestamp)];
    }

    /// <summary>Whether an import is being undone, rather than stored.</summary>
    public async Task<bool> IsUndoneAsync(string name, CancellationToken cancellation) => await database.ExecuteScalarAsync<bool>(
        "look whether import is undone", "SELECT phase = 'undoing' FROM imports WHERE name = @name", new { name }, cancellation);

    private static bool IsOrdered(List<Candle> candles)
    {
        for (var i = 1; i < candles.Count; i++)
        {
            if (candles[i].Timestamp < candles[i - 1].Timestamp)
                return false;
        }

        return true;
    }

    private static (DateTime First, DateTime Last) Bounds(ReadOnlySpan<Candle> candles)
    {
        var (first, last) = (candles[0].Timestamp, candles[0].Timestamp);
        foreach (ref readonly var candle in candles)
        {
            first = candle.Timestamp < first ? candle.Timestamp : first;
            last = candle.Timestamp > last ? candle.Timestamp : last;
        }

        return (first, last);
    }
}

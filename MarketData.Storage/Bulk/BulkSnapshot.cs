using System.Data;
using System.Runtime.CompilerServices;
using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using Npgsql;

namespace MarketData.Storage.Bulk;

/// <summary>
/// The whole warehouse as of one instant, for whoever writes it to files; while one has it, nobody else gets one. The database keeps what
/// others replace in the meantime.
/// </summary>
public sealed class BulkSnapshot : IAsyncDisposable
{
    // A node that stalls for longer gives up what others wait for.
    private const string Begin = """
        SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '30min', true);
        SELECT pg_try_advisory_xact_lock(hashtextextended('marketdata bulk files', 0)), transaction_timestamp();
        """;

    // Alphabetical as the domain orders symbols, by their code points.
    private const string Contents = """
        SELECT r.timeframe, s.symbol, s.asset_class, r.id, r.first_ts, r.last_ts, s.name, s.exchange, s.currency, s.price_unit, s.zone,
               (SELECT string_agg(concat_ws(' ', a.ex_date, a.ratio_from, a.ratio_to), ', ' ORDER BY a.ex_date) FROM corporate_actions a
                WHERE a.symbol = s.symbol AND a.kind = 'split') AS splits
        FROM series r JOIN symbols s USING (symbol) WHERE r.first_ts IS NOT NULL AND r.last_ts IS NOT NULL
        ORDER BY r.timeframe, s.symbol COLLATE "C";
        SELECT series_id, changed_from, changed_until, token FROM bulk_marks;
        """;

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly CandleSources _sources;

    private BulkSnapshot(
        NpgsqlConnection connection, NpgsqlTransaction transaction, CandleSources sources, DateTime instant, IReadOnlyList<BulkSeries> series,
        IReadOnlyDictionary<int, BulkMark> marks)
    {
        (_connection, _transaction, _sources) = (connection, transaction, sources);
        (Instant, Series, Marks) = (instant, series, marks);
    }

    /// <summary>The instant, UTC: everything that was committed before is in it.</summary>
    public DateTime Instant { get; }

    /// <summary>Every series that has candles.</summary>
    public IReadOnlyList<BulkSeries> Series { get; }

    /// <summary>What was changed since the files of the last version, by series.</summary>
    public IReadOnlyDictionary<int, BulkMark> Marks { get; }

    /// <summary>Takes one.</summary>
    /// <returns>The snapshot; null when somebody has one.</returns>
    public static async Task<BulkSnapshot?> TryTakeAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(database);
        var connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
            if (await TryLockAsync(connection, cancellation) is not { } instant)
            {
                await connection.DisposeAsync();
                return null;
            }

            await using var results = await connection.QueryMultipleAsync(Sql.Command("read series for bulk files", Contents, null, cancellation));
            var series = (await results.ReadAsync<SeriesRow>()).Select(row => row.ToSeries()).ToList();
            var marks = (await results.ReadAsync<BulkMark>()).ToDictionary(mark => mark.SeriesId);
            return new(connection, transaction, CandleSources.Of(database), instant, series, marks);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the candles of a partition with their features, by symbol and time, in constant memory.</summary>
    /// <param name="partition">Which.</param>
    /// <param name="batchRows">Rows of a batch at most.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Batches, at least one; each is valid until the next is asked for.</returns>
    public async IAsyncEnumerable<CandleBatch> ReadAsync(
        BulkPartition partition, int batchRows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(partition);
        var shape = Shape(partition);
        var parts = await SeriesParts.ReadAsync(
            _connection, shape, [.. partition.Series.Select(one => (shape with { Instrument = one.Series.Instrument }, one.Series))], cancellation);
        // All that the snapshot can name, while the connection is free for it.
        await _sources.ReadAsync(_connection, cancellation);
        await foreach (var batch in SeriesStream.ReadAsync(_connection, shape, parts, batchRows, cancellation))
        {
            await batch.CompleteAsync(_sources, null, cancellation);
            yield return batch;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    // The columns are the same in every file, whatever classes its symbols are of.
    private static CandleQuery Shape(BulkPartition partition) => new()
    {
        Instrument = partition.Series[0].Series.Instrument,
        Interval = partition.Interval,
        From = partition.From,
        Before = partition.Until,
        Features = true,
        Adjusted = true,
        SplitsOnly = true,
        SplitFactor = true,
        SymbolColumn = true,
        TimeframeColumn = true,
        Microstructure = true,
    };

    private static async Task<DateTime?> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var results = await connection.QueryMultipleAsync(Sql.Command("take snapshot for bulk files", Begin, null, cancellation));
        await results.ReadAsync();
        var (isMine, instant) = await results.ReadSingleAsync<(bool, DateTime)>();
        return isMine ? instant : null;
    }

    private sealed record SeriesRow
    {
        public required string Timeframe { get; init; }

        public required string Symbol { get; init; }

        public required string AssetClass { get; init; }

        public required int Id { get; init; }

        public required DateTime FirstTs { get; init; }

        public required DateTime LastTs { get; init; }

        public string? Name { get; init; }

        public string? Exchange { get; init; }

        public string? Currency { get; init; }

        public string? PriceUnit { get; init; }

        public string? Zone { get; init; }

        public string? Splits { get; init; }

        public BulkSeries ToSeries() => new(
            new StoredSeries
            {
                Instrument = new Instrument(Domain.Candles.Symbol.Parse(Symbol), AssetClassNames.Parse(AssetClass)),
                Id = Id,
                First = FirstTs,
                Last = LastTs,
                Version = "",
                ActionsVersion = Splits,
                Name = Name,
                Exchange = Exchange,
                Currency = Currency,
                PriceUnit = PriceUnit,
                Zone = Zone,
            },
            BarIntervals.Parse(Timeframe),
            Splits);
    }
}

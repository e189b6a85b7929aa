using System.Diagnostics;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;
using NpgsqlTypes;

namespace MarketData.Storage.Candles;

/// <summary>
/// Looks up what there is of a series. Calls that come while a query is under way share the next one, so that each gets what was true after
/// it was made.
/// </summary>
internal sealed class SeriesLookup(NpgsqlDataSource database)
{
    private const int TimeoutSeconds = 10;

    // As of an instant prices may be adjusted by what is in effect no more.
    // The row's transaction id changes with every write to it, whoever makes it. Dividends are measured by closes of whatever interval
    // there is.
    private const string Facts = """
        SELECT k.symbol, k.timeframe, s.asset_class, r.first_ts, r.last_ts, concat_ws('.', r.xmin, extract(epoch FROM r.updated_at)),
               CASE WHEN a.actions > 0 OR h.replaced > 0 THEN concat_ws('.', a.actions, a.transactions, h.replaced, (
                   SELECT string_agg(d.xmin::text, '.' ORDER BY d.timeframe) FROM series d WHERE d.symbol = s.symbol)) END, r.id,
               s.name, s.exchange, s.currency, s.price_unit, s.zone
        FROM {0}
        JOIN symbols s ON s.symbol = k.symbol
        LEFT JOIN series r ON r.symbol = s.symbol AND r.timeframe = k.timeframe
        CROSS JOIN LATERAL (
            SELECT count(*) AS actions, sum(xmin::text::bigint) AS transactions FROM corporate_actions WHERE symbol = s.symbol) a
        CROSS JOIN LATERAL (SELECT count(*) AS replaced FROM corporate_action_history WHERE symbol = s.symbol) h
        """;

    private static readonly string Find = Facts.Replace("{0}", "unnest($1, $2) AS k (symbol, timeframe)", StringComparison.Ordinal);

    private static readonly string FindOfClass = Facts.Replace(
        "{0}", "(SELECT symbol, $2::text AS timeframe FROM symbols WHERE asset_class = $1 AND symbol ~ '^[A-Z0-9^]') k", StringComparison.Ordinal);

    private readonly Lock _gate = new();
    private Batch? _next;
    private bool _isRunning;

    /// <summary>What there is of a symbol in an interval; null when the symbol is not tracked.</summary>
    public async Task<StoredSeries?> FindAsync(Symbol symbol, BarInterval interval, CancellationToken cancellation)
    {
        var batch = Join(symbol, interval);
        try
        {
            var answer = await batch.Answer.Task.WaitAsync(cancellation);
            return answer.GetValueOrDefault((symbol, interval));
        }
        finally
        {
            if (Leave(batch))
                await batch.Abandoned.CancelAsync();
        }
    }

    /// <summary>What there is of each of the symbols that are tracked.</summary>
    public async Task<IReadOnlyCollection<StoredSeries>> FindAllAsync(
        IReadOnlyCollection<Symbol> symbols, BarInterval interval, CancellationToken cancellation) =>
        (await ReadAsync([.. symbols.Select(symbol => (symbol, interval))], cancellation)).Values;

    /// <summary>What there is of each tracked symbol of a class.</summary>
    public async Task<IReadOnlyCollection<StoredSeries>> FindAllAsync(AssetClass assetClass, BarInterval interval, CancellationToken cancellation) =>
        (await ReadAsync(
            FindOfClass,
            [new NpgsqlParameter<string> { TypedValue = assetClass.Name() }, new NpgsqlParameter<string> { TypedValue = interval.Name() }],
            cancellation)).Values;

    private Batch Join(Symbol symbol, BarInterval interval)
    {
        lock (_gate)
        {
            var batch = _next ??= new Batch();
            batch.Enter(symbol, interval);
            if (!_isRunning)
            {
                _isRunning = true;
                _ = Task.Run(RunAllAsync, CancellationToken.None);
            }

            return batch;
        }
    }

    // Whether no call waits for the answer any more. A batch that has not been sent may still be joined.
    private bool Leave(Batch batch)
    {
        lock (_gate)
            return batch.Leave() && batch != _next;
    }

    private async Task RunAllAsync()
    {
        while (Take() is { } batch)
        {
            try
            {
                batch.Answer.SetResult(await RunAsync(batch));
            }
            catch (OperationCanceledException)
            {
                batch.Answer.SetCanceled(batch.Abandoned.Token);
            }
            catch (Exception e)
            {
                batch.Answer.SetException(e);
            }
        }
    }

    private Batch? Take()
    {
        lock (_gate)
        {
            var batch = _next;
            (_next, _isRunning) = (null, batch is not null);
            return batch;
        }
    }

    private async Task<Dictionary<(Symbol, BarInterval), StoredSeries>> RunAsync(Batch batch)
    {
        Activity.Current = batch.Caller;
        return await ReadAsync(batch.Series, batch.Abandoned.Token);
    }

    private Task<Dictionary<(Symbol, BarInterval), StoredSeries>> ReadAsync(
        IReadOnlyCollection<(Symbol Symbol, BarInterval Interval)> series, CancellationToken cancellation) => ReadAsync(
        Find, [Texts(series.Select(one => one.Symbol.Value)), Texts(series.Select(one => one.Interval.Name()))], cancellation);

    private async Task<Dictionary<(Symbol, BarInterval), StoredSeries>> ReadAsync(
        string find, NpgsqlParameter[] arguments, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = Sql.Command("find series", find, connection);
        command.CommandTimeout = TimeoutSeconds;
        command.Parameters.AddRange(arguments);
        await command.PrepareAsync(cancellation);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var answer = new Dictionary<(Symbol, BarInterval), StoredSeries>();
        while (await row.ReadAsync(cancellation))
        {
            var symbol = Symbol.Parse(row.GetString(0));
            var interval = BarIntervals.Parse(row.GetString(1));
            answer[(symbol, interval)] = new StoredSeries
            {
                Interval = interval,
                Instrument = new Instrument(symbol, AssetClassNames.Parse(row.GetString(2))),
                First = row.IsDBNull(3) ? null : row.GetDateTime(3),
                Last = row.IsDBNull(4) ? null : row.GetDateTime(4),
                Version = row.GetString(5),
                ActionsVersion = row.IsDBNull(6) ? null : row.GetString(6),
                Id = row.IsDBNull(7) ? null : row.GetInt32(7),
                Name = Text(row, 8),
                Exchange = Text(row, 9),
                Currency = Text(row, 10),
                PriceUnit = Text(row, 11),
                Zone = Text(row, 12),
            };
        }

        return answer;
    }

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static NpgsqlParameter Texts(IEnumerable<string> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    // The series of one query, and how many calls wait for it.
    private sealed class Batch
    {
        private readonly HashSet<(Symbol Symbol, BarInterval Interval)> _series = [];
        private int _waiting;

        public IReadOnlyCollection<(Symbol Symbol, BarInterval Interval)> Series => _series;

        public TaskCompletionSource<Dictionary<(Symbol, BarInterval), StoredSeries>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Abandoned { get; } = new();

        /// <summary>The span of the first call: the query shows in its trace.</summary>
        public Activity? Caller { get; } = Activity.Current;

        public void Enter(Symbol symbol, BarInterval interval)
        {
            _series.Add((symbol, interval));
            _waiting++;
        }

        public bool Leave() => --_waiting == 0 && !Answer.Task.IsCompleted;
    }
}

using System.Diagnostics;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;
using NpgsqlTypes;

namespace MarketData.Storage.Candles;

/// <summary>
/// Looks up what there is of a series, for everybody who asks while the database is being asked for others, by one query. Each gets what
/// was true after they asked.
/// </summary>
internal sealed class SeriesLookup(NpgsqlDataSource database)
{
    private const int TimeoutSeconds = 10;

    // The row's transaction id changes with every write to it, whoever makes it. Dividends are measured against daily closes.
    private const string Find = """
        SELECT k.symbol, k.timeframe, s.asset_class, r.first_ts, r.last_ts, concat_ws('.', r.xmin, extract(epoch FROM r.updated_at)),
               CASE WHEN a.actions > 0 THEN concat_ws('.', a.actions, a.transactions, d.xmin) END, r.id
        FROM unnest($1, $2) AS k (symbol, timeframe)
        JOIN symbols s ON s.symbol = k.symbol
        LEFT JOIN series r ON r.symbol = s.symbol AND r.timeframe = k.timeframe
        LEFT JOIN series d ON d.symbol = s.symbol AND d.timeframe = '1d'
        CROSS JOIN LATERAL (
            SELECT count(*) AS actions, sum(xmin::text::bigint) AS transactions FROM corporate_actions WHERE symbol = s.symbol) a
        """;

    private readonly Lock _gate = new();
    private Question? _next;
    private bool _isAsking;

    /// <summary>What there is of a symbol in an interval; null when the symbol is not tracked.</summary>
    public async Task<StoredSeries?> FindAsync(Symbol symbol, BarInterval interval, CancellationToken cancellation)
    {
        var question = Join(symbol, interval);
        try
        {
            var answer = await question.Answer.Task.WaitAsync(cancellation);
            return answer.GetValueOrDefault((symbol, interval));
        }
        finally
        {
            if (Leave(question))
                await question.Abandoned.CancelAsync();
        }
    }

    private Question Join(Symbol symbol, BarInterval interval)
    {
        lock (_gate)
        {
            var question = _next ??= new Question();
            question.Enter(symbol, interval);
            if (!_isAsking)
            {
                _isAsking = true;
                _ = Task.Run(AskAllAsync, CancellationToken.None);
            }

            return question;
        }
    }

    // Whether nobody waits for the answer to it any more. One that is not being asked yet may still be joined by others.
    private bool Leave(Question question)
    {
        lock (_gate)
            return question.Leave() && question != _next;
    }

    private async Task AskAllAsync()
    {
        while (Take() is { } question)
        {
            try
            {
                question.Answer.SetResult(await AskAsync(question));
            }
            catch (OperationCanceledException)
            {
                question.Answer.SetCanceled(question.Abandoned.Token);
            }
            catch (Exception e)
            {
                question.Answer.SetException(e);
            }
        }
    }

    private Question? Take()
    {
        lock (_gate)
        {
            var question = _next;
            (_next, _isAsking) = (null, question is not null);
            return question;
        }
    }

    private async Task<Dictionary<(Symbol, BarInterval), StoredSeries>> AskAsync(Question question)
    {
        Activity.Current = question.Asker;
        var cancellation = question.Abandoned.Token;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = Sql.Command("find series", Find, connection);
        command.CommandTimeout = TimeoutSeconds;
        command.Parameters.Add(Texts(question.Series.Select(series => series.Symbol.Value)));
        command.Parameters.Add(Texts(question.Series.Select(series => series.Interval.Name())));
        await command.PrepareAsync(cancellation);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var answer = new Dictionary<(Symbol, BarInterval), StoredSeries>();
        while (await row.ReadAsync(cancellation))
        {
            var symbol = Symbol.Parse(row.GetString(0));
            answer[(symbol, BarIntervals.Parse(row.GetString(1)))] = new StoredSeries
            {
                Instrument = new Instrument(symbol, AssetClassNames.Parse(row.GetString(2))),
                First = row.IsDBNull(3) ? null : row.GetDateTime(3),
                Last = row.IsDBNull(4) ? null : row.GetDateTime(4),
                Version = row.GetString(5),
                ActionsVersion = row.IsDBNull(6) ? null : row.GetString(6),
                Id = row.IsDBNull(7) ? null : row.GetInt32(7),
            };
        }

        return answer;
    }

    private static NpgsqlParameter Texts(IEnumerable<string> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    // What is asked next, and how many still want to know.
    private sealed class Question
    {
        private readonly HashSet<(Symbol Symbol, BarInterval Interval)> _series = [];
        private int _waiting;

        public IReadOnlyCollection<(Symbol Symbol, BarInterval Interval)> Series => _series;

        public TaskCompletionSource<Dictionary<(Symbol, BarInterval), StoredSeries>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Abandoned { get; } = new();

        /// <summary>What whoever asked first was doing: the query shows in their trace.</summary>
        public Activity? Asker { get; } = Activity.Current;

        public void Enter(Symbol symbol, BarInterval interval)
        {
            _series.Add((symbol, interval));
            _waiting++;
        }

        public bool Leave() => --_waiting == 0 && !Answer.Task.IsCompleted;
    }
}

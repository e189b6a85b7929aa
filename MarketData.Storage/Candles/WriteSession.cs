using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>The transaction of one write, with the arguments that its statements share.</summary>
internal sealed class WriteSession(
    NpgsqlConnection connection, NpgsqlTransaction transaction, SeriesWrite write, CandleSources sources, CancellationToken cancellation)
{
    // Under the symbol's lock, so that a number is handed out once. Looked up first: a conflict would use one up for nothing.
    private const string Begin = $"""
        {SeriesWriter.Begin}
        WITH added AS (
            INSERT INTO series (symbol, timeframe) SELECT @symbol, @timeframe
            WHERE NOT EXISTS (SELECT FROM series WHERE symbol = @symbol AND timeframe = @timeframe) RETURNING id, feature_epoch),
        found AS (
            SELECT * FROM added UNION ALL
            SELECT id, feature_epoch FROM series WHERE symbol = @symbol AND timeframe = @timeframe)
        SELECT id, feature_epoch, {SureCommit.TransactionId}, {ServerTimeline.Current} FROM found;
        """;

    public NpgsqlConnection Connection { get; } = connection;

    public NpgsqlTransaction Transaction { get; } = transaction;

    public SeriesWrite Write { get; } = write;

    public CandleSources Sources { get; } = sources;

    public CancellationToken Cancellation { get; } = cancellation;

    public string Symbol { get; } = write.Instrument.Symbol.Value;

    public string Timeframe { get; } = write.Interval.Name();

    /// <summary>The number of the series.</summary>
    public int SeriesId { get; private set; }

    /// <summary>How often, before this write, something changed that features follow from.</summary>
    public long FeatureEpoch { get; private set; }

    /// <summary>The transaction's number on the server.</summary>
    public string TransactionId { get; private set; } = "";

    /// <summary>Whether the database failed over since the numbers of <see cref="Sources"/> were read, so that they may be others by now.</summary>
    public bool HasOldSources { get; private set; }

    /// <summary>Keeps others from writing to the symbol's series until the end, and learns the number of this one.</summary>
    public async Task BeginAsync()
    {
        await using var results = await Connection.QueryMultipleAsync(Command("lock series", Begin, null));
        await results.ReadAsync();
        (SeriesId, FeatureEpoch, TransactionId, var timeline) = await results.ReadSingleAsync<(int, long, string, int)>();
        HasOldSources = !Write.Candles.IsEmpty && timeline != Sources.Timeline;
    }

    public Task<int> ExecuteAsync(string name, string sql, object? more = null) => Connection.ExecuteAsync(Command(name, sql, more));

    public Task<T?> ScalarAsync<T>(string name, string sql, object? more = null) => Connection.ExecuteScalarAsync<T>(Command(name, sql, more));

    public Task<T> QuerySingleAsync<T>(string name, string sql, object? more = null) => Connection.QuerySingleAsync<T>(Command(name, sql, more));

    private CommandDefinition Command(string name, string sql, object? more)
    {
        var arguments = new DynamicParameters(new { symbol = Symbol, timeframe = Timeframe, seriesId = SeriesId, jobId = Write.JobId });
        if (!Write.Candles.IsEmpty)
            arguments.AddDynamicParams(new { from = Write.Candles.Span[0].Candle.Timestamp, to = Write.Candles.Span[^1].Candle.Timestamp });
        if (more is not null)
            arguments.AddDynamicParams(more);
        return Sql.Command(name, sql, arguments, Cancellation, Transaction);
    }
}

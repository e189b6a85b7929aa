using Dapper;
using MarketData.Domain.Candles;
using MarketData.Storage.Enrichment;
using Npgsql;

namespace MarketData.Storage.Candles;

/// <summary>The transaction of one write, with the arguments that its statements share.</summary>
internal sealed class WriteSession(NpgsqlConnection connection, NpgsqlTransaction transaction, SeriesWrite write, CancellationToken cancellation)
{
    public NpgsqlConnection Connection { get; } = connection;

    public NpgsqlTransaction Transaction { get; } = transaction;

    public SeriesWrite Write { get; } = write;

    public CancellationToken Cancellation { get; } = cancellation;

    public string Symbol { get; } = write.Instrument.Symbol.Value;

    public string Timeframe { get; } = write.Interval.Name();

    public Task<int> ExecuteAsync(string name, string sql, object? more = null) => Connection.ExecuteAsync(Command(name, sql, more));

    public Task<T?> ScalarAsync<T>(string name, string sql, object? more = null) => Connection.ExecuteScalarAsync<T>(Command(name, sql, more));

    public Task<T> QuerySingleAsync<T>(string name, string sql, object? more = null) => Connection.QuerySingleAsync<T>(Command(name, sql, more));

    private CommandDefinition Command(string name, string sql, object? more)
    {
        var arguments = new DynamicParameters(new { symbol = Symbol, timeframe = Timeframe, jobId = Write.JobId });
        if (!Write.Candles.IsEmpty)
            arguments.AddDynamicParams(new { from = Write.Candles.Span[0].Candle.Timestamp, to = Write.Candles.Span[^1].Candle.Timestamp });
        if (more is not null)
            arguments.AddDynamicParams(more);
        return Sql.Command(name, sql, arguments, Cancellation, Transaction);
    }
}

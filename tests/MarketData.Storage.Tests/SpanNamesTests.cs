using System.Collections.Concurrent;
using System.Diagnostics;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Storage.Tests;

/// <summary>What the spans of statements are called.</summary>
public sealed class SpanNamesTests(PostgresServer server) : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _names = new();
    private readonly Activity _trace = new("test");
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == "Npgsql",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
    };

    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(Cancellation);
        _source = new NpgsqlDataSourceBuilder(_database.ConnectionString).NameSpans().Build();
        // Other tests run at the same time, in traces of their own or in none.
        _listener.ActivityStopped = span =>
        {
            if (span.TraceId == _trace.TraceId)
                _names.Enqueue(span.DisplayName);
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _trace.Dispose();
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("-- claim next job\nSELECT 1", "claim next job")]
    [InlineData("-- forget old candles\nDELETE FROM symbols WHERE false; SELECT 1;", "forget old candles")]
    [InlineData("SELECT name FROM symbols WHERE symbol = 'UPDATE x'", "SELECT symbols")]
    [InlineData("INSERT INTO symbols SELECT * FROM symbols WHERE false", "INSERT symbols")]
    [InlineData("UPDATE symbols SET name = name WHERE false", "UPDATE symbols")]
    [InlineData("  delete from symbols where false", "delete symbols")]
    [InlineData("SELECT 1", "SELECT")]
    public async Task A_statement_is_called_after_its_comment_or_after_verb_and_table(string sql, string name)
    {
        await using var connection = await _source.OpenConnectionAsync(Cancellation);
        _trace.Start();
        await using var command = new NpgsqlCommand(sql, connection);

        await command.ExecuteNonQueryAsync(Cancellation);

        _names.ShouldBe([name]);
    }

    [Fact]
    public async Task A_batch_is_called_after_its_first_statement()
    {
        await using var connection = await _source.OpenConnectionAsync(Cancellation);
        _trace.Start();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new NpgsqlBatchCommand("UPDATE symbols SET name = name WHERE false"), new NpgsqlBatchCommand("SELECT 1") },
        };

        await batch.ExecuteNonQueryAsync(Cancellation);

        _names.ShouldBe(["UPDATE symbols"]);
    }

    [Theory]
    [InlineData("COPY symbols (symbol) TO STDOUT", "COPY symbols")]
    [InlineData("COPY (-- stream candles\nSELECT symbol FROM symbols) TO STDOUT", "stream candles")]
    public async Task A_copy_is_called_after_its_table_or_the_comment_of_its_query(string sql, string name)
    {
        await using var connection = await _source.OpenConnectionAsync(Cancellation);
        _trace.Start();

        using (var copy = await connection.BeginTextExportAsync(sql, Cancellation))
            (await copy.ReadToEndAsync(Cancellation)).ShouldBeEmpty();

        _names.ShouldBe([name]);
    }
}

using MarketData.Enrichment.Pipeline;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Enrichment.Tests.Pipeline;

/// <summary>A database that is lost is waited for; one that refuses a statement costs the job an attempt.</summary>
public sealed class JobFailuresTests(PostgresServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_statement_that_takes_too_long_is_no_lost_database()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        var failure = await FailureAsync(database.DataSource, "SET statement_timeout = '50ms'; SELECT pg_sleep(60)");

        JobFailures.IsDatabaseAway(failure).ShouldBeFalse();
        var described = JobFailures.Describe([("1d", failure)]);
        described.IsPermanent.ShouldBeFalse();
        described.Message.ShouldBe("1d: A statement took longer than it may, and the database broke it off.");
    }

    [Fact]
    public async Task A_session_that_the_server_ends_is_a_lost_database()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        var failure = await FailureAsync(database.DataSource, "SELECT pg_terminate_backend(pg_backend_pid())");

        JobFailures.IsDatabaseAway(failure).ShouldBeTrue();
    }

    private static async Task<NpgsqlException> FailureAsync(NpgsqlDataSource database, string sql)
    {
        await using var connection = await database.OpenConnectionAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await Should.ThrowAsync<NpgsqlException>(() => command.ExecuteNonQueryAsync(Cancellation));
    }
}

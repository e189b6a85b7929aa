using MarketData.Domain.Candles;
using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Resilience;
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

    [Fact]
    public void What_providers_gave_instead_of_candles_is_one_sentence_and_the_words_follow_it()
    {
        var answered = new ProviderException("polygon", ProviderErrorKind.Transient, "is in trouble: HTTP 500", "Wait.") { StatusCode = 500 };
        var unknown = new ProviderException("yahoo", ProviderErrorKind.UnknownSymbol, "does not list AAPLX.", "Check it.");
        var instrument = new Instrument(Symbol.Parse("AAPLX"), AssetClass.Stock);
        Exception chain = new ProviderChainException(instrument, BarInterval.OneDay, [answered, unknown]);

        var described = JobFailures.Describe([("1d", chain), ("5m", new ProviderChainException(instrument, BarInterval.FiveMinutes, [answered, unknown]))]);

        described.Message.Split('\n').ShouldBe(["Polygon answered 500; Yahoo does not know the symbol.", "1d, 5m: polygon: is in trouble: HTTP 500 yahoo: does not list AAPLX."]);
        (described.IsPermanent, described.Reason, described.Advice).ShouldBe((false, "unavailable", "Wait."));
        // It waits for the one that may give something later.
        described.Providers.ShouldBe(["polygon"]);
        JobFailures.Describe([("1d", new ProviderChainException(instrument, BarInterval.OneDay, [unknown]))]).Providers.ShouldBe(["yahoo"]);
    }

    [Fact]
    public void An_error_that_nobody_foresaw_is_no_sentence_of_a_programmer()
    {
        var lines = JobFailures.Describe([("1d", new InvalidOperationException("Sequence contains no elements"))]).Message.Split('\n');

        lines.ShouldBe(["Something went wrong that nobody foresaw.", "1d: Unexpected InvalidOperationException: Sequence contains no elements"]);
    }

    private static async Task<NpgsqlException> FailureAsync(NpgsqlDataSource database, string sql)
    {
        await using var connection = await database.OpenConnectionAsync(Cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        return await Should.ThrowAsync<NpgsqlException>(() => command.ExecuteNonQueryAsync(Cancellation));
    }
}

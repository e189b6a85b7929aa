using Dapper;
using MarketData.Storage.Enrichment;
using MarketData.Storage.Events;
using MarketData.Testing;
using Npgsql;

namespace MarketData.Storage.Tests;

/// <summary>A session that the pool keeps no longer listens, whether or not the pool resets what it keeps.</summary>
public sealed class ListeningSessionTests(PostgresServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<bool, string> Listeners => new MatrixTheoryData<bool, string>([true, false], ["work", "lookups", "events"]);

    [Theory]
    [MemberData(nameof(Listeners))]
    public async Task After_its_use_a_session_listens_to_nothing(bool noResetOnClose, string kind)
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var source = OneSession(database, noResetOnClose);
        int session;
        await using (var listening = await ListenAsync(source, kind))
        {
            session = listening.Connection.ProcessID;
            (await ChannelsAsync(listening.Connection)).ShouldHaveSingleItem();
        }

        await using var again = await source.OpenConnectionAsync(Cancellation);
        again.ProcessID.ShouldBe(session);
        (await ChannelsAsync(again)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_session_that_the_server_ended_can_be_disposed()
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var source = OneSession(database, noResetOnClose: true);
        var listening = await ListenAsync(source, "work");
        await using (var other = await database.DataSource.OpenConnectionAsync(Cancellation))
            await other.ExecuteAsync("SELECT pg_terminate_backend(@session, 10000)", new { session = listening.Connection.ProcessID });

        await listening.DisposeAsync();

        await using var next = await source.OpenConnectionAsync(Cancellation);
        (await ChannelsAsync(next)).ShouldBeEmpty();
    }

    private static Task<ListeningSession> ListenAsync(NpgsqlDataSource source, string kind) => kind switch
    {
        "work" => new JobStore(source).ListenAsync(Cancellation),
        "lookups" => new LookupStore(source, TimeProvider.System).ListenAsync(Cancellation),
        _ => new EventReader(source).ListenAsync(Cancellation),
    };

    private static NpgsqlDataSource OneSession(TestDatabase database, bool noResetOnClose) =>
        NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = 1, NoResetOnClose = noResetOnClose });

    private static async Task<IReadOnlyList<string>> ChannelsAsync(NpgsqlConnection connection) =>
        (await connection.QueryAsync<string>("SELECT pg_listening_channels()")).AsList();
}

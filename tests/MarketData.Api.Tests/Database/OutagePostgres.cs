using MarketData.Testing;

namespace MarketData.Api.Tests.Database;

/// <summary>A database server that the tests of a class may stop, kill and freeze.</summary>
public sealed class OutagePostgres : IAsyncLifetime
{
    /// <summary>The server.</summary>
    public TestPostgres Postgres { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Postgres = await TestPostgres.StartNewAsync(TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Postgres.DisposeAsync();
}

using MarketData.Storage.Keys;
using MarketData.Testing;

namespace MarketData.Api.Tests;

/// <summary>An API with a database of a test class' own, and a key of each kind.</summary>
public sealed class ApiFixture(PostgresServer server) : IAsyncLifetime
{
    /// <summary>Its database.</summary>
    public TestDatabase Database { get; private set; } = null!;

    /// <summary>The API.</summary>
    public ApiApplication Api { get; private set; } = null!;

    /// <summary>Without a key.</summary>
    public HttpClient Stranger => Api.Client;

    /// <summary>With the scope <c>read</c>.</summary>
    public HttpClient Reader { get; private set; } = null!;

    /// <summary>With the scope <c>enrich</c>.</summary>
    public HttpClient Operator { get; private set; } = null!;

    /// <summary>With the scope <c>admin</c>.</summary>
    public HttpClient Admin { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Database = await server.CreateDatabaseAsync();
        Api = await ApiApplication.StartAsync(Database.ConnectionString);
        (Reader, Operator, Admin) = (Api.With(await KeyAsync("read")), Api.With(await KeyAsync("enrich")), Api.With(await KeyAsync("admin")));
    }

    /// <summary>Makes a key and returns its secret.</summary>
    public async Task<string> KeyAsync(string scope, int? requestsPerMinute = null)
    {
        var made = await new KeyStore(Database.DataSource).CreateAsync(
            new($"a key to {scope}", [scope], requestsPerMinute), new Actor("test", null), TestContext.Current.CancellationToken);
        return made.Secret;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Database.DisposeAsync();
    }
}

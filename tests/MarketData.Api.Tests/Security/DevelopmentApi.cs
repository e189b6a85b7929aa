using MarketData.Storage.Keys;
using MarketData.Testing;

namespace MarketData.Api.Tests.Security;

/// <summary>An API in Development, where acting needs no key, which lets one origin in.</summary>
public sealed class DevelopmentApi(PostgresServer server) : IAsyncLifetime
{
    /// <summary>The origin that is let in.</summary>
    public const string Charts = "https://charts.example.com";

    /// <summary>Its database.</summary>
    public TestDatabase Database { get; private set; } = null!;

    /// <summary>Calls it without a key.</summary>
    public HttpClient Client => Api.Client;

    private ApiApplication Api { get; set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Database = await server.CreateDatabaseAsync();
        Api = await ApiApplication.StartAsync(Database.ConnectionString, ("environment", "Development"), ("Api:CorsOrigins:0", Charts));
    }

    /// <summary>Makes a key with the scope <c>enrich</c> and returns its secret.</summary>
    public async Task<string> KeyAsync() => (await new KeyStore(Database.DataSource).CreateAsync(
        new("a key", ["enrich"], null), new Actor("test", null), TestContext.Current.CancellationToken)).Secret;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        await Database.DisposeAsync();
    }
}

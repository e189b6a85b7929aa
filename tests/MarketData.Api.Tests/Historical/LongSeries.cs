using MarketData.Testing;

namespace MarketData.Api.Tests.Historical;

/// <summary>A running API with little memory, over a series whose export is larger than a hundred megabytes.</summary>
public sealed class LongSeries(PostgresServer server) : IAsyncLifetime
{
    /// <summary>How many candles there are.</summary>
    public const int Candles = 650_000;

    // What the heap may take of the 256 MB that the process may have.
    private const long HeapCap = 112L * 1024 * 1024;

    /// <summary>Its database.</summary>
    public TestDatabase Database { get; private set; } = null!;

    /// <summary>The API.</summary>
    public ServiceProcess Api { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Database = await server.CreateDatabaseAsync(cancellation);
        await GeneratedCandles.WriteAsync(Database.DataSource, "LONG", Candles, cancellation);
        Api = await ApiProcess.StartAsync(
            Database.ConnectionString, new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = $"0x{HeapCap:x}" }, cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Api is not null)
            await Api.DisposeAsync();
        await Database.DisposeAsync();
    }
}

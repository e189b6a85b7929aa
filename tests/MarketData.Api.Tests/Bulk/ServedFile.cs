using MarketData.Storage.Bulk;
using MarketData.Testing;

namespace MarketData.Api.Tests.Bulk;

/// <summary>A version that an API serves, and one of its files.</summary>
public sealed class ServedFile(PostgresServer server) : IAsyncLifetime
{
    /// <summary>What is served.</summary>
    public Warehouse Warehouse { get; private set; } = null!;

    /// <summary>The API.</summary>
    public ApiApplication Api { get; private set; } = null!;

    /// <summary>The run that wrote the version.</summary>
    public BulkRun Run { get; private set; } = null!;

    /// <summary>The file's address at the API.</summary>
    public string Url { get; private set; } = "";

    /// <summary>Where it is.</summary>
    public string File { get; private set; } = "";

    /// <summary>What is in it.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Its checksum.</summary>
    public string Sha256 { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Warehouse = await Warehouse.CreateAsync(server);
        Run = await Warehouse.WriteAsync();
        Api = await BulkApiTests.StartAsync(Warehouse);
        var file = (await Warehouse.NewestAsync())["1d_2020"];
        (File, Url, Sha256) = (Path.Combine(Warehouse.Folder, file.Path), $"{BulkApiTests.Root}/{file.File}", file.Sha256);
        Bytes = await System.IO.File.ReadAllBytesAsync(File, TestContext.Current.CancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Api is not null)
            await Api.DisposeAsync();
        if (Warehouse is not null)
            await Warehouse.DisposeAsync();
    }
}

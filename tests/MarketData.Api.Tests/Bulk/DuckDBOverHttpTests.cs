using MarketData.Bulk.Targets;
using MarketData.Testing;

namespace MarketData.Api.Tests.Bulk;

/// <summary>DuckDB reads bulk files where they are, no more of them than it needs.</summary>
public sealed class DuckDBOverHttpTests(PostgresServer server)
{
    [Fact]
    public async Task From_the_api_in_ranges()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();
        await using var api = await BulkApiTests.StartAsync(warehouse);
        var files = (await api.Client.FetchAsync("/api/v1/bulk?timeframe=1d").JsonAsync()).GetProperty("files").EnumerateArray()
            .Select(file => new Uri(api.Client.BaseAddress!, file.GetProperty("url").GetString()).ToString()).ToList();
        await using var duck = await DuckDBPage.OpenAsync(api.Client.BaseAddress!);

        await ShouldReadAsync(duck, files, warehouse);

        duck.Ranges.ShouldContain(range => range.StartsWith("GET bytes=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task From_an_object_store_in_ranges()
    {
        await using var store = await ObjectStore.StartAsync();
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();
        using var target = new S3Target(store.Options);
        await warehouse.WriteAsync(target);
        var files = (await warehouse.NewestAsync()).Values.Where(file => file.Timeframe == "1d")
            .Select(file => $"{store.Address}/{ObjectStore.Bucket}/some/prefix/{file.Path}").ToList();
        await using var duck = await DuckDBPage.OpenAsync(new Uri(store.Address));

        await ShouldReadAsync(duck, files, warehouse);

        duck.Ranges.ShouldContain(range => range.StartsWith("GET bytes=", StringComparison.Ordinal));
    }

    private static async Task ShouldReadAsync(DuckDBPage duck, IReadOnlyList<string> files, Warehouse warehouse)
    {
        const string columns = "symbol, count(*)::INTEGER, sum(close * split_factor), max(sma_20)";
        var read = await duck.ReadAsync($"SELECT {columns} FROM read_parquet({Duck.List(files)}) GROUP BY symbol ORDER BY symbol");

        var known = await Duck.ReadAsync(
            $"SELECT {columns} FROM read_parquet({Duck.List(Duck.Newest(warehouse.Folder, "1d"))}) GROUP BY symbol ORDER BY symbol");
        read.GetArrayLength().ShouldBe(2);
        foreach (var (row, expected) in read.EnumerateArray().Zip(known))
        {
            (row[0].GetString(), row[1].GetInt32()).ShouldBe(((string)expected[0]!, (int)expected[1]!));
            row[2].GetDouble().ShouldBe((double)expected[2]!, 1e-3);
            row[3].GetDouble().ShouldBe((double)expected[3]!, 1e-9);
        }
    }
}

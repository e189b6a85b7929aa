using System.Globalization;
using MarketData.Storage;
using MarketData.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace MarketData.Api.Tests.Database;

public sealed class PoolTests(PostgresServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", MarketDataDatabase.ApiPoolSize)]
    [InlineData(";Maximum Pool Size=3", 3)]
    [InlineData(";MaxPoolSize=100", 100)]
    public async Task The_pool_is_as_large_as_is_said_unless_the_connection_string_says_otherwise(string setting, int size)
    {
        await using var database = await server.CreateDatabaseAsync(Cancellation);
        await using var api = await ApiApplication.StartAsync(database.ConnectionString + setting);
        new NpgsqlConnectionStringBuilder(api.Services.GetRequiredService<NpgsqlDataSource>().ConnectionString).MaxPoolSize.ShouldBe(size);
    }

    [Fact]
    public void The_table_of_connections_has_the_numbers_of_the_code_and_fits_the_server()
    {
        var folder = AppHostProcess.RepositoryRoot();
        var rows = File.ReadLines(Path.Combine(folder, "docs", "deploy.md"))
            .SkipWhile(line => !line.StartsWith("## Connections", StringComparison.Ordinal)).Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)
            .Take(3).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToDictionary(cells => cells[1]);
        Number(rows["`api`"][2]).ShouldBe(MarketDataDatabase.ApiPoolSize);
        Number(rows["`enrichment`"][2]).ShouldBe(MarketDataDatabase.EnrichmentPoolSize(5));
        foreach (var row in rows.Values)
            Number(row[5]).ShouldBe((Number(row[2]) + Number(row[3])) * Number(row[4]), row[1]);

        var manifest = File.ReadAllText(Path.Combine(folder, "deploy", "kubernetes", "overlays", "in-cluster-database", "database.yaml"));
        var most = Number(manifest.Split("max_connections: \"")[1]);
        rows.Values.Sum(row => Number(row[5])).ShouldBeLessThanOrEqualTo(most - 3);
    }

    // The number that a text begins with; 0 when it begins with none.
    private static int Number(string text) =>
        int.TryParse(string.Concat(text.TakeWhile(char.IsAsciiDigit)), CultureInfo.InvariantCulture, out var number) ? number : 0;
}

using System.Text.Json;
using DuckDB.NET.Data;

namespace MarketData.Api.Tests.Bulk;

/// <summary>DuckDB, in memory, over files.</summary>
internal static class Duck
{
    /// <summary>The rows of the last of some statements.</summary>
    public static async Task<IReadOnlyList<object?[]>> ReadAsync(string sql)
    {
        await using var duck = new DuckDBConnection("DataSource=:memory:");
        await duck.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = duck.CreateCommand();
        var statements = sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var statement in statements[..^1])
        {
            command.CommandText = statement;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        command.CommandText = statements[^1];
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var read = new List<object?[]>();
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
            read.Add([.. Enumerable.Range(0, rows.FieldCount).Select(i => rows.IsDBNull(i) ? null : rows.GetValue(i))]);
        return read;
    }

    /// <summary>The first value of a query.</summary>
    public static async Task<T> ScalarAsync<T>(string sql) => (T)(await ReadAsync(sql))[0][0]!;

    /// <summary>A list of files as DuckDB takes it.</summary>
    public static string List(IEnumerable<string> files) => $"[{string.Join(", ", files.Select(file => $"'{file}'"))}]";

    /// <summary>The full paths of the files that a folder's pointer leads to, of one interval or all.</summary>
    public static IReadOnlyList<string> Newest(string folder, string? timeframe = null)
    {
        using var pointer = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "latest.json")));
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, pointer.RootElement.GetProperty("manifest").GetString()!)));
        return
        [
            .. from file in manifest.RootElement.GetProperty("files").EnumerateArray()
               where timeframe is null || file.GetProperty("timeframe").GetString() == timeframe
               select Path.Combine(folder, file.GetProperty("path").GetString()!),
        ];
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using MarketData.Testing.Tools;

namespace MarketData.Api.Tests.Clients;

/// <summary>The examples of <c>docs/clients.md</c> are run as they stand there, and read what SQL says is stored.</summary>
public sealed partial class ClientPageTests(ReadableApi api) : IClassFixture<ReadableApi>
{
    private const string ExampleAddress = "http://localhost:8000";
    private const string ExampleKey = "the key";
    private const string Since2024 = "timeframe = '1d' AND ts >= '2024-01-01Z'";

    // Data frames of pandas and Polars, and lists of dictionaries.
    private const string PrintPython = """

        import json
        rows = frame.to_dicts() if hasattr(frame, "to_dicts") else frame.to_dict("records") if hasattr(frame, "to_dict") else frame
        print(json.dumps([[str(row["timestamp"])[:19].replace("T", " "), float(row["close"])] for row in rows]))
        """;

    private const string PrintR = """

        cat("[", paste(sprintf('["%s",%.17g]', format(frame$timestamp, "%Y-%m-%d %H:%M:%S"), frame$close), collapse = ","), "]")
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pandas", "pyarrow,fastparquet", $"symbol = 'AAPL' AND {Since2024}")]
    [InlineData("pandas: CSV", "pandas", $"symbol = 'AAPL' AND {Since2024}")]
    [InlineData("pandas: many symbols", "pandas", $"symbol <> 'BTC-USD' AND {Since2024}")]
    [InlineData("pandas: lines of JSON", "pandas", "symbol = 'BTC-USD' AND ts > (SELECT max(ts) FROM candles WHERE symbol = 'BTC-USD') - interval '100 hours'")]
    [InlineData("Python without anything", "csv", "symbol = 'BTC-USD' AND ts BETWEEN '2024-01-02Z' AND '2024-01-03T23:59Z'")]
    [InlineData("Python: page by page", "json", $"symbol = 'AAPL' AND {Since2024}")]
    [InlineData("Polars", "polars", $"symbol = 'AAPL' AND {Since2024}")]
    public async Task Python_reads_what_is_stored(string heading, string needs, string where)
    {
        var python = await Python.WithAsync(needs);
        Assert.SkipWhen(python is null, $"No Python here has {needs.Replace(",", " or ", StringComparison.Ordinal)}.");
        var start = new ProcessStartInfo(python!, ["-c", Here(ClientPage.CodeOf(heading)) + PrintPython]) { Environment = { ["KEY"] = api.Key } };
        await ShouldBeStoredAsync(Rows(await Tool.ReadAsync(start, null, Cancellation)), where);
    }

    [Fact]
    public async Task R_reads_what_is_stored()
    {
        Assert.SkipWhen(Tool.Find("Rscript") is null, "R is not installed, for example by the package r-base-core.");
        var start = new ProcessStartInfo("Rscript", ["-e", Here(ClientPage.CodeOf("R")) + PrintR]) { Environment = { ["KEY"] = api.Key } };
        await ShouldBeStoredAsync(Rows(await Tool.ReadAsync(start, null, Cancellation)), $"symbol IN ('AAPL', 'MSFT') AND {Since2024}");
    }

    [Fact]
    public async Task The_shell_reads_what_is_stored()
    {
        Assert.SkipWhen(Tool.Find("curl") is null, "curl is not installed.");
        var start = new ProcessStartInfo("bash", ["-c", Here(ClientPage.CodeOf("The shell"))]) { Environment = { ["KEY"] = api.Key } };
        var lines = (await Tool.ReadAsync(start, null, Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        lines[0].ShouldStartWith("timestamp,open,high,low,close,");
        lines.Length.ShouldBe((await api.StoredAsync($"symbol = 'AAPL' AND {Since2024}")).Count + 1);
    }

    /// <remarks>
    /// The extension httpfs is not to be had without DuckDB's own server: what it would do is done here. It asks for the head, which has no length,
    /// and so fetches the whole (<c>HTTPFileHandle::Initialize</c>).
    /// </remarks>
    [Fact]
    public async Task DuckDB_reads_what_is_stored()
    {
        var sql = Here(ClientPage.CodeOf("DuckDB"));
        var url = Address().Match(sql).Groups["url"].Value;
        var file = Path.Combine(Directory.CreateTempSubdirectory("marketdata-duckdb-").FullName, "candles.parquet");
        await File.WriteAllBytesAsync(file, await api.Client.GetByteArrayAsync(url, Cancellation), Cancellation);
        await using var duck = new DuckDBConnection("DataSource=:memory:");
        await duck.OpenAsync(Cancellation);
        await using var command = duck.CreateCommand();
        // The secret is the first statement, whose reader is passed over.
        command.CommandText = sql.Replace(url, file, StringComparison.Ordinal);
        await using var rows = await command.ExecuteReaderAsync(Cancellation);
        while (rows.FieldCount < 4)
            (await rows.NextResultAsync(Cancellation)).ShouldBeTrue();
        var read = new List<(DateTime, double)>();
        while (await rows.ReadAsync(Cancellation))
            read.Add((rows.GetDateTime(1).ToUniversalTime(), rows.GetDouble(2)));
        await ShouldBeStoredAsync(read, $"symbol <> 'BTC-USD' AND {Since2024}");
    }

    [Fact]
    public void Power_Query_is_given_an_address_that_is_one()
    {
        var script = Here(ClientPage.CodeOf("Excel and Power BI"));
        script.ShouldContain(api.Address + "/api/v1/historical/AAPL");
        script.ShouldContain(api.Key);
        foreach (var name in Parameter().Matches(script[..script.IndexOf("Headers", StringComparison.Ordinal)]).Select(match => match.Groups["name"].Value))
            name.ShouldBeOneOf("timeframe", "start", "format");
    }

    [Fact]
    public void Every_example_on_the_page_is_run()
    {
        string[] run = ["pandas", "pandas: CSV", "pandas: many symbols", "pandas: lines of JSON", "Python without anything", "Python: page by page", "Polars", "DuckDB", "R", "Excel and Power BI", "The shell"];
        ClientPage.Blocks.Select(block => block.Heading).ShouldBe(run);
    }

    // What tools send by themselves: none (urllib, DuckDB before 1.4), any (curl, R, Polars, Power Query), Java's, and a browser's.
    [Theory]
    [InlineData(null)]
    [InlineData("*/*")]
    [InlineData("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8")]
    [InlineData("application/json")]
    public async Task The_format_that_the_address_names_comes_whatever_a_tool_accepts(string? accept)
    {
        foreach (var (format, mediaType) in ((string, string)[])[("csv", "text/csv"), ("parquet", "application/vnd.apache.parquet"), ("ndjson", "application/x-ndjson")])
        {
            foreach (var path in (string[])["historical/AAPL?", "historical?symbols=AAPL,SPY&", "latest?"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/{path}format={format}");
                if (accept is not null)
                    request.Headers.TryAddWithoutValidation("Accept", accept).ShouldBeTrue();
                using var answer = await api.Client.SendAsync(request, Cancellation);
                answer.StatusCode.ShouldBe(HttpStatusCode.OK);
                answer.Content.Headers.ContentType!.MediaType.ShouldBe(mediaType);
            }
        }
    }

    // Readers of Parquet ask for the head and for the last bytes first: DuckDB fetches the whole where the head has no length.
    [Fact]
    public async Task An_export_has_a_head_without_a_length_and_a_part_of_it_is_the_whole()
    {
        const string path = "/api/v1/historical/AAPL?format=parquet";
        var whole = await api.Client.GetByteArrayAsync(path, Cancellation);
        using var ask = new HttpRequestMessage(HttpMethod.Head, path);
        using var head = await api.Client.SendAsync(ask, Cancellation);
        (head.StatusCode, head.Content.Headers.ContentType!.MediaType).ShouldBe((HttpStatusCode.OK, "application/vnd.apache.parquet"));
        (head.Content.Headers.ContentLength ?? 0).ShouldBe(0);
        foreach (var range in (string[])["bytes=0-1", "bytes=-8"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Range", range } } };
            using var answer = await api.Client.SendAsync(request, Cancellation);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await answer.Content.ReadAsByteArrayAsync(Cancellation)).Length.ShouldBe(whole.Length);
        }
    }

    private string Here(string code) => code.Replace(ExampleAddress, api.Address, StringComparison.Ordinal).Replace(ExampleKey, api.Key, StringComparison.Ordinal);

    private async Task ShouldBeStoredAsync(IReadOnlyList<(DateTime, double)> read, string where)
    {
        var stored = await api.StoredAsync(where);
        stored.ShouldNotBeEmpty();
        // A difference tells more than two lists of hundreds.
        read.Except(stored).Take(3).ShouldBeEmpty();
        read.Count.ShouldBe(stored.Count);
        read.SequenceEqual(stored).ShouldBeTrue();
    }

    private static (DateTime Timestamp, double Close)[] Rows(string json) =>
        [.. JsonDocument.Parse(json).RootElement.EnumerateArray().Select(row => (
            DateTime.Parse(row[0].GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
            row[1].GetDouble()))];

    [GeneratedRegex("read_parquet\\('(?<url>[^']+)'\\)")]
    private static partial Regex Address();

    [GeneratedRegex("(?<name>[a-z_]+) = \"")]
    private static partial Regex Parameter();
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using MarketData.Testing.Tools;
using MarketData.Web.Presentation;

namespace MarketData.Api.Tests.Clients;

/// <summary>The lines that the dashboard's export gives for a terminal and for Python are run as they are, and read what SQL says is stored.</summary>
public sealed class ExportLineTests(ReadableApi api) : IClassFixture<ReadableApi>
{
    private const string Print = """

        import json
        print(json.dumps([[str(row["timestamp"])[:19].replace("T", " "), float(row["close"])] for row in frame.to_dict("records")]))
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Curl_writes_the_file_that_is_downloaded()
    {
        Assert.SkipWhen(Tool.Find("curl") is null, "curl is not installed.");
        var folder = Directory.CreateTempSubdirectory("marketdata-export-");
        foreach (var (name, _) in CandleExport.Formats)
        {
            foreach (var (export, timeframe, _) in Exports(name))
            {
                var start = new ProcessStartInfo("bash", ["-c", export.Curl(api.Address, timeframe)]) { WorkingDirectory = folder.FullName, Environment = { ["KEY"] = api.Key } };
                await Tool.ReadAsync(start, null, Cancellation);
                var written = await File.ReadAllBytesAsync(Path.Combine(folder.FullName, export.FileName(timeframe)), Cancellation);
                written.ShouldBe(await api.Client.GetByteArrayAsync(export.Path(timeframe), Cancellation));
                written.ShouldNotBeEmpty();
            }
        }
    }

    [Theory]
    [InlineData("csv", "pandas")]
    [InlineData("ndjson", "pandas")]
    [InlineData("parquet", "pyarrow,fastparquet")]
    [InlineData("arrow", "pyarrow")]
    public async Task Python_reads_what_is_stored(string format, string needs)
    {
        var python = await Python.WithAsync(needs);
        Assert.SkipWhen(python is null, $"No Python here has {needs.Replace(",", " or ", StringComparison.Ordinal)}.");
        foreach (var (export, timeframe, where) in Exports(format))
        {
            var start = new ProcessStartInfo(python!, ["-c", export.Python(api.Address, timeframe) + Print]) { Environment = { ["KEY"] = api.Key } };
            var rows = JsonDocument.Parse(await Tool.ReadAsync(start, null, Cancellation)).RootElement.EnumerateArray().Select(row => (
                DateTime.Parse(row[0].GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal),
                row[1].GetDouble())).ToList();
            rows.ShouldNotBeEmpty();
            rows.ShouldBe(await api.StoredAsync(where));
        }
    }

    // One symbol by days, one by instants up to the last, and several with columns and features of their own.
    private static (CandleExport Export, string Timeframe, string Where)[] Exports(string format) =>
    [
        (new() { Symbols = ["AAPL"], Start = "2024-01-02", End = "2024-03-28", Features = ["sma_20", "rsi_14"], Format = format, NeedsKey = true },
            "1d", "symbol = 'AAPL' AND ts >= '2024-01-02Z' AND ts < '2024-03-29Z'"),
        (new() { Symbols = ["BTC-USD"], Start = "2024-01-02T10:00:00Z", End = "2024-01-03T10:00:00Z", Adjusted = "none", Format = format, NeedsKey = true },
            "1h", "symbol = 'BTC-USD' AND ts >= '2024-01-02T10:00Z' AND ts < '2024-01-03T10:00Z'"),
        (new() { Symbols = ["AAPL", "MSFT", "SPY"], Columns = ["timestamp", "close"], Features = ["return_1d"], Format = format, NeedsKey = true },
            "1d", "symbol <> 'BTC-USD'"),
    ];
}

using System.Diagnostics;
using System.Text;
using MarketData.Testing;

namespace MarketData.Api.Tests.Historical;

/// <summary>Exports that are larger than the memory of the process which makes them.</summary>
public sealed class ExportTests(LongSeries series) : IClassFixture<LongSeries>
{
    private const long Cap = 256L * 1024 * 1024;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hundred_megabytes_leave_a_process_of_256_in_every_format_at_once()
    {
        const int lines = 300_000;
        var csv = ReadAsync("csv", (byte)'\n');
        var ndjson = ReadAsync($"ndjson&limit={lines}", (byte)'\n');
        var parquet = ReadAsync("parquet", 0);
        var arrow = ReadAsync("arrow", 0);
        (await csv).Marks.ShouldBe(LongSeries.Candles + 1);
        (await ndjson).Marks.ShouldBe(lines);
        (await csv).Bytes.ShouldBeGreaterThan(100_000_000);
        (await ndjson).Bytes.ShouldBeGreaterThan(100_000_000);
        // Eight numbers and an instant of eight bytes each.
        (await arrow).Bytes.ShouldBeGreaterThan(LongSeries.Candles * 9L * 8);
        (await parquet).Bytes.ShouldBeGreaterThan(LongSeries.Candles * 5L * 8);
        Encoding.ASCII.GetString((await parquet).Last).ShouldEndWith("PAR1");
        using var process = Process.GetProcessById(series.Api.Id);
        TestContext.Current.SendDiagnosticMessage("Peak working set {0:N0} bytes", process.PeakWorkingSet64);
        process.PeakWorkingSet64.ShouldBeLessThan(Cap);
    }

    [Fact]
    public async Task The_newest_first_and_longer_bars_leave_it_so_too()
    {
        (await ReadAsync("csv&order=desc", (byte)'\n')).Marks.ShouldBe(LongSeries.Candles + 1);
        (await ReadAsync("csv&timeframe=10m&features=ema(200),rsi_14&order=desc", (byte)'\n')).Marks.ShouldBe(LongSeries.Candles / 2 + 1);
        using var process = Process.GetProcessById(series.Api.Id);
        process.PeakWorkingSet64.ShouldBeLessThan(Cap);
    }

    [Fact]
    public async Task A_client_that_goes_away_ends_its_query()
    {
        using (var answer = await series.Api.Client.GetAsync(Path("ndjson"), HttpCompletionOption.ResponseHeadersRead, Cancellation))
        {
            await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
            await body.ReadExactlyAsync(new byte[100_000], Cancellation);
            (await RunningAsync()).ShouldBe(1);
        }

        await Eventually.BecomesAsync(async () => await RunningAsync() == 0, TimeSpan.FromMinutes(3), Cancellation);
    }

    private static string Path(string format) =>
        $"/api/v1/historical/LONG?format={format}{(format.Contains("timeframe", StringComparison.Ordinal) ? "" : "&timeframe=5m")}";

    private async Task<(long Bytes, int Marks, byte[] Last)> ReadAsync(string format, byte mark)
    {
        using var answer = await series.Api.Client.GetAsync(Path(format), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        answer.EnsureSuccessStatusCode();
        var body = await answer.Content.ReadAsStreamAsync(Cancellation);
        var buffer = new byte[1 << 17];
        var (bytes, marks, last) = (0L, 0, Array.Empty<byte>());
        for (int read; (read = await body.ReadAsync(buffer, Cancellation)) > 0;)
        {
            bytes += read;
            marks += buffer.AsSpan(0, read).Count(mark);
            last = [.. last, .. buffer.AsSpan(Math.Max(0, read - 4), Math.Min(4, read))];
            last = last[^Math.Min(4, last.Length)..];
        }

        return (bytes, marks, last);
    }

    private async Task<long> RunningAsync()
    {
        await using var command = series.Database.DataSource.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%FROM bars_5m b%' AND pid <> pg_backend_pid()");
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}

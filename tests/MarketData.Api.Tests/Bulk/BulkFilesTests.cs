using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using MarketData.Api.Tests.Enrichment;
using MarketData.Bulk.Targets;
using MarketData.Domain.Candles;
using MarketData.Domain.Validation;
using MarketData.Storage.Bulk;
using MarketData.Storage.Candles;
using MarketData.Storage.Symbols;
using MarketData.Testing;

namespace MarketData.Api.Tests.Bulk;

/// <summary>The warehouse as files in a folder, read by DuckDB as a stranger would.</summary>
public sealed class BulkFilesTests(PostgresServer server)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_hold_what_is_stored_by_interval_and_period_and_sorted()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);

        var run = await warehouse.WriteAsync();

        run.Status.ShouldBe("completed");
        var files = await warehouse.NewestAsync();
        files.Keys.ShouldBe(["1d_2019", "1d_2020", "1d_2021", "5m_2023-12", "5m_2024-01"], ignoreOrder: true);
        (run.Files, run.FilesWritten, run.Rows).ShouldBe((5, 5, 500 + 450 + 120));
        foreach (var file in files.Values)
            await ShouldBeAsRecordedAsync(warehouse, file);
        var list = Duck.List(Duck.Newest(warehouse.Folder));
        (await Duck.ReadAsync($"SELECT symbol, timeframe, epoch_us(timestamp) FROM read_parquet({list}, filename = true, file_row_number = true) ORDER BY filename, file_row_number"))
            .Select(row => (Symbol: (string)row[0]!, Timeframe: (string)row[1]!, Instant: (long)row[2]!)).ToList()
            .ShouldBe(await StoredKeysAsync(warehouse));
        (await Duck.ScalarAsync<string>($"SELECT decode(value) FROM parquet_kv_metadata('{Duck.Newest(warehouse.Folder)[0]}') WHERE decode(key) = 'marketdata'"))
            .ShouldContain("\"adjusted\":\"splits\"");
    }

    [Fact]
    public async Task Prices_are_adjusted_for_splits_lead_back_to_those_traded_and_features_follow_from_them()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();

        // By the definitions, from the view that people use: what was traded over the ratios of the splits after it.
        await using var connection = await warehouse.Database.DataSource.OpenConnectionAsync(Cancellation);
        var stored = (await connection.QueryAsync<(string Symbol, DateTime Ts, double Traded, double Adjusted, double Volume, double? Sma)>("""
            WITH adjusted AS (
                SELECT c.symbol, c.ts, c.close, c.volume, c.close / f.ratio AS adjusted
                FROM candles c CROSS JOIN LATERAL (
                    SELECT coalesce(exp(sum(ln(ratio_to / ratio_from))), 1) AS ratio FROM corporate_actions a
                    WHERE a.symbol = c.symbol AND a.kind = 'split' AND a.ex_date > c.ts::date) f
                WHERE c.timeframe = '1d')
            SELECT symbol, ts, close, adjusted, volume, CASE WHEN count(*) OVER w = 20 THEN avg(adjusted) OVER w END
            FROM adjusted WINDOW w AS (PARTITION BY symbol ORDER BY ts ROWS 19 PRECEDING) ORDER BY symbol COLLATE "C", ts
            """)).ToList();
        var read = await Duck.ReadAsync($"""
            SELECT symbol, close * split_factor, close, volume / split_factor, sma_20, split_factor
            FROM read_parquet({Duck.List(Duck.Newest(warehouse.Folder, "1d"))}) ORDER BY symbol, timestamp
            """);

        read.Count.ShouldBe(stored.Count);
        foreach (var (row, known) in read.Zip(stored))
        {
            row[0].ShouldBe(known.Symbol);
            foreach (var (value, expected) in ((object?, double?)[])[(row[1], known.Traded), (row[2], known.Adjusted), (row[3], known.Volume), (row[4], known.Sma)])
                Near((double?)value, expected).ShouldBeTrue($"{known.Symbol} {known.Ts:d}: {value} for {expected}");
        }

        read.Select(row => (double)row[5]!).Distinct().Order().ShouldBe([1, 4]);
    }

    [Fact]
    public async Task Files_and_the_api_give_the_same_candles_and_features_to_the_bit()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();
        await using var api = await ApiApplication.StartAsync(warehouse.Database.ConnectionString);
        foreach (var (symbols, timeframe) in ((string, string)[])[("PLAIN,SPLIT", "1d"), ("BTC-USD", "5m")])
        {
            var export = Path.Combine(warehouse.Folder, "export.parquet");
            await File.WriteAllBytesAsync(
                export,
                await api.Client.GetByteArrayAsync(
                    $"/api/v1/historical?symbols={symbols}&timeframe={timeframe}&adjusted=splits&features=true&format=parquet", Cancellation),
                Cancellation);
            var columns = string.Join(", ", (await Duck.ReadAsync($"DESCRIBE SELECT * FROM '{export}'")).Select(column => $"\"{column[0]}\""));
            var (exported, bulk) = ($"SELECT {columns} FROM '{export}'", $"SELECT {columns} FROM read_parquet({Duck.List(Duck.Newest(warehouse.Folder, timeframe))})");

            columns.ShouldContain("ema");
            (await Duck.ReadAsync($"({exported}) EXCEPT ({bulk})")).ShouldBeEmpty();
            (await Duck.ReadAsync($"({bulk}) EXCEPT ({exported})")).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Where_nothing_has_changed_nothing_is_written()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        var first = await warehouse.WriteAsync();
        var before = Everything(warehouse.Folder);
        // What is there already is stored again.
        await warehouse.StoreAsync("PLAIN", AssetClass.Stock, BarInterval.OneDay, [.. Enumerable.Range(440, 10).Select(i => Warehouse.Day(i, 70))]);

        var second = await warehouse.WriteAsync();

        (second.Status, second.FilesWritten).ShouldBe(("unchanged", 0));
        Everything(warehouse.Folder).ShouldBe(before);
        (await warehouse.Store.VersionAsync(null, Cancellation))!.Id.ShouldBe(first.Id);
    }

    [Fact]
    public async Task What_has_changed_is_written_and_nothing_else()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();
        var before = await warehouse.NewestAsync();
        foreach (var (change, changed) in ((string, string[])[])
            [
                ("a value of the last year", ["1d_2021"]),
                ("a new candle", ["1d_2021"]),
                ("a verdict of the first year", ["1d_2019"]),
                ("the first day of a year", ["1d_2021"]),
                ("the end of a month", ["5m_2024-01"]),
                ("a name", ["1d_2019", "1d_2020", "1d_2021"]),
                ("a split", ["1d_2019", "1d_2020", "1d_2021"]),
                ("a symbol that goes", ["5m_2023-12", "5m_2024-01"]),
            ])
        {
            await ChangeAsync(warehouse, change);
            await warehouse.WriteAsync();

            var after = await warehouse.NewestAsync();
            before.Keys.Union(after.Keys).Where(period => before.GetValueOrDefault(period)?.Sha256 != after.GetValueOrDefault(period)?.Sha256)
                .ShouldBe(changed, ignoreOrder: true, change);
            foreach (var file in after.Values)
                await ShouldBeAsRecordedAsync(warehouse, file);
            before = after;
        }

        // As whoever begins anew would have them.
        await using var fresh = new TemporaryFolder();
        await warehouse.Database.ExecuteAsync("TRUNCATE bulk_runs, bulk_files, bulk_partitions, bulk_version_files");
        await warehouse.WriteAsync(new FolderTarget(fresh.Path));
        (await warehouse.NewestAsync()).Values.Select(file => file.File).ShouldBe(before.Values.Select(file => file.File));
    }

    [Fact]
    public async Task A_value_of_long_ago_changes_the_features_that_follow_from_it_and_no_file_before()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();
        var before = await warehouse.NewestAsync();

        await warehouse.StoreAsync("PLAIN", AssetClass.Stock, BarInterval.OneDay, Warehouse.Day(60, 71));
        await warehouse.WriteAsync();

        // The balance of volume of all later days has this one's in it, so that 2021 is another, too.
        var after = await warehouse.NewestAsync();
        after.Keys.Where(period => before[period].Sha256 != after[period].Sha256).ShouldBe(["1d_2020", "1d_2021"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_run_that_is_broken_off_anywhere_leaves_the_version_before_and_is_gone_on_with()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();
        var sum = await SumAsync(warehouse.Folder);
        for (var broken = 1; ; broken++)
        {
            // Everything of one interval, so that there is something to write each time.
            await ChangeAsync(warehouse, $"a split of {broken}");
            var pointer = await File.ReadAllTextAsync(Path.Combine(warehouse.Folder, "latest.json"), Cancellation);
            using var killed = new CancellationTokenSource();
            var breaking = new BreakingTarget(warehouse.Folder, async put =>
            {
                // Whoever reads now, reads the version before.
                (await SumAsync(warehouse.Folder)).ShouldBe(sum);
                if (put != broken)
                    return;
                await killed.CancelAsync();
                killed.Token.ThrowIfCancellationRequested();
            });
            var run = await BrokenOffAsync(() => warehouse.WriteAsync(breaking, killed));
            if (run is { Status: "completed" })
            {
                // Three partitions, the manifest, two lists and the pointer.
                broken.ShouldBe(8);
                break;
            }

            (await File.ReadAllTextAsync(Path.Combine(warehouse.Folder, "latest.json"), Cancellation)).ShouldBe(pointer);
            var rest = new BreakingTarget(warehouse.Folder, _ => Task.CompletedTask);
            var resumed = (await warehouse.GoOnAsync(rest)).ShouldNotBeNull();
            (resumed.Status, resumed.Attempts).ShouldBe(("completed", 2));
            // What was written before the break is not written again.
            rest.Puts.ShouldBe(broken <= 3 ? 8 - broken : 4);
            resumed.FilesWritten.ShouldBe(3);
            sum = await SumAsync(warehouse.Folder);
        }

        Directory.GetFiles(Path.Combine(warehouse.Folder, ".incoming")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_stored_while_a_version_is_written_is_in_the_next_one()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        var writing = new BreakingTarget(warehouse.Folder, async put =>
        {
            if (put == 1)
                await warehouse.StoreAsync("BTC-USD", AssetClass.Crypto, BarInterval.FiveMinutes, Five(120));
        });

        var first = await warehouse.WriteAsync(writing);
        var second = await warehouse.WriteAsync();

        (first.Rows, second.Rows, second.FilesWritten).ShouldBe((1_070, 1_071, 1));
    }

    [Fact]
    public async Task Two_nodes_do_not_write_at_once()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        BulkRun? other = null;
        var writing = new BreakingTarget(warehouse.Folder, async put => other ??= put == 1 ? await warehouse.GoOnAsync() : null);

        (await warehouse.WriteAsync(writing)).Status.ShouldBe("completed");

        other.ShouldBeNull();
    }

    [Fact]
    public async Task A_file_that_is_lost_is_written_again()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();
        var files = await warehouse.NewestAsync();
        File.Delete(Path.Combine(warehouse.Folder, files["1d_2020"].Path));
        await File.WriteAllTextAsync(Path.Combine(warehouse.Folder, files["5m_2024-01"].Path), "cut off", Cancellation);

        (await warehouse.WriteAsync()).FilesWritten.ShouldBe(2);

        foreach (var file in files.Values)
            await ShouldBeAsRecordedAsync(warehouse, file);
    }

    [Fact]
    public async Task Old_versions_go_after_their_time_with_the_files_that_no_other_has()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        var first = await warehouse.WriteAsync();
        var before = await warehouse.NewestAsync();
        await ChangeAsync(warehouse, "a value of the last year");
        await warehouse.WriteAsync();
        File.Exists(Path.Combine(warehouse.Folder, before["1d_2021"].Path)).ShouldBeTrue("it is kept for a while");

        await warehouse.Database.ExecuteAsync("""
            UPDATE bulk_runs SET completed_at = completed_at - interval '15 days'; UPDATE bulk_files SET recorded_at = recorded_at - interval '15 days'
            """);
        await ChangeAsync(warehouse, "a verdict of the first year");
        var third = await warehouse.WriteAsync();

        (await warehouse.Store.VersionAsync(first.Id, Cancellation)).ShouldBeNull();
        File.Exists(Path.Combine(warehouse.Folder, "versions", $"{first.Id}.json")).ShouldBeFalse();
        File.Exists(Path.Combine(warehouse.Folder, "versions", $"{third.Id}.json")).ShouldBeTrue();
        File.Exists(Path.Combine(warehouse.Folder, before["1d_2021"].Path)).ShouldBeFalse();
        File.Exists(Path.Combine(warehouse.Folder, before["1d_2020"].Path)).ShouldBeTrue("the newest version has it");
        File.Exists(Path.Combine(warehouse.Folder, before["1d_2019"].Path)).ShouldBeTrue("the version before, which ended just now, has it");
    }

    [Fact]
    public async Task A_target_that_cannot_be_written_is_said_with_its_setting()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "a-file");
        await File.WriteAllTextAsync(file, "", Cancellation);

        var error = await Should.ThrowAsync<BulkTargetException>(() => warehouse.WriteAsync(new FolderTarget(Path.Combine(file, "below"))));

        error.Message.ShouldStartWith($"Bulk:Target is '{file}");
        var run = (await warehouse.Store.RunsAsync(1, Cancellation))[0];
        (run.Status, run.Error).ShouldBe(("failed", error.Message));
        await using var api = await ApiApplication.StartAsync(warehouse.Database.ConnectionString);
        var health = await api.Client.FetchAsync("/api/v1/enrichment/dashboard/health").JsonAsync();
        health.GetProperty("reasons").Texts().ShouldContain($"Bulk files could not be written. {error.Message}");
        (await warehouse.WriteAsync()).Status.ShouldBe("completed");
        health = await api.Client.FetchAsync("/api/v1/enrichment/dashboard/health").JsonAsync();
        health.GetProperty("reasons").Texts().ShouldNotContain(reason => reason!.Contains("Bulk", StringComparison.Ordinal));
    }

    private static async Task ChangeAsync(Warehouse warehouse, string change)
    {
        switch (change)
        {
            case "a value of the last year":
                await warehouse.StoreAsync("PLAIN", AssetClass.Stock, BarInterval.OneDay, Warehouse.Day(420, 71));
                break;
            case "a new candle":
                await warehouse.StoreAsync("PLAIN", AssetClass.Stock, BarInterval.OneDay, Warehouse.Day(450, 71));
                break;
            case "the first day of a year":
                await warehouse.StoreAsync("SPLIT", AssetClass.Stock, BarInterval.OneDay, Warehouse.Day(304, 121));
                break;
            case "the end of a month":
                await warehouse.StoreAsync("BTC-USD", AssetClass.Crypto, BarInterval.FiveMinutes, Five(48));
                break;
            case "a verdict of the first year":
                await warehouse.StoreAsync("PLAIN", AssetClass.Stock, BarInterval.OneDay, Warehouse.Day(20, 70, CandleIssues.VolumeAnomaly));
                break;
            case "a name":
                await warehouse.Database.ExecuteAsync("UPDATE symbols SET name = 'Plain plc' WHERE symbol = 'PLAIN'");
                break;
            case "a symbol that goes":
                await new SymbolStore(warehouse.Database.DataSource).PurgeAsync("BTC-USD", Cancellation);
                break;
            case "a split":
                await warehouse.Database.ExecuteAsync(Split, new { date = "2021-02-01", ratio = 2.0 });
                break;
            default:
                var ratio = double.Parse(change.Split(' ')[^1], CultureInfo.InvariantCulture) + 1;
                await warehouse.Database.ExecuteAsync("DELETE FROM corporate_actions WHERE symbol = 'PLAIN' AND kind = 'split'");
                await warehouse.Database.ExecuteAsync(Split, new { date = "2021-02-01", ratio });
                break;
        }
    }

    private const string Split = """
        INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, source) VALUES ('PLAIN', 'split', @date::date, 1, @ratio, 'polygon')
        """;

    private static StoredCandle Five(int place) => new(
        new Candle { Timestamp = new DateTime(2023, 12, 31, 20, 0, 0, DateTimeKind.Utc).AddMinutes(5 * place), Open = 42_000, High = 42_800, Low = 41_000, Close = 42_001, Volume = 5 },
        "binance", CandleIssues.None, 1);

    private static async Task ShouldBeAsRecordedAsync(Warehouse warehouse, BulkFile file)
    {
        var path = Path.Combine(warehouse.Folder, file.Path);
        var bytes = await File.ReadAllBytesAsync(path, Cancellation);
        Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(file.Sha256);
        bytes.LongLength.ShouldBe(file.SizeBytes);
        var counts = (await Duck.ReadAsync(
            $"SELECT count(*), count(DISTINCT symbol), min(epoch_us(timestamp)), max(epoch_us(timestamp)), min(timeframe), max(timeframe) FROM '{path}'"))[0];
        counts.ShouldBe([file.Rows, (long)file.Series, Micros(file.FirstTs), Micros(file.LastTs), file.Timeframe, file.Timeframe]);
        file.FirstTs.ShouldBeGreaterThanOrEqualTo(file.PeriodFrom);
        file.LastTs.ShouldBeLessThan(file.PeriodUntil);
    }

    private static async Task<List<(string, string, long)>> StoredKeysAsync(Warehouse warehouse)
    {
        await using var connection = await warehouse.Database.DataSource.OpenConnectionAsync(Cancellation);
        return [.. await connection.QueryAsync<(string, string, long)>("""
            SELECT symbol, timeframe, (extract(epoch FROM ts) * 1000000)::bigint FROM candles
            ORDER BY timeframe COLLATE "C", date_trunc(CASE timeframe WHEN '5m' THEN 'month' ELSE 'year' END, ts, 'UTC'), symbol COLLATE "C", ts
            """)];
    }

    // Of every value of every row, in whatever order they are read.
    private static async Task<ulong> SumAsync(string folder) =>
        await Duck.ScalarAsync<ulong>($"SELECT bit_xor(hash(f)) FROM read_parquet({Duck.List(Duck.Newest(folder))}) f");

    private static async Task<BulkRun?> BrokenOffAsync(Func<Task<BulkRun>> write)
    {
        try
        {
            return await write();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static string[] Everything(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => $"{file} {File.GetLastWriteTimeUtc(file):O}").Order()];

    private static long Micros(DateTime instant) => (instant - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static bool Near(double? value, double? expected) =>
        value is null == expected is null && (value is null || Math.Abs(value.Value - expected!.Value) <= 1e-9 * Math.Abs(expected.Value));
}

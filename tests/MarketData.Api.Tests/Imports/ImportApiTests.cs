using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MarketData.Api.Tests.Enrichment;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using MarketData.Storage.Candles;
using MarketData.Storage.Imports;
using Parquet;
using Parquet.Schema;

namespace MarketData.Api.Tests.Imports;

/// <summary>What is taken of a file, what is refused, and what is said of it.</summary>
public sealed class ImportApiTests(ApiFixture fixture) : IClassFixture<ApiFixture>, IAsyncLifetime
{
    private const string Header = "timestamp,open,high,low,close,volume\n";
    private static int _names;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.Database.ExecuteAsync(
        """
        INSERT INTO symbols (symbol, asset_class, timeframes) VALUES
            ('AAPL', 'stock', '{1d,1h,5m}'), ('MSFT', 'stock', '{1d}'), ('BTC-USD', 'crypto', '{1h,1d}'), ('TSLA', 'stock', '{1d}'), ('OFF', 'stock', '{1d}')
        ON CONFLICT DO NOTHING;
        UPDATE symbols SET active = false WHERE symbol = 'OFF';
        INSERT INTO corporate_actions (symbol, kind, ex_date, ratio_from, ratio_to, source) VALUES ('TSLA', 'split', '2020-08-31', 1, 5, 'polygon')
        ON CONFLICT DO NOTHING;
        """);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_file_as_spreadsheets_write_it_is_read_and_each_row_accounted_for()
    {
        const string file =
            "\uFEFF\"Date\",\"Ticker\",\"Open\",\"High\",\"Low\",\"Close\",\"Adj Close\",\"Volume\"\r\n"
            + "2024-01-03,AAPL,184.22,185.88,183.43,184.25,183.1,58414500\r\n"
            + "2024-01-02,aapl,187.15,188.44,183.89,185.64,184.5,82488700\r\n"
            + "2024-01-02,aapl,187.15,188.44,183.89,185.64,184.5,82488700\r\n"
            + "2024-01-02,MSFT,373.86,375.9,366.77,370.87,369,\r\n"
            + "2024-01-03,ZZTYPO,1,1,1,1,1,1\r\n2024-01-03,OFF,1,1,1,1,1,1\r\n"
            + "2024-01-04,AAPL,NaN,188,183,185,1,1\r\n2024-01-05,AAPL,-1,188,183,185,1,1\r\n2024-01-06,AAPL,1,1,1,1,1,1\r\n"
            + "\r\n2024-01-08,AAPL,\"12,5\",188,183,185,1,1\r\n2024-01-09,AAPL,1,1\r\n2199-01-04,AAPL,1,1,1,1,1,1\r\n";
        var (name, answer) = await ImportAsync(file, "adjustment=none");

        var report = answer.GetProperty("report");
        (Number(report, "rows"), Number(report, "valid"), Number(report, "invalid")).ShouldBe((12, 4, 6));
        report.GetProperty("timeframe_guessed").GetString().ShouldBe("1d");
        report.GetProperty("ignored_columns").Texts().ShouldBe(["Adj Close"]);
        report.GetProperty("unknown_symbols").EnumerateArray().Select(one => one.GetProperty("symbol").GetString()).ShouldBe(["ZZTYPO", "OFF"], ignoreOrder: true);
        report.GetProperty("invalid_rows").EnumerateArray().Select(row => $"{row.GetProperty("line")} {row.GetProperty("column")} {row.GetProperty("reason").GetString()!.Split(' ', ':')[0]}")
            .ShouldBe(["8  not_finite", "9  non_positive_price", "10  off_grid", "12 Open is", "13  has", "14  future"]);
        (await StagedAsync(name, "MSFT", BarInterval.OneDay)).Single().Volume.ShouldBe(0);
        (await StagedAsync(name, "AAPL", BarInterval.OneDay)).Where(day => day.Timestamp.Year == 2024 && day.Timestamp.Day < 4).Select(day => (day.Timestamp.Day, day.Close, day.Volume))
            .ShouldBe([(2, 185.64, 82488700), (2, 185.64, 82488700), (3, 184.25, 58414500)]);

        var kept = await fixture.Admin.FetchAsync($"/api/v1/imports/{name}").JsonAsync();
        kept.GetProperty("import").GetProperty("state").GetString().ShouldBe("queued");
        kept.GetProperty("import").GetProperty("requested_by").GetString().ShouldBe("a key to admin");
        Number(kept.GetProperty("report"), "rows").ShouldBe(12);
        kept.GetProperty("series").GetArrayLength().ShouldBe(2);
        (await fixture.Admin.FetchAsync("/api/v1/imports").JsonAsync()).GetProperty("items").EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == name).GetProperty("waiting").GetInt64().ShouldBeGreaterThan(4);
        await fixture.Admin.RemoveAsync($"/api/v1/import/{name}").ProblemAsync(HttpStatusCode.Conflict);
        await PostAsync(file, $"name={name}&adjustment=none").ProblemAsync(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("2024-07-01 09:30", "1h", "zone=America/New_York", "2024-07-01T13:30:00Z")]
    [InlineData("2024-01-02 09:30:00", "1h", "zone=America/New_York", "2024-01-02T14:30:00Z")]
    [InlineData("2024-01-02T09:30:00.000-05:00", "1h", "", "2024-01-02T14:30:00Z")]
    [InlineData("1704205800", "1h", "", "2024-01-02T14:30:00Z")]
    [InlineData("1704205800000", "1h", "", "2024-01-02T14:30:00Z")]
    [InlineData("1704205800000000000", "1h", "", "2024-01-02T14:30:00Z")]
    [InlineData("02/01/2024 09:30", "1h", "zone=America/New_York&time_format=dd/MM/yyyy HH:mm", "2024-01-02T14:30:00Z")]
    [InlineData("20240102", "1d", "", "2024-01-02T00:00:00Z")]
    [InlineData("2024-01-02T05:00:00Z", "1d", "", "2024-01-02T00:00:00Z")]
    [InlineData("2024-01-02T21:00:00Z", "1d", "", "2024-01-02T00:00:00Z")]
    [InlineData("2024-01-02 16:00", "1d", "", "2024-01-02T00:00:00Z")]
    [InlineData("2024-11-03 01:00", "1h", "zone=America/New_York&symbol=BTC-USD&ambiguous=earlier", "2024-11-03T05:00:00Z")]
    [InlineData("2024-11-03 01:00", "1h", "zone=America/New_York&symbol=BTC-USD&ambiguous=later", "2024-11-03T06:00:00Z")]
    public async Task Times_are_read_as_they_are_meant(string text, string timeframe, string query, string instant)
    {
        var symbol = query.Contains("symbol=", StringComparison.Ordinal) ? "BTC-USD" : "AAPL";
        var said = query.Contains("symbol=", StringComparison.Ordinal) ? query : query + "&symbol=AAPL";
        var (name, _) = await ImportAsync($"{Header}{text},10,12,9,11,5\n", $"adjustment=none&timeframe={timeframe}&{said}");

        (await StagedAsync(name, symbol, BarIntervals.Parse(timeframe))).Single().Timestamp
            .ShouldBe(DateTime.Parse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal));
    }

    [Theory]
    [InlineData("2024-03-10 02:30", "1h", "zone=America/New_York&symbol=BTC-USD", "line 2, column time", "does not exist in America/New_York")]
    [InlineData("2024-11-03 01:00", "1h", "zone=America/New_York&symbol=BTC-USD", "line 2, column time", "ambiguous=earlier")]
    [InlineData("2024-01-02 09:30", "1h", "symbol=AAPL", "line 2, column time", "say zone")]
    [InlineData("2024-01-02", "1h", "symbol=AAPL", "line 2, column time", "no time of day")]
    [InlineData("01/02/2024", "1d", "symbol=AAPL", "line 2, column timestamp", "time_format")]
    [InlineData("2024-02-30", "1d", "symbol=AAPL", "line 2, column timestamp", "is not a time")]
    [InlineData("0001-01-01", "1d", "symbol=AAPL", "line 2, column time", "1900 to 2200")]
    [InlineData("2024-01-02 09:37", "1h", "symbol=AAPL&zone=America/New_York", "line 2", "off_grid")]
    [InlineData("2024-01-02 07:00", "1h", "symbol=AAPL&zone=America/New_York", "body", "outside the session")]
    [InlineData("2024-01-01", "1w", "symbol=AAPL", "line 2", "weeks are built of days")]
    [InlineData("2024-01-02", "1d", "symbol=NOBODY", "symbol", "not tracked")]
    [InlineData("2024-01-02 00:00", "4h", "symbol=BTC-USD&zone=UTC", "line 2", "not tracked")]
    [InlineData("2024-01-02 00:00", "", "symbol=BTC-USD&zone=UTC", "line 2", "say timeframe")]
    [InlineData("2024-01-02", "1d", "", "line 2", "names no symbol")]
    public async Task What_can_not_be_meant_is_refused_with_its_line_and_column(string text, string timeframe, string query, string field, string why)
    {
        var problem = await PostAsync($"{Header}{text},10,12,9,11,5\n", $"name=refused&adjustment=none{(timeframe.Length > 0 ? "&timeframe=" : "")}{timeframe}&{query}".TrimEnd('&'))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, field);
        problem.GetProperty("detail").GetString()!.ShouldContain(why);
        await fixture.Admin.FetchAsync("/api/v1/imports/refused").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("\n", "body")]
    [InlineData(Header, "body")]
    [InlineData("<!DOCTYPE html><html><body>404</body></html>", "columns")]
    [InlineData("2024-01-02,1,2,3,4,5\n2024-01-03,1,2,3,4,5\n", "columns")]
    [InlineData("time,open,open,low,close\n", "columns")]
    [InlineData("timestamp,open,high,low,close\n2024-01-02,\"10,12,9,11\n2024-01-03,1,2,1,1\n", "line 2")]
    public async Task What_is_no_file_of_candles_is_refused(string file, string field) =>
        await PostAsync(file, "name=none&adjustment=none&symbol=AAPL&timeframe=1d").ProblemAsync(HttpStatusCode.UnprocessableEntity, field);

    [Fact]
    public async Task Bytes_that_are_no_text_or_no_parquet_and_lines_without_end_are_refused()
    {
        const string query = "name=none&adjustment=none&symbol=AAPL&timeframe=1d";
        await PostAsync([0x50, 0x41, 0x52, 0x31, 0xff, 0xfe, 0xfd, 0x00, 0x80], query, "text/csv").ProblemAsync(HttpStatusCode.UnprocessableEntity);
        await PostAsync(Encoding.UTF8.GetBytes(Header + "2024-01-02,1,2,1,1,1"), query, "application/vnd.apache.parquet").ProblemAsync(HttpStatusCode.UnprocessableEntity, "body");
        await PostAsync([], query, "application/vnd.apache.parquet").ProblemAsync(HttpStatusCode.UnprocessableEntity, "body");
        await PostAsync(Encoding.UTF8.GetBytes(Header + "2024-01-02," + new string('1', 17_000_000)), query, "text/csv").ProblemAsync(HttpStatusCode.UnprocessableEntity, "line 2");
        await PostAsync([1], query, "image/png").ProblemAsync(HttpStatusCode.UnsupportedMediaType);
        await using var small = await ApiApplication.StartAsync(fixture.Database.ConnectionString, ("Import:MaxBytes", "1000"));
        using var admin = small.With(await fixture.KeyAsync("admin"));
        using var large = new StringContent(Header + string.Concat(Enumerable.Repeat("2024-01-02,10,12,9,11,5\n", 100)), Encoding.UTF8, "text/csv");
        await admin.PostAsync($"/api/v1/import?{query}", large, Cancellation).ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("", "name")]
    [InlineData("name=Über&adjustment=none", "name")]
    [InlineData("name=x", "adjustment")]
    [InlineData("name=x&adjustment=all", "adjustment")]
    [InlineData("name=x&adjustment=none&zone=Mars/Olympus", "zone")]
    [InlineData("name=x&adjustment=none&columns=colour:Open", "columns")]
    [InlineData("name=x&adjustment=none&timeframe=2h", "timeframe")]
    public async Task What_is_said_wrongly_is_named(string query, string field) =>
        await PostAsync(Header + "2024-01-02,10,12,9,11,5\n", query).ProblemAsync(HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task It_is_for_administrators()
    {
        using var file = new StringContent(Header, Encoding.UTF8, "text/csv");
        await fixture.Stranger.PostAsync("/api/v1/import?name=x&adjustment=none", file, Cancellation).ProblemAsync(HttpStatusCode.Unauthorized);
        using var again = new StringContent(Header, Encoding.UTF8, "text/csv");
        await fixture.Operator.PostAsync("/api/v1/import?name=x&adjustment=none", again, Cancellation).ProblemAsync(HttpStatusCode.Forbidden);
        await fixture.Admin.RemoveAsync("/api/v1/import/never").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Numbers_are_read_by_the_signs_that_were_said()
    {
        var (name, _) = await ImportAsync(
            "Datum;Erster;Hoch;Tief;Letzter;Volumen\n2024-01-02;1.010,5;1.012;1.009,25;1.011;5.000\n",
            "adjustment=none&symbol=AAPL&timeframe=1d&decimal=comma&thousands=true&columns=time:Datum,open:Erster,high:Hoch&columns=low:Tief&columns=close:Letzter&columns=volume:Volumen");
        var day = (await StagedAsync(name, "AAPL", BarInterval.OneDay)).Single();
        (day.Open, day.High, day.Low, day.Close, day.Volume).ShouldBe((1010.5, 1012, 1009.25, 1011, 5000));

        await PostAsync(Header + "2024-01-02,10,12,9,\"1,5\",5\n", "name=n&adjustment=none&symbol=AAPL&timeframe=1d&thousands=true")
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "line 2, column close");
    }

    [Fact]
    public async Task Split_adjusted_prices_are_turned_back_and_prices_that_look_otherwise_than_was_said_are_warned_of()
    {
        const string adjusted = Header + "2020-08-28,459.02,463.7,437.3,442.68,100\n2020-08-31,444.61,500.14,440.11,498.32,200\n";
        var (name, answer) = await ImportAsync(adjusted, "adjustment=splits&symbol=TSLA&timeframe=1d");
        answer.GetProperty("report").GetProperty("warnings").GetArrayLength().ShouldBe(0);
        (await StagedAsync(name, "TSLA", BarInterval.OneDay)).Select(day => (Math.Round(day.Close, 6), day.Volume)).ShouldBe([(2213.4, 20), (498.32, 200)]);

        var report = await PostAsync(adjusted, "name=w&adjustment=none&symbol=TSLA&timeframe=1d&dry_run=true").JsonAsync();
        report.GetProperty("warnings").Texts().Single()!.ShouldContain("2020-08-31 look adjusted");
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_done_and_does_nothing()
    {
        await StoreAsync("MSFT", "2023-06-01", (10, "polygon"), (11, "polygon"), (12, "import:other"));
        var before = await CountsAsync();
        var report = await PostAsync(
            Header + "2023-06-01,10,20,5,10,7\n2023-06-02,10,20,5,11.5,7\n2023-06-05,10,20,5,12.5,7\n2023-06-06,10,20,5,13,7\n2023-06-07,10,20,5,13,7\n2023-06-07,10,20,5,14,7\n",
            "name=look&adjustment=none&symbol=MSFT&timeframe=1d&dry_run=true").JsonAsync();

        report.GetProperty("dry_run").GetBoolean().ShouldBeTrue();
        var one = report.GetProperty("series")[0];
        (Number(one, "new"), Number(one, "same"), Number(one, "changed"), Number(one, "kept"), Number(one, "conflicting")).ShouldBe((1, 1, 2, 0, 2));
        (await CountsAsync()).ShouldBe(before);
        await fixture.Admin.FetchAsync("/api/v1/imports/look").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Parquet_as_it_is_exported_and_as_others_write_it_is_read()
    {
        await StoreAsync("MSFT", "2022-03-01", (10, "polygon"), (11, "polygon"));
        var exported = await fixture.Reader.GetByteArrayAsync("/api/v1/historical/MSFT?start=2022-03-01&end=2022-03-02&format=parquet&adjusted=none", Cancellation);
        var report = await PostAsync(exported, "name=p&adjustment=none&dry_run=true", "application/vnd.apache.parquet").JsonAsync();
        var one = report.GetProperty("series")[0];
        (one.GetProperty("symbol").GetString(), one.GetProperty("timeframe").GetString(), Number(one, "same")).ShouldBe(("MSFT", "1d", 2));

        var (name, answer) = await ImportAsync(await OtherParquetAsync(), "adjustment=none&symbol=AAPL&zone=America/New_York&columns=close:Last", "application/vnd.apache.parquet");
        answer.GetProperty("report").GetProperty("timeframe_guessed").GetString().ShouldBe("1h");
        Number(answer.GetProperty("report"), "invalid").ShouldBe(1);
        (await StagedAsync(name, "AAPL", BarInterval.OneHour)).Where(hour => hour.Close > 0).Select(hour => (hour.Timestamp.Hour, hour.Close, hour.Volume)).ShouldBe([(14, 11, 5), (15, 12, 0)]);
    }

    private static long Number(JsonElement of, string name) => of.GetProperty(name).GetInt64();

    private async Task<(string Name, JsonElement Answer)> ImportAsync(string file, string query) =>
        await ImportAsync(Encoding.UTF8.GetBytes(file), query, "text/csv");

    private async Task<(string Name, JsonElement Answer)> ImportAsync(byte[] file, string query, string type)
    {
        var name = $"test-{Interlocked.Increment(ref _names)}";
        // What an earlier test left to be stored has the same range.
        await fixture.Database.ExecuteAsync("UPDATE enrichment_jobs SET status = 'cancelled', completed_at = now() WHERE status = 'queued'");
        return (name, await PostAsync(file, $"name={name}&{query}", type).JsonAsync(HttpStatusCode.Accepted));
    }

    private Task<HttpResponseMessage> PostAsync(string file, string query) => PostAsync(Encoding.UTF8.GetBytes(file), query, "text/csv");

    private async Task<HttpResponseMessage> PostAsync(byte[] file, string query, string type)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await fixture.Admin.PostAsync($"/api/v1/import?{query}", content, Cancellation);
    }

    private async Task<IReadOnlyList<Candle>> StagedAsync(string name, string symbol, BarInterval interval)
    {
        var (store, candles) = (new ImportStore(fixture.Database.DataSource), new List<Candle>());
        foreach (var part in await store.PartsAsync(name, Symbol.Parse(symbol), interval, Cancellation))
            candles.AddRange(await store.ReadPartAsync(name, Symbol.Parse(symbol), interval, part, Cancellation));
        return candles;
    }

    private async Task StoreAsync(string symbol, string first, params (double Close, string Source)[] days)
    {
        var instants = TradingCalendar.UsEquities
            .Expected(DateTime.SpecifyKind(DateTime.Parse(first, CultureInfo.InvariantCulture), DateTimeKind.Utc), DateTime.MaxValue.AddYears(-7900), BarInterval.OneDay);
        await new SeriesWriter(fixture.Database.DataSource).WriteAsync(
            new SeriesWrite
            {
                Instrument = new Instrument(Symbol.Parse(symbol), AssetClass.Stock),
                Interval = BarInterval.OneDay,
                Source = "polygon",
                Candles = instants.Zip(days, (day, bar) => new StoredCandle(
                    new Candle { Timestamp = day, Open = 10, High = 20, Low = 5, Close = bar.Close, Volume = 7, Vwap = 9, TradeCount = 3 }, bar.Source, default, 1)).ToArray(),
            },
            Cancellation);
    }

    private async Task<string> CountsAsync()
    {
        await using var command = fixture.Database.DataSource.CreateCommand(
            """
            SELECT concat_ws(' ', (SELECT count(*) FROM candles), (SELECT max(recorded_at) FROM candles), (SELECT count(*) FROM candle_revisions),
                (SELECT count(*) FROM imports), (SELECT count(*) FROM import_chunks), (SELECT count(*) FROM rejected_candles), (SELECT count(*) FROM enrichment_jobs))
            """);
        return (string)(await command.ExecuteScalarAsync(Cancellation))!;
    }

    // New York's hours by an unnamed clock, floats, a volume that is missing and a price that is.
    private static async Task<byte[]> OtherParquetAsync()
    {
        var time = new DateTimeDataField("Time", DateTimeFormat.Timestamp, isAdjustedToUTC: false, DateTimeTimeUnit.Millis, isNullable: false);
        DataField[] prices = [.. ((string[])["Open", "High", "Low", "Last"]).Select(name => new DataField(name, typeof(float), isNullable: true))];
        var volume = new DataField("Volume", typeof(long), isNullable: true);
        var file = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema([time, .. prices, volume]), file, cancellationToken: Cancellation))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<DateTime>(time, new[] { At(9), At(10), At(11) }, cancellationToken: Cancellation);
            foreach (var price in prices)
                await group.WriteAsync<float>(price, new float?[] { price.Name == "High" ? 13 : price.Name == "Low" ? 9 : 11, price.Name == "High" ? 13 : price.Name == "Low" ? 9 : 12, null }, cancellationToken: Cancellation);
            await group.WriteAsync<long>(volume, new long?[] { 5, null, 1 }, cancellationToken: Cancellation);
            group.CompleteValidate();
        }

        return file.ToArray();

        static DateTime At(int hour) => new(2024, 1, 2, hour, 30, 0, DateTimeKind.Unspecified);
    }
}

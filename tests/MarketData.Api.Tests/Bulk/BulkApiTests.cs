using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using MarketData.Domain.Candles;
using MarketData.Storage.Keys;
using MarketData.Testing;
using Parquet;

namespace MarketData.Api.Tests.Bulk;

/// <summary>Bulk files as the API lists and serves them.</summary>
public sealed class BulkApiTests(PostgresServer server, ServedFile served) : IClassFixture<ServedFile>
{
    internal const string Root = "/api/v1/bulk";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_are_listed_with_what_a_client_needs_to_choose_and_to_check_them()
    {
        var (api, run) = (served.Api, served.Run);

        var list = await api.Client.FetchAsync(Root).JsonAsync();

        (list.GetProperty("version").GetInt64(), list.GetProperty("adjusted").GetString()).ShouldBe((run.Id, "splits"));
        list.GetProperty("as_of").GetDateTime().ShouldBe(run.AsOf!.Value);
        var files = list.GetProperty("files").EnumerateArray().ToList();
        files.Select(file => $"{file.GetProperty("timeframe").GetString()} {file.GetProperty("period").GetString()}")
            .ShouldBe(["1d 2019", "1d 2020", "1d 2021", "5m 2023-12", "5m 2024-01"]);
        foreach (var file in files)
        {
            var bytes = await api.Client.GetByteArrayAsync(file.GetProperty("url").GetString(), Cancellation);
            Convert.ToHexStringLower(SHA256.HashData(bytes)).ShouldBe(file.GetProperty("sha256").GetString());
            bytes.LongLength.ShouldBe(file.GetProperty("size_bytes").GetInt64());
        }

        (await api.Client.FetchAsync(Root + "?timeframe=5m").JsonAsync()).GetProperty("files").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_version_can_be_read_while_there_is_a_newer_one()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        var first = await warehouse.WriteAsync();
        await using var api = await StartAsync(warehouse);
        var before = await api.Client.FetchAsync($"{Root}?version={first.Id}").JsonAsync();
        await warehouse.StoreAsync("PLAIN", AssetClass.Stock, BarInterval.OneDay, Warehouse.Day(450, 71));

        var second = await warehouse.WriteAsync();

        (await api.Client.FetchAsync(Root).JsonAsync()).GetProperty("version").GetInt64().ShouldBe(second.Id);
        var after = await api.Client.FetchAsync($"{Root}?version={first.Id}").JsonAsync();
        after.GetRawText().ShouldBe(before.GetRawText());
        foreach (var file in after.GetProperty("files").EnumerateArray())
            Convert.ToHexStringLower(SHA256.HashData(await api.Client.GetByteArrayAsync(file.GetProperty("url").GetString(), Cancellation)))
                .ShouldBe(file.GetProperty("sha256").GetString());
        await api.Client.FetchAsync($"{Root}?version={second.Id + 1}").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("bytes=0-3", null, 206, 0, 4)]
    [InlineData("bytes=-8", null, 206, -8, 8)]
    [InlineData("bytes=100-", null, 206, 100, null)]
    [InlineData("bytes=100-199", "its own", 206, 100, 100)]
    [InlineData("bytes=100-199", "\"another\"", 200, 0, null)]
    [InlineData("bytes=999999999-", null, 416, 0, null)]
    [InlineData("bytes=0-1,5-6", null, 200, 0, null)]
    public async Task Ranges_are_served(string range, string? ifRange, int status, int from, int? length)
    {
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using var request = new HttpRequestMessage(method, served.Url);
            request.Headers.TryAddWithoutValidation("Range", range);
            if (ifRange is not null)
                request.Headers.TryAddWithoutValidation("If-Range", ifRange == "its own" ? $"\"{served.Sha256}\"" : ifRange);

            using var answer = await served.Api.Client.SendAsync(request, Cancellation);

            ((int)answer.StatusCode).ShouldBe(status);
            if (status == 416)
            {
                answer.Content.Headers.ContentRange!.Length.ShouldBe(served.Bytes.Length);
                continue;
            }

            var start = from < 0 ? served.Bytes.Length + from : from;
            var expected = status == 206 ? served.Bytes.AsSpan(start, length ?? served.Bytes.Length - start).ToArray() : served.Bytes;
            answer.Content.Headers.ContentLength.ShouldBe(expected.Length);
            answer.Headers.AcceptRanges.ShouldBe(["bytes"]);
            answer.Headers.ETag!.ToString().ShouldBe($"\"{served.Sha256}\"");
            if (status == 206)
                answer.Content.Headers.ContentRange.ShouldBe(new ContentRangeHeaderValue(start, start + expected.Length - 1, served.Bytes.Length));
            (await answer.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBe(method == HttpMethod.Get ? expected : []);
        }
    }

    [Fact]
    public async Task A_reader_that_knows_only_ranges_gets_what_is_in_the_file()
    {
        await using var remote = new RangeStream(served.Api.Client, served.Url);

        await using var reader = await ParquetReader.CreateAsync(remote, cancellationToken: Cancellation);
        using var group = reader.OpenRowGroupReader(0);
        var closes = new double[group.RowCount];
        await group.ReadAsync(reader.Schema.DataFields.Single(field => field.Name == "close"), closes.AsMemory(), cancellationToken: Cancellation);

        closes.Sum().ShouldBe(await Duck.ScalarAsync<double>($"SELECT sum(close) FROM '{served.File}'"), 1e-3);
        remote.BytesRead.ShouldBeLessThan(served.Bytes.Length / 2, "a column is a small part of a file");
    }

    [Fact]
    public async Task Who_has_a_file_need_not_get_it_again()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, served.Url) { Headers = { IfNoneMatch = { new($"\"{served.Sha256}\"") } } };

        using var answer = await served.Api.Client.SendAsync(request, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        answer.Headers.CacheControl!.ToString().ShouldContain("immutable");
    }

    [Theory]
    [InlineData("1d_2020_0000000000000000.parquet")]
    [InlineData("..%2Flatest.json")]
    [InlineData("latest.json")]
    public async Task No_other_file_is_given(string name)
    {
        await served.Api.Client.FetchAsync($"{Root}/{name}").ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_file_that_is_not_where_it_should_be_is_a_fault_of_the_service()
    {
        await using var elsewhere = await ApiApplication.StartAsync(served.Warehouse.Database.ConnectionString, ("Bulk:Target", Path.GetTempPath()));
        await elsewhere.Client.FetchAsync(served.Url).ProblemAsync(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Without_files_or_a_target_that_is_said()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await using var api = await StartAsync(warehouse);
        (await api.Client.FetchAsync(Root).ProblemAsync(HttpStatusCode.NotFound)).GetProperty("detail").GetString()!.ShouldContain("POST /api/v1/bulk");
        await using var off = await ApiApplication.StartAsync(warehouse.Database.ConnectionString);
        (await off.Client.FetchAsync(Root).ProblemAsync(HttpStatusCode.NotFound)).GetProperty("detail").GetString()!.ShouldContain("Bulk:Target");
        using var person = off.With(await KeyAsync(warehouse, "enrich"));
        (await person.PostAsync(Root).ProblemAsync(HttpStatusCode.Conflict)).GetProperty("detail").GetString()!.ShouldContain("Bulk:Target");
    }

    [Fact]
    public async Task A_person_has_files_written()
    {
        await using var warehouse = await Warehouse.CreateAsync(server);
        await using var api = await StartAsync(warehouse);
        using var reader = api.With(await KeyAsync(warehouse, "read"));
        await reader.PostAsync(Root).ProblemAsync(HttpStatusCode.Forbidden);
        using var person = api.With(await KeyAsync(warehouse, "enrich"));

        var asked = await person.PostAsync(Root).JsonAsync(HttpStatusCode.Accepted);
        var again = await person.PostAsync(Root).JsonAsync(HttpStatusCode.Accepted);
        await warehouse.GoOnAsync();

        again.GetProperty("id").GetInt64().ShouldBe(asked.GetProperty("id").GetInt64());
        var run = (await person.FetchAsync(Root + "/runs").JsonAsync()).GetProperty("items")[0];
        (run.GetProperty("status").GetString(), run.GetProperty("requested_by").GetString()).ShouldBe(("completed", "a key to enrich"));
    }

    internal static Task<ApiApplication> StartAsync(Warehouse warehouse) =>
        ApiApplication.StartAsync(warehouse.Database.ConnectionString, ("Bulk:Target", warehouse.Folder));

    private static async Task<string> KeyAsync(Warehouse warehouse, string scope) => (await new KeyStore(warehouse.Database.DataSource).CreateAsync(
        new($"a key to {scope}", [scope], null), new Actor("test", null), Cancellation)).Secret;
}

using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Amazon.S3.Model;
using MarketData.Bulk.Targets;
using MarketData.Domain.Candles;
using MarketData.Testing;

namespace MarketData.Api.Tests.Bulk;

/// <summary>Bulk files in an object store that speaks S3.</summary>
public sealed class ObjectStoreTests(PostgresServer server)
{
    private const string Prefix = "some/prefix/";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_version_in_a_bucket_is_the_same_as_in_a_folder_and_is_followed_by_the_next()
    {
        await using var store = await ObjectStore.StartAsync();
        await using var warehouse = await Warehouse.CreateAsync(server);
        await warehouse.WriteAsync();
        var inFolder = (await warehouse.NewestAsync()).Values.Select(file => (file.File, file.Sha256)).Order().ToList();
        using var target = new S3Target(store.Options);

        var first = await warehouse.WriteAsync(target);

        (first.Status, first.FilesWritten).ShouldBe(("completed", 5));
        (await warehouse.NewestAsync()).Values.Select(file => (file.File, file.Sha256)).Order().ShouldBe(inFolder);
        (await warehouse.WriteAsync(target)).Status.ShouldBe("unchanged");
        await warehouse.StoreAsync("PLAIN", AssetClass.Stock, BarInterval.OneDay, Warehouse.Day(450, 71));
        (await warehouse.WriteAsync(target)).FilesWritten.ShouldBe(1);

        // As a stranger with the bucket's key reads it.
        await using var local = new TemporaryFolder();
        using var pointer = JsonDocument.Parse(await TextAsync(store, "latest.json"));
        using var manifest = JsonDocument.Parse(await TextAsync(store, pointer.RootElement.GetProperty("manifest").GetString()!));
        foreach (var file in manifest.RootElement.GetProperty("files").EnumerateArray())
        {
            var path = Path.Combine(local.Path, Path.GetFileName(file.GetProperty("path").GetString()!));
            using var found = await store.Client.GetObjectAsync(ObjectStore.Bucket, Prefix + file.GetProperty("path").GetString(), Cancellation);
            await found.WriteResponseStreamToFileAsync(path, append: false, Cancellation);
            Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(path, Cancellation))).ShouldBe(file.GetProperty("sha256").GetString());
        }

        (await Duck.ScalarAsync<long>($"SELECT count(*) FROM '{local.Path}/*.parquet'")).ShouldBe(1_071);
        (await TextAsync(store, "latest/1d/files.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldAllBe(uri => uri.StartsWith("s3://market-data/some/prefix/1d/1d_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_api_serves_ranges_of_what_is_in_a_bucket()
    {
        await using var store = await ObjectStore.StartAsync();
        await using var warehouse = await Warehouse.CreateAsync(server);
        using var target = new S3Target(store.Options);
        await warehouse.WriteAsync(target);
        var file = (await warehouse.NewestAsync())["1d_2020"];
        await using var api = await ApiApplication.StartAsync(warehouse.Database.ConnectionString, store.Settings);
        var url = $"/api/v1/bulk/{file.File}";

        var whole = await api.Client.GetByteArrayAsync(url, Cancellation);
        Convert.ToHexStringLower(SHA256.HashData(whole)).ShouldBe(file.Sha256);
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(1_000, 1_999) } };
        using var part = await api.Client.SendAsync(request, Cancellation);
        (await part.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBe(whole[1_000..2_000]);
        using var head = await api.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, url), Cancellation);
        head.Content.Headers.ContentLength.ShouldBe(file.SizeBytes);
        await store.Client.DeleteObjectAsync(ObjectStore.Bucket, Prefix + file.Path, Cancellation);
        await api.Client.FetchAsync(url).ProblemAsync(System.Net.HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task Large_files_are_put_in_parts()
    {
        await using var store = await ObjectStore.StartAsync();
        await using var local = new TemporaryFolder();
        using var target = new S3Target(store.Options);
        var content = RandomNumberGenerator.GetBytes(20 << 20);
        var staged = Path.Combine(local.Path, "staged");
        await File.WriteAllBytesAsync(staged, content, Cancellation);

        await target.PutAsync("1d/large.parquet", staged, Cancellation);

        (await target.ListAsync(Cancellation)).ShouldBe(new Dictionary<string, long> { ["1d/large.parquet"] = content.Length });
        await using var read = (await target.OpenAsync("1d/large.parquet", content.Length, Cancellation))!;
        read.Seek(-1_000, SeekOrigin.End);
        var end = new byte[1_000];
        await read.ReadExactlyAsync(end, Cancellation);
        end.ShouldBe(content[^1_000..]);
        await target.DeleteAsync(["1d/large.parquet"], Cancellation);
        (await target.ListAsync(Cancellation)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a bucket that is not there")]
    [InlineData("a store that does not answer")]
    public async Task A_store_that_cannot_be_used_is_said_with_the_setting(string fault)
    {
        await using var store = await ObjectStore.StartAsync();
        await using var warehouse = await Warehouse.CreateAsync(server);
        var options = store.Options;
        (options.Target, options.S3.Endpoint) = fault == "a bucket that is not there" ? ("s3://no-such-bucket/x", store.Address) : (options.Target, "http://127.0.0.1:1");
        using var target = new S3Target(options);

        var error = await Should.ThrowAsync<BulkTargetException>(() => warehouse.WriteAsync(target));

        error.Message.ShouldStartWith($"Bulk:Target is '{options.Target!.TrimEnd('/')}', which cannot be ");
        (await warehouse.Store.RunsAsync(1, Cancellation))[0].Error.ShouldBe(error.Message);
    }

    private static async Task<string> TextAsync(ObjectStore store, string path)
    {
        using var found = await store.Client.GetObjectAsync(new GetObjectRequest { BucketName = ObjectStore.Bucket, Key = Prefix + path }, Cancellation);
        using var reader = new StreamReader(found.ResponseStream);
        return await reader.ReadToEndAsync(Cancellation);
    }
}

using System.Diagnostics;
using Amazon.Runtime;
using Amazon.S3;
using MarketData.Bulk;

namespace MarketData.Api.Tests.Bulk;

/// <summary>An S3-compatible object store on this machine, in a process of its own: s3rver, from npm.</summary>
internal sealed class ObjectStore : IAsyncDisposable
{
    public const string Bucket = "market-data";
    private const string Key = "S3RVER";

    private readonly Process _process;
    private readonly string _folder;

    private ObjectStore(Process process, string folder, string address)
    {
        (_process, _folder, Address) = (process, folder, address);
        Client = new AmazonS3Client(
            new BasicAWSCredentials(Key, Key), new AmazonS3Config { ServiceURL = address, AuthenticationRegion = "us-east-1", ForcePathStyle = true });
    }

    public string Address { get; }

    public AmazonS3Client Client { get; }

    /// <summary>The settings of a target in it.</summary>
    public BulkOptions Options => new()
    {
        Target = $"s3://{Bucket}/some/prefix/",
        S3 = new() { Endpoint = Address, AccessKey = Key, SecretKey = Key },
    };

    /// <summary>The same, for a service.</summary>
    public (string Name, string Value)[] Settings =>
    [
        ("Bulk:Target", Options.Target!), ("Bulk:S3:Endpoint", Address), ("Bulk:S3:AccessKey", Key), ("Bulk:S3:SecretKey", Key),
    ];

    public static async Task<ObjectStore> StartAsync()
    {
        var script = Path.Combine(await NodeProject.FolderAsync(), "s3.mjs");
        var folder = Directory.CreateTempSubdirectory("marketdata-s3-").FullName;
        var process = Process.Start(new ProcessStartInfo("node", [script, folder, Bucket]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var address = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new(process, folder, address ?? throw new InvalidOperationException("The object store did not start."));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

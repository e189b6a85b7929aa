using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace MarketData.Bulk.Targets;

/// <summary>A prefix in a bucket of an S3-compatible object store, which shows an object when all of it is there.</summary>
public sealed class S3Target : IBulkTarget, IDisposable
{
    private const string Parquet = "application/vnd.apache.parquet";
    private const long PartBytes = 16 << 20;
    private const int MostParts = 10_000;

    private readonly Lazy<DirectoryInfo> _stage = new(() => Directory.CreateTempSubdirectory("marketdata-bulk-"));
    private readonly AmazonS3Client _client;
    private readonly string _bucket;
    private readonly string _prefix;

    /// <summary>The target that the settings name.</summary>
    public S3Target(BulkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var place = options.Target![BulkOptions.S3Scheme.Length..].Trim('/').Split('/', 2);
        (_bucket, _prefix) = (place[0], place.Length > 1 ? place[1] + "/" : "");
        _client = Client(options.S3);
    }

    /// <inheritdoc/>
    public string Name => $"{BulkOptions.S3Scheme}{_bucket}/{_prefix}".TrimEnd('/');

    /// <inheritdoc/>
    public string UriOf(string path) => $"{Name}/{path}";

    /// <inheritdoc/>
    public string Stage()
    {
        foreach (var left in _stage.Value.EnumerateFiles())
            left.Delete();
        return _stage.Value.FullName;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancellation) => TryAsync("read", () => FindAsync(cancellation));

    /// <inheritdoc/>
    public async Task PutAsync(string path, string stagedFile, CancellationToken cancellation)
    {
        var length = new FileInfo(stagedFile).Length;
        await TryAsync<AmazonWebServiceResponse>("written", async () => length > PartBytes
            ? await PutPartsAsync(_prefix + path, stagedFile, length, cancellation)
            : await _client.PutObjectAsync(
                new PutObjectRequest
                {
                    BucketName = _bucket,
                    Key = _prefix + path,
                    FilePath = stagedFile,
                    ContentType = Parquet,
                    UseChunkEncoding = false,
                },
                cancellation));
        File.Delete(stagedFile);
    }

    /// <inheritdoc/>
    public Task PutTextAsync(string path, string text, CancellationToken cancellation) => TryAsync("written", () => _client.PutObjectAsync(
        new PutObjectRequest
        {
            BucketName = _bucket,
            Key = _prefix + path,
            ContentBody = text,
            UseChunkEncoding = false,
            ContentType = path.EndsWith(".json", StringComparison.Ordinal) ? "application/json" : "text/plain",
        },
        cancellation));

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string path, long length, CancellationToken cancellation) => TryAsync<Stream?>("read", async () =>
    {
        try
        {
            await _client.GetObjectMetadataAsync(_bucket, _prefix + path, cancellation);
            return new S3Stream(_client, _bucket, _prefix + path, length);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    });

    /// <inheritdoc/>
    public Task DeleteAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation) => TryAsync("written", async () =>
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (var path in paths)
            await _client.DeleteObjectAsync(_bucket, _prefix + path, cancellation);
        return true;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        if (_stage.IsValueCreated)
            _stage.Value.Delete(recursive: true);
    }

    private static AmazonS3Client Client(BulkS3Options options)
    {
        var config = new AmazonS3Config
        {
            // Other stores than Amazon's know neither its newer checksums nor a bucket in the host's name.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (string.IsNullOrEmpty(options.Endpoint))
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        else
            (config.ServiceURL, config.AuthenticationRegion, config.ForcePathStyle) = (options.Endpoint, options.Region, true);
        return string.IsNullOrEmpty(options.AccessKey)
            ? new AmazonS3Client(config)
            : new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config);
    }

    private async Task<IReadOnlyDictionary<string, long>> FindAsync(CancellationToken cancellation)
    {
        var found = new Dictionary<string, long>();
        var objects = _client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = _bucket, Prefix = _prefix }).S3Objects;
        await foreach (var one in objects.WithCancellation(cancellation))
        {
            if (one.Key.EndsWith(".parquet", StringComparison.Ordinal))
                found[one.Key[_prefix.Length..]] = one.Size ?? 0;
        }

        return found;
    }

    // Without the chunks of Amazon's own signature, which not every store takes out of what it keeps: TransferUtility does not go without.
    private async Task<AmazonWebServiceResponse> PutPartsAsync(string key, string file, long length, CancellationToken cancellation)
    {
        var size = Math.Max(PartBytes, (length + MostParts - 1) / MostParts);
        var upload = await _client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = _bucket, Key = key, ContentType = Parquet }, cancellation);
        try
        {
            var complete = new CompleteMultipartUploadRequest { BucketName = _bucket, Key = key, UploadId = upload.UploadId, PartETags = [] };
            for (var position = 0L; position < length; position += size)
            {
                var part = await _client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = _bucket,
                        Key = key,
                        UploadId = upload.UploadId,
                        PartNumber = complete.PartETags.Count + 1,
                        FilePath = file,
                        FilePosition = position,
                        PartSize = Math.Min(size, length - position),
                        UseChunkEncoding = false,
                    },
                    cancellation);
                complete.PartETags.Add(new PartETag(complete.PartETags.Count + 1, part.ETag));
            }

            return await _client.CompleteMultipartUploadAsync(complete, cancellation);
        }
        catch
        {
            // Else its parts would stay, unseen and paid for.
            await _client.AbortMultipartUploadAsync(_bucket, key, upload.UploadId, CancellationToken.None);
            throw;
        }
    }

    private async Task<T> TryAsync<T>(string verb, Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            throw BulkTargetException.Of(verb, Name, e);
        }
    }
}

namespace MarketData.Bulk.Targets;

/// <summary>A folder, of this machine or mounted. A file is written beside the others under another name, and renamed when it is whole.</summary>
/// <param name="folder">The folder; it is made when something is written.</param>
public sealed class FolderTarget(string folder) : IBulkTarget
{
    private const string Incoming = ".incoming";

    private readonly string _folder = Path.GetFullPath(folder);

    /// <inheritdoc/>
    public string Name => _folder;

    /// <inheritdoc/>
    public string UriOf(string path) => new Uri(PlaceOf(path)).AbsoluteUri;

    /// <inheritdoc/>
    public string Stage() => Try("written", () =>
    {
        var incoming = Path.Combine(_folder, Incoming);
        if (Directory.Exists(incoming))
            Directory.Delete(incoming, recursive: true);
        return Directory.CreateDirectory(incoming).FullName;
    });

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancellation) => Task.FromResult(
        Try<IReadOnlyDictionary<string, long>>("read", () => !Directory.Exists(_folder)
            ? new Dictionary<string, long>()
            : new DirectoryInfo(_folder).EnumerateDirectories().Where(interval => interval.Name != Incoming)
                .SelectMany(interval => interval.EnumerateFiles("*.parquet"))
                .ToDictionary(file => $"{file.Directory!.Name}/{file.Name}", file => file.Length)));

    /// <inheritdoc/>
    public Task PutAsync(string path, string stagedFile, CancellationToken cancellation)
    {
        Move(stagedFile, path);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task PutTextAsync(string path, string text, CancellationToken cancellation)
    {
        var incoming = Try("written", () => Directory.CreateDirectory(Path.Combine(_folder, Incoming)).FullName);
        var staged = Path.Combine(incoming, Path.GetRandomFileName());
        try
        {
            await File.WriteAllTextAsync(staged, text, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BulkTargetException.Of("written", Name, e);
        }

        Move(staged, path);
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string path, long length, CancellationToken cancellation) => Task.FromResult(Try<Stream?>("read", () =>
    {
        try
        {
            // Deleting it in the meantime takes nothing from who reads it.
            return new FileStream(PlaceOf(path), new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.Asynchronous,
            });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }));

    /// <inheritdoc/>
    public Task DeleteAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(paths);
        Try("written", () =>
        {
            foreach (var place in paths.Select(PlaceOf).Where(File.Exists))
                File.Delete(place);
            return true;
        });
        return Task.CompletedTask;
    }

    private string PlaceOf(string path) => Path.Combine(_folder, path);

    // What is renamed must be on the disk before its name is: else a power cut could leave the name without the bytes.
    private void Move(string staged, string path) => Try("written", () =>
    {
        using (var file = new FileStream(staged, FileMode.Open, FileAccess.ReadWrite))
            file.Flush(flushToDisk: true);
        Directory.CreateDirectory(Path.GetDirectoryName(PlaceOf(path))!);
        File.Move(staged, PlaceOf(path), overwrite: true);
        return true;
    });

    private T Try<T>(string verb, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw BulkTargetException.Of(verb, Name, e);
        }
    }
}

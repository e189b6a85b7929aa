namespace MarketData.Bulk.Targets;

/// <summary>
/// Where bulk files are. Paths are relative to it, with slashes. What cannot be read or written is said by a <see cref="BulkTargetException"/>.
/// </summary>
public interface IBulkTarget
{
    /// <summary>Its whole name: a path, or <c>s3://bucket/prefix</c>.</summary>
    string Name { get; }

    /// <summary>The URI of a path, as engines take it.</summary>
    string UriOf(string path);

    /// <summary>An empty folder of this machine for a file that is being written; it is emptied of what a run before has left.</summary>
    string Stage();

    /// <summary>The bytes of each Parquet file that is there, by path.</summary>
    Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancellation);

    /// <summary>Puts a file that was written to <see cref="Stage"/> in its place: readers see all of it or nothing.</summary>
    Task PutAsync(string path, string stagedFile, CancellationToken cancellation);

    /// <summary>Puts a small text in its place, or in the place of the one that was there: readers see the one or the other.</summary>
    Task PutTextAsync(string path, string text, CancellationToken cancellation);

    /// <summary>Opens a file, which can be read from any place in it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The file; null when it is not there.</returns>
    Task<Stream?> OpenAsync(string path, long length, CancellationToken cancellation);

    /// <summary>Deletes what is there of some paths.</summary>
    Task DeleteAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation);
}

using MarketData.Bulk.Targets;

namespace MarketData.Api.Tests.Bulk;

/// <summary>A folder in which something happens before each time that something is put there.</summary>
internal sealed class BreakingTarget(string folder, Func<int, Task> beforePut) : IBulkTarget
{
    private readonly FolderTarget _folder = new(folder);

    /// <summary>How often something was to be put there.</summary>
    public int Puts { get; private set; }

    public string Name => _folder.Name;

    public string UriOf(string path) => _folder.UriOf(path);

    public string Stage() => _folder.Stage();

    public Task<IReadOnlyDictionary<string, long>> ListAsync(CancellationToken cancellation) => _folder.ListAsync(cancellation);

    public async Task PutAsync(string path, string stagedFile, CancellationToken cancellation)
    {
        await beforePut(++Puts);
        await _folder.PutAsync(path, stagedFile, cancellation);
    }

    public async Task PutTextAsync(string path, string text, CancellationToken cancellation)
    {
        await beforePut(++Puts);
        await _folder.PutTextAsync(path, text, cancellation);
    }

    public Task<Stream?> OpenAsync(string path, long length, CancellationToken cancellation) => _folder.OpenAsync(path, length, cancellation);

    public Task DeleteAsync(IReadOnlyCollection<string> paths, CancellationToken cancellation) => _folder.DeleteAsync(paths, cancellation);
}

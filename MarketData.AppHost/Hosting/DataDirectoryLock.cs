namespace MarketData.AppHost.Hosting;

/// <summary>
/// Keeps a second copy out of a data directory. The operating system lets go of it when this process ends, however it ends.
/// </summary>
internal sealed class DataDirectoryLock : IDisposable
{
    private FileStream? _file;

    /// <summary>Takes the directory.</summary>
    /// <exception cref="StartException">Another copy has it, or it cannot be written.</exception>
    public void Take(string dataDirectory)
    {
        try
        {
            Directory.CreateDirectory(dataDirectory);
            _file = new FileStream(Path.Combine(dataDirectory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException(
                $"The data directory {dataDirectory} cannot be written: give it to this user, or set DataDirectory to another folder.", e);
        }
        catch (IOException e) when (Directory.Exists(dataDirectory))
        {
            throw new StartException(
                $"The data directory {dataDirectory} is in use by another copy that runs: stop that one, or set DataDirectory to another folder.", e);
        }
        catch (IOException e)
        {
            throw new StartException(
                $"The data directory {dataDirectory} cannot be made: set DataDirectory to another folder ({e.Message}).", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}

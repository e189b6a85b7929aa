using Microsoft.Extensions.Options;

namespace MarketData.Api.Historical;

/// <summary>The room in temporary files that all exports share.</summary>
public sealed partial class SpoolSpace(IOptions<ApiOptions> options, ILogger<SpoolSpace> logger)
{
    private long _used;

    /// <summary>Bytes in use.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes room, if there is as much.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= options.Value.ExportSpoolBytes)
            return true;
        GiveBack(bytes);
        return false;
    }

    /// <summary>Gives room back.</summary>
    public void GiveBack(long bytes) => Interlocked.Add(ref _used, -bytes);

    /// <summary>Says why there is no temporary file.</summary>
    public void Report(Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        LogNoFile(cause.Message);
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Can't keep an export in the temporary folder ({Cause}): it goes as fast as its reader, and holds its connection to the database so long")]
    private partial void LogNoFile(string cause);
}

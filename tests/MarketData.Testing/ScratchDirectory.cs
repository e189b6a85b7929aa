namespace MarketData.Testing;

/// <summary>Where databases lie that last as long as a test.</summary>
public static class ScratchDirectory
{
    // Most Linux systems keep files here in memory.
    private const string Memory = "/dev/shm";

    // Some servers at once, with room for their logs.
    private const long Room = 4L << 30;

    /// <summary>
    /// Makes a directory that only its owner may enter: in memory where there is room, else among temporary files. A disk's file system takes ten
    /// times the processor time to make and remove the hundreds of files that each database has.
    /// </summary>
    /// <param name="prefix">What its name begins with.</param>
    public static DirectoryInfo Create(string prefix)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(Memory) || new DriveInfo(Memory).AvailableFreeSpace < Room)
            return Directory.CreateTempSubdirectory(prefix);
        return Directory.CreateDirectory(
            Path.Combine(Memory, prefix + Guid.NewGuid().ToString("N")[..8]), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

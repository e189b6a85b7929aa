using System.Globalization;

namespace MarketData.Chaos.Tests;

/// <summary>
/// The clock of a machine of its own for processes that are started with it, by libfaketime: it is wrong, and can be set while they run.
/// </summary>
internal sealed class MachineClock : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    /// <summary>The library; null when it is not installed.</summary>
    public static string? Library { get; } =
        new[] { "/usr/lib", "/usr/lib64", "/usr/local/lib" }.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(
                folder, "libfaketimeMT.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 }))
            .FirstOrDefault();

    /// <summary>Why it can't be had here; null when it can.</summary>
    public static string? Missing => Library is null ? "libfaketime is missing: apt-get install faketime." : null;

    /// <summary>Makes a clock that is off by so much; later than the true time where positive.</summary>
    public MachineClock(TimeSpan off) => Set(off);

    /// <summary>What a process is started with that goes by it. Its monotonic clock is the machine's.</summary>
    public (string Name, string Value)[] Settings =>
    [
        ("LD_PRELOAD", Library!),
        ("FAKETIME_TIMESTAMP_FILE", _file),
        // Seconds after which the file is read again.
        ("FAKETIME_CACHE_DURATION", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        // Else waits of .NET's threads return at once.
        ("FAKETIME_FORCE_MONOTONIC_FIX", "0"),
    ];

    /// <summary>Sets it; processes notice within a second.</summary>
    public void Set(TimeSpan off) => File.WriteAllText(_file, string.Create(CultureInfo.InvariantCulture, $"{off.TotalSeconds:+0;-0;+0}\n"));

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_file);
}

using System.Globalization;

namespace MarketData.Chaos.Tests;

/// <summary>
/// The clock of a machine of its own for processes that are started with it, by libfaketime: it is wrong, and can be set while they run.
/// </summary>
/// <remarks>
/// PostgreSQL goes by it too, where it lies before the true time: its handler of timeouts sees the true time while a session waits, and so ends at
/// its first look, after deadlock_timeout, what was to be ended later, wherefore that one has to be long.
/// </remarks>
internal sealed class MachineClock : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"marketdata-clock-{Guid.NewGuid():N}");

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

    /// <summary>Sets it; processes notice within two seconds.</summary>
    public void Set(TimeSpan off)
    {
        File.WriteAllText(_file + ".next", string.Create(CultureInfo.InvariantCulture, $"{off.TotalSeconds:+0;-0;+0}\n"));
        File.Move(_file + ".next", _file, overwrite: true);
    }

    /// <summary>Sets it to an instant, UTC.</summary>
    public void Set(DateTime instant) => Set(instant - DateTime.UtcNow);

    /// <summary>Removes it, and what libfaketime has left of processes that were killed.</summary>
    public void Dispose()
    {
        File.Delete(_file);
        foreach (var left in Directory.EnumerateFiles("/dev/shm", "*faketime_s*_*"))
        {
            if (!Directory.Exists($"/proc/{left[(left.LastIndexOf('_') + 1)..]}"))
                File.Delete(left);
        }
    }
}

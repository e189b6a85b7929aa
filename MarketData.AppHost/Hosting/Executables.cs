namespace MarketData.AppHost.Hosting;

/// <summary>Finds programs on this machine.</summary>
internal static class Executables
{
    /// <summary>The file name of a program on this operating system.</summary>
    public static string FileName(string program) => OperatingSystem.IsWindows() ? program + ".exe" : program;

    /// <summary>The full path of the first <paramref name="program"/> on <c>PATH</c>; null when there is none.</summary>
    public static string? Find(string program) =>
        SearchPath().Select(directory => Path.Combine(directory, FileName(program))).FirstOrDefault(File.Exists);

    /// <summary>The directories of <c>PATH</c>, and those of system commands, which an ordinary user's <c>PATH</c> may leave out.</summary>
    public static IEnumerable<string> SearchPath()
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        var directories = path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return OperatingSystem.IsWindows() ? directories : directories.Concat(["/usr/sbin", "/sbin"]);
    }
}

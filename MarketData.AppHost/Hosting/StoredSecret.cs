namespace MarketData.AppHost.Hosting;

/// <summary>Secrets that are made once and kept in files which only their owner reads.</summary>
internal static class StoredSecret
{
    /// <summary>The secret in a file of a directory, made the first time.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="make">Makes the secret.</param>
    public static string Read(string directory, string name, Func<string> make)
    {
        var file = Path.Combine(directory, name);
        if (File.Exists(file))
            return File.ReadAllText(file).Trim();
        Directory.CreateDirectory(directory);
        var secret = make();
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        writer.Write(secret);
        return secret;
    }
}

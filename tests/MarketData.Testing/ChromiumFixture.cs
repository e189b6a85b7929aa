using Microsoft.Playwright;

namespace MarketData.Testing;

/// <summary>
/// One headless Chromium for the tests of an assembly; each takes a context of its own. Register it with
/// <c>[assembly: AssemblyFixture(typeof(ChromiumFixture))]</c>.
/// </summary>
public sealed class ChromiumFixture : IAsyncLifetime
{
    // The machine that runs the tests may be busy with others: what has to be quick is measured, not waited for briefly.
    private static readonly TimeSpan ExpectTimeout = TimeSpan.FromSeconds(60);

    // Milliseconds; Playwright's own are 30 s, which a page that loads for the first time on a busy machine can take.
    private const int WaitLimit = 120_000;

    private IPlaywright? _playwright;

    /// <summary>The browser.</summary>
    public IBrowser Browser { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout((float)ExpectTimeout.TotalMilliseconds);
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(Chromium.LaunchOptions());
    }

    /// <summary>A page in a context of its own, patient with a busy machine.</summary>
    public async Task<IPage> NewPageAsync()
    {
        var page = await (await Browser.NewContextAsync()).NewPageAsync();
        page.SetDefaultTimeout(WaitLimit);
        page.SetDefaultNavigationTimeout(WaitLimit);
        return page;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

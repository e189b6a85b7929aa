using MarketData.Testing;

namespace MarketData.EndToEnd.Tests.Dashboard;

/// <summary>How long a reader waits for something to read.</summary>
[Collection(Acting.Name)]
public sealed class FirstPaintTests(SystemFixture system, ChromiumFixture chromium)
{
    private const int Attempts = 6;

    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "verdict-line")]
    [InlineData("jobs?view=history", "<tbody")]
    [InlineData("resilience", "circuit-word")]
    public async Task What_matters_is_painted_within_a_second(string path, string content)
    {
        await system.FirstRunAsync(_cancellation);
        await using var page = await system.NewPageAsync(chromium);
        var address = new Uri(system.Dashboard, path).ToString();

        // The first time, the server compiles; the quickest of the others is the page's own.
        var (painted, limit) = (double.PositiveInfinity, 0.0);
        for (var attempt = 0; attempt < Attempts && painted >= limit; attempt++)
        {
            await page.Page.GotoAsync(address);
            painted = await page.Page.EvaluateAsync<double>(
                """
                () => new Promise(resolve => new PerformanceObserver(list => resolve(list.getEntriesByName('first-contentful-paint')[0].startTime))
                    .observe({ type: 'paint', buffered: true }))
                """);
            limit = await Pace.SecondAsync(page);
        }

        painted.ShouldBeLessThan(limit);
        // What is painted first has the content in it: it came with the document.
        (await system.Http.GetStringAsync(new Uri(address), _cancellation)).ShouldContain(content);
    }
}

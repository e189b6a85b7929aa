using System.Collections.Concurrent;
using System.Net.Mime;
using System.Text.Json;
using MarketData.Testing;
using Microsoft.Playwright;

namespace MarketData.Api.Tests.Bulk;

/// <summary>
/// DuckDB in a browser, of WebAssembly: it reads from addresses by itself. The native one has HTTP and S3 in an extension that only DuckDB's own
/// server has.
/// </summary>
internal sealed class DuckDBPage(IPlaywright playwright, IBrowser browser, IPage page, ConcurrentQueue<string> ranges) : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    /// <summary>The ranges that it has asked for.</summary>
    public IReadOnlyCollection<string> Ranges => ranges;

    /// <summary>Opens it.</summary>
    /// <param name="origin">In whose name the page and what it loads are given, so that the browser needs no leave to read from there.</param>
    public static async Task<DuckDBPage> OpenAsync(Uri origin)
    {
        var node = await NodeProject.FolderAsync();
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(Chromium.LaunchOptions());
        var page = await (await browser.NewContextAsync()).NewPageAsync();
        var (errors, ranges) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
        page.PageError += (_, error) => errors.Enqueue(error);
        var own = new Uri(origin, "/duck/").ToString();
        await page.Context.RouteAsync(own + "**", route => route.FulfillAsync(Answer(node, new Uri(route.Request.Url).AbsolutePath["/duck/".Length..])));
        page.Context.Request += (_, request) =>
        {
            if (request.Headers.TryGetValue("range", out var range))
                ranges.Enqueue($"{request.Method} {range}");
        };
        await page.GotoAsync(own);
        await Eventually.BecomesAsync(
            async () => errors.IsEmpty
                ? await page.EvaluateAsync<bool>("typeof window.query === 'function'")
                : throw new InvalidOperationException(string.Join('\n', errors)),
            Timeout, TestContext.Current.CancellationToken);
        return new(playwright, browser, page, ranges);
    }

    /// <summary>The rows of a query.</summary>
    public Task<JsonElement> ReadAsync(string sql) => page.EvaluateAsync<JsonElement>("sql => query(sql)", sql);

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    private static RouteFulfillOptions Answer(string node, string path) => new()
    {
        Path = path == "" ? Path.Combine(node, "duckdb.html") : Path.Combine(node, "node_modules", path),
        ContentType = Path.GetExtension(path) switch
        {
            "" => MediaTypeNames.Text.Html,
            ".wasm" => MediaTypeNames.Application.Wasm,
            _ => MediaTypeNames.Text.JavaScript,
        },
    };
}

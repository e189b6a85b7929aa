using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>A page of the dashboard in a browser, and what it complained of or asked of other machines.</summary>
public sealed class DashboardPage : IAsyncDisposable
{
    private readonly string _address;
    private readonly List<string> _complaints = [];

    /// <summary>Watches a page.</summary>
    public DashboardPage(IPage page, string address)
    {
        (Page, _address) = (page, address);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: not ("data" or "blob") } url && url.Authority != new Uri(address).Authority)
                _complaints.Add("asked another machine: " + request.Url);
        };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>Goes to a path of the dashboard and waits until the circuit is up.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(_address + path);
        await ListensAsync();
    }

    /// <summary>Waits until the page that is open answers to clicks.</summary>
    public Task ListensAsync() => Page.WaitForFunctionAsync("() => document.documentElement.dataset.interactive === 'true'");

    /// <summary>Waits for a condition in the browser.</summary>
    public Task BecomesAsync(string condition) => Page.WaitForFunctionAsync(condition, null, new() { Timeout = 30_000 });

    /// <summary>Fails when axe finds a violation, when the page is wider than the window, or when the browser complained.</summary>
    public async Task ShouldBeSoundAsync()
    {
        var found = (await Page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {string.Join(" | ", violation.Nodes.Select(node => node.Html))}");
        found.ShouldBeEmpty();
        (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0);
        _complaints.ShouldBeEmpty();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await Page.Context.CloseAsync();
}

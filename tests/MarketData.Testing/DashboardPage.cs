using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace MarketData.Testing;

/// <summary>A page of the dashboard in a browser, and what it complained of or asked of other machines.</summary>
public sealed class DashboardPage : IAsyncDisposable
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private readonly Uri _address;
    private readonly Func<IPage, ValueTask> _close;
    private readonly List<string> _complaints = [];

    /// <summary>Watches a page.</summary>
    /// <param name="page">The page, not yet at the dashboard.</param>
    /// <param name="address">The dashboard's address, with a slash at the end.</param>
    /// <param name="close">What becomes of the page at the end; its context is closed when not given.</param>
    public DashboardPage(IPage page, Uri address, Func<IPage, ValueTask>? close = null)
    {
        (Page, _address) = (page, address);
        _close = close ?? (static page => new ValueTask(page.Context.CloseAsync()));
        page.Console += OnConsole;
        page.PageError += OnError;
        page.Request += OnRequest;
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>What the browser complained of so far, and what it asked of other machines.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Goes to a path of the dashboard and waits until the circuit is up.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(new Uri(_address, path).ToString());
        await ListensAsync();
    }

    /// <summary>Waits until the page that is open answers to clicks.</summary>
    public Task ListensAsync() => BecomesAsync("() => document.documentElement.dataset.interactive === 'true'");

    /// <summary>Follows a link, and fails with what the browser shows and complains of unless the page comes that it promises.</summary>
    /// <param name="link">The link.</param>
    /// <param name="title">What the page's heading contains.</param>
    public async Task FollowAsync(ILocator link, string title)
    {
        await link.ClickAsync();
        try
        {
            await Assertions.Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(title);
        }
        catch (PlaywrightException e)
        {
            var shown = await Page.EvaluateAsync<string>("document.querySelector('main')?.outerHTML ?? document.body.outerHTML");
            throw new ShouldAssertException($"{Page.Url} did not show {title}. It shows: {shown}\nIt complains: {string.Join('\n', _complaints)}", e);
        }
    }

    /// <summary>The dialog that opens, once it has taken the focus: what is typed before that would be lost with it.</summary>
    public async Task<ILocator> DialogAsync()
    {
        await BecomesAsync("() => document.activeElement?.closest('.mud-dialog-container') !== null");
        return Page.GetByRole(AriaRole.Dialog);
    }

    /// <summary>Waits for a condition in the browser, which is not made to draw a frame for every look at it.</summary>
    /// <exception cref="TimeoutException">It does not come true; says what the browser complained of.</exception>
    public async Task BecomesAsync(string condition)
    {
        try
        {
            await Page.WaitForFunctionAsync(condition, null, new() { Timeout = 120_000, PollingInterval = 50 });
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{Page.Url} did not come to {condition}. It complains: {string.Join('\n', _complaints)}", e);
        }
    }

    /// <summary>What axe finds wrong with the page as it is, by rule and element.</summary>
    public async Task<string[]> ViolationsAsync()
    {
        if (!await Page.EvaluateAsync<bool>("'axe' in window"))
            await Page.EvaluateAsync(Axe);
        // Only what is wrong is wanted: telling where everything that is right stands would take most of the time.
        return await Page.EvaluateAsync<string[]>(
            """
            async () => {
                // What fades in or out has other colours meanwhile.
                const passing = document.getAnimations().filter(animation =>
                    animation.playState === 'running' && isFinite(animation.effect.getComputedTiming().endTime));
                await Promise.allSettled(passing.map(animation => animation.finished));
                return (await axe.run(document, { resultTypes: ['violations'] })).violations
                    .map(violation => `${violation.id}: ${violation.nodes.map(node => node.html).join(' | ')}`);
            }
            """);
    }

    /// <summary>What makes the page wider than the window; nothing where it is not.</summary>
    public Task<string[]> TooWideAsync() => Page.EvaluateAsync<string[]>(
        """
        () => {
            if (document.documentElement.scrollWidth <= innerWidth)
                return [];
            const clips = element => element && (getComputedStyle(element).overflowX !== 'visible' || clips(element.parentElement));
            const wide = [...document.body.querySelectorAll('*')]
                .filter(element => element.getBoundingClientRect().right > innerWidth && !clips(element.parentElement));
            return [`${document.documentElement.scrollWidth} px`, ...wide.map(element => `${element.tagName}.${element.className}: ${element.textContent}`)];
        }
        """);

    /// <summary>Fails when axe finds a violation, when the page is wider than the window, or when the browser complained.</summary>
    public async Task ShouldBeSoundAsync()
    {
        var found = await ViolationsAsync();
        found.ShouldBeEmpty();
        (await TooWideAsync()).ShouldBeEmpty();
        _complaints.ShouldBeEmpty();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Page.Console -= OnConsole;
        Page.PageError -= OnError;
        Page.Request -= OnRequest;
        await _close(Page);
    }

    private void OnConsole(object? sender, IConsoleMessage message)
    {
        if (message.Type is "error" or "warning")
            _complaints.Add($"{message.Type}: {message.Text}");
    }

    private void OnError(object? sender, string error) => _complaints.Add(error);

    private void OnRequest(object? sender, IRequest request)
    {
        if (new Uri(request.Url) is { Scheme: not ("data" or "blob") } url && url.Authority != _address.Authority)
            _complaints.Add("asked another machine: " + request.Url);
    }
}

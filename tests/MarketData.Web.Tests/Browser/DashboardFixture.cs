using System.Collections.Concurrent;
using MarketData.Testing;
using MarketData.Web.Api;
using MarketData.Web.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>The dashboard on a real server in front of a fake Api, and pages of it in a real browser.</summary>
public class DashboardFixture(ChromiumFixture chromium) : IAsyncLifetime
{
    // A page that a test is done with serves the next one: it has the dashboard's scripts compiled.
    private readonly ConcurrentBag<IPage> _idle = [];
    private readonly DashboardServer _server = new();

    /// <summary>The Api behind it.</summary>
    internal FakeApi Api { get; private set; } = null!;

    /// <summary>The dashboard's address, with a slash at the end.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>How many symbols the fake Api tracks.</summary>
    protected virtual int Symbols => 20;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Api = await FakeApi.StartAsync();
        Api.World = new FakeWorld(Symbols);
        Address = new Uri(_server.Start(Api.Address), "/dashboard/");
    }

    /// <summary>Opens a page and waits until it answers to clicks.</summary>
    public async Task<DashboardPage> OpenAsync(string path, int width = 1280, int height = 800, bool dark = false)
    {
        if (!_idle.TryTake(out var tab))
            tab = await chromium.NewPageAsync();
        await tab.SetViewportSizeAsync(width, height);
        await tab.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce });
        // A page that was just left may still be asking: what it is told is of the world as it was then.
        _server.Services.GetRequiredService<SharedReads>().Clear();
        var page = new DashboardPage(tab, Address, LeaveAsync);
        await page.GoAsync(path);
        return page;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var tab in _idle)
            await tab.Context.CloseAsync();
        await _server.DisposeAsync();
        if (Api is not null)
            await Api.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async ValueTask LeaveAsync(IPage tab)
    {
        await tab.GotoAsync("about:blank");
        await tab.Context.ClearCookiesAsync();
        _idle.Add(tab);
    }
}

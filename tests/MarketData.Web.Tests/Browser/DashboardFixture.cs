using System.Diagnostics;
using System.Text.RegularExpressions;
using MarketData.Testing;
using MarketData.Web.Tests.Fakes;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>The dashboard as a process of its own in front of a fake Api, and pages of it in a real browser.</summary>
public class DashboardFixture(ChromiumFixture chromium) : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    /// <summary>The Api behind it.</summary>
    internal FakeApi Api { get; private set; } = null!;

    /// <summary>The dashboard's address, with a slash at the end.</summary>
    public string Address { get; private set; } = "";

    /// <summary>How many symbols the fake Api tracks.</summary>
    protected virtual int Symbols => 20;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Api = await FakeApi.StartAsync();
        Api.World = new FakeWorld(Symbols);
        var start = new ProcessStartInfo("dotnet", [AppHostProcess.Program("MarketData.Web"), "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = Path.Combine(AppHostProcess.RepositoryRoot(), "MarketData.Web"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["services__api__http__0"] = Api.Address;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Web__Links__Grafana"] = "http://localhost:3000";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Address = await _listening.Task.WaitAsync(StartTimeout, TestContext.Current.CancellationToken) + "/dashboard/";
    }

    /// <summary>Opens a page and waits until it answers to clicks.</summary>
    public async Task<DashboardPage> OpenAsync(string path, int width = 1280, int height = 800, bool dark = false)
    {
        var context = await chromium.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
        });
        var page = new DashboardPage(await context.NewPageAsync(), Address);
        await page.GoAsync(path);
        return page;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        await Api.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private void Read(string? line)
    {
        if (line is not null && Regex.Match(line, @"Now listening on: (http://[^\s""]+)") is { Success: true } match)
            _listening.TrySetResult(match.Groups[1].Value);
    }
}

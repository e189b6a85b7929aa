using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MarketData.Testing;
using MarketData.Web.Tests.Fakes;
using Microsoft.Playwright;

namespace MarketData.Web.Tests.Browser;

/// <summary>The dashboard as a process of its own in front of a fake Api, and pages of it in a real browser.</summary>
public class DashboardFixture(ChromiumFixture chromium) : IAsyncLifetime
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string?> _output = new();
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
        var address = $"http://127.0.0.1:{FreePort()}";
        var start = new ProcessStartInfo("dotnet", [AppHostProcess.Program("MarketData.Web"), "--urls", address])
        {
            WorkingDirectory = Path.Combine(AppHostProcess.RepositoryRoot(), "MarketData.Web"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["services__api__http__0"] = Api.Address;
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Web__Links__Grafana"] = "http://localhost:3000";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data);
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Address = address + "/dashboard/";
        using var http = new HttpClient();
        await Eventually.BecomesAsync(
            async () =>
            {
                if (_process.HasExited)
                    throw new InvalidOperationException($"The dashboard ended; it printed:\n{string.Join('\n', _output)}");
                using var answer = await http.GetAsync(new Uri(address + "/alive"));
                return answer.IsSuccessStatusCode;
            },
            StartTimeout, TestContext.Current.CancellationToken);
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

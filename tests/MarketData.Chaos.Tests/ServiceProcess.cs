using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MarketData.Testing;

namespace MarketData.Chaos.Tests;

/// <summary>One of the system's services as a process of its own: started, killed, paused and watched from outside.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(5);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private ServiceProcess(
        string project, Uri address, IEnumerable<KeyValuePair<string, string>> settings, IReadOnlyList<string> launcher)
    {
        Address = address;
        string[] command = [.. launcher, "dotnet", "exec", AppHostProcess.Program(project)];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["ASPNETCORE_URLS"] = address.GetLeftPart(UriPartial.Authority);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended by itself or been killed.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>With what it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The last of what it printed.</summary>
    public string LastWords => string.Join('\n', _lines.TakeLast(40));

    /// <summary>Everything that it printed.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Starts it and waits until it says that it can do its work.</summary>
    /// <param name="project">Its project.</param>
    /// <param name="healthPath">Where it says that it can.</param>
    /// <param name="settings">Its settings and environment variables.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="launcher">A program, with its arguments, that becomes it; none when not given.</param>
    public static async Task<ServiceProcess> StartAsync(
        string project, string healthPath, IEnumerable<KeyValuePair<string, string>> settings, CancellationToken cancellation,
        IReadOnlyList<string>? launcher = null)
    {
        var service = new ServiceProcess(project, new Uri($"http://127.0.0.1:{FreePort()}/"), settings, launcher ?? []);
        try
        {
            await Eventually.BecomesAsync(() => service.IsWellAsync(healthPath, cancellation), StartTimeout, cancellation);
            return service;
        }
        catch (Exception e)
        {
            await service.DisposeAsync();
            throw new InvalidOperationException($"{project} did not start; it last said:\n{service.LastWords}", e);
        }
    }

    /// <summary>Ends it without warning.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends a signal by name, such as <c>STOP</c> or <c>CONT</c>.</summary>
    public void Signal(string signal) => AppHostProcess.Signal(signal, Id);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private async Task<bool> IsWellAsync(string healthPath, CancellationToken cancellation)
    {
        if (_process.HasExited)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"It ended with exit code {_process.ExitCode}."));
        try
        {
            using var response = await Http.GetAsync(new Uri(Address, healthPath), cancellation);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Busy starting: it is asked again.
            return false;
        }
    }

    private void Take(string? line)
    {
        if (line is not null)
            _lines.Enqueue(line);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

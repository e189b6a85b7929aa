using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MarketData.Benchmarks;

/// <summary>One of the system's services as a process of its own, on a free port.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly List<string> _output = [];

    private ServiceProcess(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        Client = new HttpClient { BaseAddress = address };
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>Asks it.</summary>
    public HttpClient Client { get; }

    /// <summary>Starts one by the last part of its project's name.</summary>
    public static ServiceProcess Start(string name, IReadOnlyDictionary<string, string> environment)
    {
        var project = $"MarketData.{name}";
        var build = AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries)[^2..];
        var folder = Path.Combine([BenchmarkOptions.RepositoryRoot(), project, "bin", .. build]);
        var address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, project + ".dll")])
        {
            WorkingDirectory = Path.Combine(BenchmarkOptions.RepositoryRoot(), project),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        start.Environment.TryAdd("ASPNETCORE_ENVIRONMENT", "Production");
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        return new ServiceProcess(Process.Start(start)!, address);
    }

    /// <summary>The most memory that it has had at once, bytes.</summary>
    public long PeakWorkingSet()
    {
        _process.Refresh();
        return _process.PeakWorkingSet64;
    }

    /// <summary>The memory that it has now, bytes.</summary>
    public long WorkingSet()
    {
        _process.Refresh();
        return _process.WorkingSet64;
    }

    /// <summary>How long it has kept a processor busy.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>Waits until it answers that it is alive.</summary>
    public async Task AliveAsync(CancellationToken cancellation)
    {
        var elapsed = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var answer = await Client.GetAsync("/alive", cancellation);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException e) when (e.InnerException is SocketException)
            {
                // Not listening yet.
            }

            if (_process.HasExited || elapsed.Elapsed > WaitLimit)
                throw new InvalidOperationException($"{_process.StartInfo.ArgumentList[0]} did not come alive; it said:\n{Said()}");
            await Task.Delay(10, cancellation);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.Add(line);
    }

    private string Said()
    {
        lock (_output)
            return string.Join('\n', _output.TakeLast(20));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

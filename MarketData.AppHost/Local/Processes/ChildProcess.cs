using System.Diagnostics;
using System.Globalization;

namespace MarketData.AppHost.Local.Processes;

/// <summary>
/// A child process that cannot outlive this one. A small shell holds the read end of a pipe whose write end only this process has:
/// the pipe closes when <see cref="StopAsync"/> asks for it, and just as well when this process dies, however it dies; then the shell
/// sends the stop signal, and after the grace period kills.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // Called with the stop signal, the grace period in tenths of a second and a directory to remove or ''. It reads the command from
    // standard input, a word a line after their number, so that a service's name finds the service and not also its launcher.
    private const string Launcher = """
        signal=$1 grace=$2 leftover=$3; shift 3
        trap '' INT HUP QUIT TERM
        exec 3<&0 0</dev/null
        read -r words <&3
        while [ "$words" -gt 0 ]; do IFS= read -r word <&3; set -- "$@" "$word"; words=$((words - 1)); done
        (trap - INT HUP QUIT TERM; exec "$@" 3<&-) & child=$!
        {
          while read -r line <&3; do :; done
          kill -"$signal" "$child"
          while [ "$grace" -gt 0 ] && kill -0 "$child"; do sleep 0.1; grace=$((grace - 1)); done
          kill -KILL "$child"
        } >/dev/null 2>&1 & guard=$!
        exec 3<&-
        wait "$child"; status=$?
        kill -KILL "$guard" 2>/dev/null
        if [ -n "$leftover" ]; then rm -rf "$leftover"; fi
        exit "$status"
        """;

    private readonly Process _process;
    private readonly Process? _guard;
    private readonly ChildCommand _command;
    private readonly Task<int> _exited;

    private ChildProcess(Process process, Process? guard, ChildCommand command, Task<int> exited) =>
        (_process, _guard, _command, _exited) = (process, guard, command, exited);

    /// <summary>Ends with the child's exit code, once all of its output has been seen.</summary>
    public Task<int> Exited => _exited;

    /// <summary>Starts the command; every line it prints goes to <paramref name="onLine"/>, from several threads.</summary>
    /// <exception cref="StartException">The program does not exist or may not be run.</exception>
    public static ChildProcess Start(ChildCommand command, Action<string> onLine)
    {
        var process = new Process { StartInfo = StartInfo(command) };
        process.OutputDataReceived += (_, line) => Forward(line.Data, onLine);
        process.ErrorDataReceived += (_, line) => Forward(line.Data, onLine);
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            process.Dispose();
            throw new StartException($"{command.FileName} could not be started: {e.Message}.", e);
        }

        if (!OperatingSystem.IsWindows())
            Hand(command, process.StandardInput);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process, OperatingSystem.IsWindows() ? StartWindowsGuard(process, command) : null, command, ExitedAsync(process));
    }

    /// <summary>Asks the child to stop, kills it after its grace period, and waits until it is gone.</summary>
    public async Task StopAsync()
    {
        Close((_guard ?? _process).StandardInput);
        // The launcher keeps to the grace period; twice that means that the launcher itself has been hurt.
        var patience = _command.StopGrace + _command.StopGrace + TimeSpan.FromSeconds(2);
        if (await Task.WhenAny(_exited, Task.Delay(patience)) != _exited)
        {
            _process.Kill(entireProcessTree: true);
            await _exited;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        _guard?.Dispose();
    }

    private static ProcessStartInfo StartInfo(ChildCommand command)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory ?? "",
        };
        foreach (var word in Words(command))
        {
            if (start.FileName.Length == 0)
                start.FileName = word;
            else
                start.ArgumentList.Add(word);
        }

        if (!command.InheritsEnvironment)
            start.Environment.Clear();
        foreach (var (name, value) in command.Environment)
            start.Environment[name] = value;
        return start;
    }

    private static string[] Words(ChildCommand command)
    {
        if (OperatingSystem.IsWindows())
            return [command.FileName, .. command.Arguments];
        var grace = ((int)(command.StopGrace.TotalSeconds * 10)).ToString(CultureInfo.InvariantCulture);
        string[] launcher = ["/bin/sh", "-c", Launcher, "marketdata-launcher", command.StopSignal, grace, command.DeleteAfterwards ?? ""];
        // A session of its own keeps a terminal's Ctrl+C from the child: in which order they stop is for its owner to say.
        return Executables.Find("setsid") is { } setsid ? [setsid, .. launcher] : launcher;
    }

    private static void Hand(ChildCommand command, StreamWriter launcher)
    {
        launcher.Write($"{command.Arguments.Count + 1}\n{command.FileName}\n");
        foreach (var argument in command.Arguments)
            launcher.Write($"{argument}\n");
        launcher.Flush();
    }

    // Windows has no signals: the guard there ends the whole tree.
    private static Process StartWindowsGuard(Process process, ChildCommand command)
    {
        var script = string.Create(CultureInfo.InvariantCulture, $"[Console]::In.ReadToEnd() | Out-Null; taskkill /T /F /PID {process.Id} | Out-Null");
        if (command.DeleteAfterwards is { } leftover)
            script += $"; Remove-Item -Recurse -Force '{leftover.Replace("'", "''", StringComparison.Ordinal)}'";
        var start = new ProcessStartInfo("powershell", ["-NoProfile", "-NonInteractive", "-Command", script]) { RedirectStandardInput = true };
        return Process.Start(start) ?? throw new StartException("PowerShell, which guards the child processes, could not be started.");
    }

    private static async Task<int> ExitedAsync(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static void Forward(string? line, Action<string> onLine)
    {
        if (line is not null)
            onLine(line);
    }

    private static void Close(StreamWriter pipe)
    {
        try
        {
            pipe.Close();
        }
        catch (IOException)
        {
            // The child is already gone, and the pipe with it.
        }
    }
}

using System.Reflection;

namespace Microsoft.Extensions.Hosting;

/// <summary>Tells a service's commands from its settings, so that a command that is misspelt does not start the service.</summary>
public static class ServiceCommands
{
    /// <summary>The exit code for arguments that are not understood: <c>EX_USAGE</c> of <c>sysexits.h</c>.</summary>
    public const int UsageError = 64;

    /// <summary>Carries out the command that the arguments begin with, or says what there is.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="commands">The service's commands.</param>
    /// <returns>The exit code of the process; null when all arguments are settings, and the service is to run.</returns>
    public static async Task<int?> RunAsync(string[] arguments, params ServiceCommand[] commands)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(commands);
        if (commands.FirstOrDefault(command => arguments is [var name, ..] && name == command.Name) is { } command)
            return await command.RunAsync(arguments[1..], Console.Out, Console.Error);
        if (arguments.Any(argument => argument is "--help" or "-h"))
        {
            await Console.Out.WriteLineAsync(Usage(commands));
            return 0;
        }

        if (FirstThatIsNoSetting(arguments) is not { } unknown)
            return null;
        await Console.Error.WriteLineAsync($"Neither a command nor a setting: {unknown}");
        await Console.Error.WriteLineAsync(Usage(commands));
        return UsageError;
    }

    /// <summary>The first argument that is none of <c>--Key=value</c>, <c>--Key value</c>, <c>/Key=value</c> and <c>Key=value</c>; null when all are.</summary>
    public static string? FirstThatIsNoSetting(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].IndexOf('=', StringComparison.Ordinal) > 0)
                continue;
            if (!IsKey(arguments[i]) || i + 1 == arguments.Count || IsKey(arguments[i + 1]))
                return arguments[i];
            i++;
        }

        return null;
    }

    private static bool IsKey(string argument) => argument.StartsWith("--", StringComparison.Ordinal) || argument.StartsWith('/');

    private static string Usage(IReadOnlyList<ServiceCommand> commands)
    {
        var program = $"dotnet {Assembly.GetEntryAssembly()?.GetName().Name}.dll";
        var lines = commands.Select(command => ($"{program} {command.Name} ...", command.Summary))
            .Prepend(($"{program} [--Section:Setting=value ...]", "runs the service")).ToList();
        var width = lines.Max(line => line.Item1.Length);
        return string.Join('\n', lines.Select(line => $"{line.Item1.PadRight(width)}   {line.Item2}"));
    }
}

namespace MarketData.AppHost.Local.Engine;

/// <summary>Writes the lines of all services to the terminal, each with the name of the service before it.</summary>
internal sealed class ConsoleLog(TextWriter output)
{
    private static readonly int[] Colours = [36, 32, 33, 35, 34, 96, 92, 95];

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _colours = [];
    private readonly bool _coloured = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Writes a line of a service.</summary>
    public void Line(string source, string text)
    {
        lock (_lock)
            output.WriteLine($"{Prefix(source)} {text}");
    }

    /// <summary>Writes text of the app host's own.</summary>
    public void Say(string text)
    {
        lock (_lock)
            output.WriteLine(text);
    }

    private string Prefix(string source)
    {
        var prefix = $"{source,-12} |";
        if (!_coloured)
            return prefix;
        if (!_colours.TryGetValue(source, out var colour))
            _colours[source] = colour = Colours[_colours.Count % Colours.Length];
        return $"\e[{colour}m{prefix}\e[0m";
    }
}

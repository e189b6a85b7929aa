using MarketData.Simulator.Faults;

namespace MarketData.Simulator;

/// <summary>Settings under <c>Simulator</c>.</summary>
internal sealed class SimulatorOptions
{
    /// <summary>The world's seed: every process with the same one tells the same history. Default 20000103.</summary>
    public ulong Seed { get; init; } = 20_000_103;

    /// <summary>An instant at which the market's clock stands still; null (the default): the true time.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Whether providers show small defects of their own accord: missing bars, null rows, slightly differing prices. Default true.</summary>
    public bool Oddities { get; init; } = true;

    /// <summary>Whether <c>^GSPC</c> goes on, simulated, after its true history ends on 17 April 2020. Default true.</summary>
    public bool ContinueIndex { get; init; } = true;

    /// <summary>The only key that Polygon accepts; null (the default): any.</summary>
    public string? PolygonApiKey { get; init; }

    /// <summary>The only key that Alpaca accepts; null (the default): any.</summary>
    public string? AlpacaApiKey { get; init; }

    /// <summary>The only secret that Alpaca accepts; null (the default): any.</summary>
    public string? AlpacaApiSecret { get; init; }

    /// <summary>Requests that a provider (<c>polygon</c>, <c>binance</c>, <c>binance-futures</c>, <c>yahoo</c>, <c>coinbase</c>, <c>alpaca</c>) allows in any 60 seconds, above 0; none: no limit, but 3,000 for Binance, 600 for Coinbase and 200 for Alpaca.</summary>
    public Dictionary<string, int> RequestsPerMinute { get; init; } = [];

    /// <summary>Faults that are there from the start.</summary>
    public List<FaultRequest> Faults { get; init; } = [];

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="InvalidOperationException">A setting is out of range; the message names it.</exception>
    public static SimulatorOptions From(IConfiguration configuration)
    {
        var options = configuration.GetSection("Simulator").Get<SimulatorOptions>() ?? new SimulatorOptions();
        foreach (var (provider, limit) in options.RequestsPerMinute)
        {
            if (!Providers.TryParse(provider, out _))
            {
                throw new InvalidOperationException($"Simulator:RequestsPerMinute:{provider} names no provider: {Providers.Names}.");
            }

            if (limit < 1)
            {
                throw new InvalidOperationException($"Simulator:RequestsPerMinute:{provider} is {limit}, but must be above 0.");
            }
        }

        if (options.Now is { Year: < 1980 or > 2055 })
        {
            throw new InvalidOperationException($"Simulator:Now is {options.Now:O}, but must lie from 1980 to 2055.");
        }

        for (var i = 0; i < options.Faults.Count; i++)
        {
            if (options.Faults[i].Problem() is { } problem)
            {
                throw new InvalidOperationException($"Simulator:Faults:{i}: {problem}");
            }
        }

        return options;
    }
}

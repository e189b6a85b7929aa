using System.Globalization;

namespace MarketData.Chaos.Tests;

/// <summary>How much chaos there is: short by default, more by environment variables. docs/reliability.md says how to use them.</summary>
internal static class ChaosSettings
{
    /// <summary>Decides when and where things break: <c>CHAOS_SEED</c>. The short form is the same each time; ./chaos.sh tries other moments every day.</summary>
    public static int Seed { get; } = Read("CHAOS_SEED", 7);

    /// <summary>Symbols in a run: <c>CHAOS_SYMBOLS</c>.</summary>
    public static int Symbols { get; } = Read("CHAOS_SYMBOLS", 4);

    /// <summary>How often a process is killed in a run: <c>CHAOS_KILLS</c>.</summary>
    public static int Kills { get; } = Read("CHAOS_KILLS", 2);

    /// <summary>Nights of the month, which is of the long form: <c>CHAOS_NIGHTS</c>.</summary>
    public static int Nights { get; } = Read("CHAOS_NIGHTS", 31);

    /// <summary>Commands of one conversation of a client: <c>CHAOS_COMMANDS</c>.</summary>
    public static int Commands { get; } = Read("CHAOS_COMMANDS", 60);

    /// <summary>How often a shorter conversation is looked for that goes wrong, too, when one did: <c>CHAOS_SHRINKS</c>.</summary>
    public static int Shrinks { get; } = Read("CHAOS_SHRINKS", 0);

    /// <summary>A source of chance for one scenario, the same for the same seed; says the seed.</summary>
    public static Random Chance(string scenario)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{scenario}: CHAOS_SEED={Seed} CHAOS_SYMBOLS={Symbols} CHAOS_KILLS={Kills}");
        return new Random(Seed * 31 + scenario.Sum(letter => letter));
    }

    private static int Read(string name, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : standard;
}

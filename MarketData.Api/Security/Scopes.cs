namespace MarketData.Api.Security;

/// <summary>What a key may do.</summary>
public static class Scopes
{
    /// <summary>Read data, when reading needs a key.</summary>
    public const string Read = "read";

    /// <summary>Trigger, pause, resume and cancel; includes <see cref="Read"/>.</summary>
    public const string Enrich = "enrich";

    /// <summary>Administer symbols and keys; includes the others.</summary>
    public const string Admin = "admin";

    /// <summary>Every scope.</summary>
    public static IReadOnlyList<string> All { get; } = [Read, Enrich, Admin];

    /// <summary>Whether a key with these scopes may do what needs <paramref name="needed"/>.</summary>
    public static bool Allow(IReadOnlyCollection<string> held, string needed) =>
        held.Contains(Admin) || held.Contains(needed) || (needed == Read && held.Contains(Enrich));
}

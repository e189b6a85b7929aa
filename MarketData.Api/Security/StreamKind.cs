namespace MarketData.Api.Security;

/// <summary>Kinds of answers that last, each with limits of its own.</summary>
public enum StreamKind
{
    /// <summary>An export, a file, or a large page: it ends, and its reader decides when.</summary>
    Export,

    /// <summary>A stream of events, which has no end.</summary>
    Events,
}

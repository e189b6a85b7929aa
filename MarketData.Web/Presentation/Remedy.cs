namespace MarketData.Web.Presentation;

/// <summary>What a person can do at once about something that needs attention.</summary>
public enum Remedy
{
    /// <summary>Nothing from here; the link leads on.</summary>
    None,

    /// <summary>Let the scheduler go on.</summary>
    Resume,

    /// <summary>Try failed symbols again.</summary>
    RetryFailed,

    /// <summary>Enrich everything that is active now.</summary>
    RunNow,

    /// <summary>Enrich the symbols that are concerned now.</summary>
    RunSymbols,
}

using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>How troubles look.</summary>
public static class Tones
{
    /// <summary>bad, warn or stale.</summary>
    public static string Of(Trouble trouble) => trouble switch
    {
        { Severity: "grave" or "bad" } => "bad",
        { Kind: "stale" } => "stale",
        _ => "warn",
    };
}

using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Something that a person should look at: a trouble, where to see more of it, and what helps.</summary>
/// <param name="Trouble">What is wrong, and what to do.</param>
/// <param name="Href">Where to see more.</param>
/// <param name="HrefText">What that place is called.</param>
/// <param name="Remedy">The action that helps.</param>
public sealed record AttentionItem(Trouble Trouble, string Href, string HrefText, Remedy Remedy = Remedy.None)
{
    /// <summary>warn, bad or stale.</summary>
    public string Tone => Tones.Of(Trouble);

    /// <summary>The symbols that the action is for; null for whatever needs it.</summary>
    public IReadOnlyList<string>? RemedyFor => Remedy == Remedy.RunSymbols ? Trouble.Symbols : null;
}

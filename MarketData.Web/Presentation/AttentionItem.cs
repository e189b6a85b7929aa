namespace MarketData.Web.Presentation;

/// <summary>Something that a person should look at.</summary>
/// <param name="Tone">warn, bad or stale.</param>
/// <param name="What">What is wrong, as a sentence.</param>
/// <param name="Cause">Why, as far as it is known.</param>
/// <param name="Href">Where to see more.</param>
/// <param name="HrefText">What that place is called.</param>
/// <param name="Remedy">The action that helps.</param>
public sealed record AttentionItem(string Tone, string What, string? Cause, string Href, string HrefText, Remedy Remedy = Remedy.None);

using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>Which requests of a provider its page lists, as its address says.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Window">The window of the rest of the page, such as <c>24h</c>; null for the usual one.</param>
/// <param name="OnlyFailed">Only those that came to nothing.</param>
/// <param name="Symbol">Only those for this symbol; null for all.</param>
public sealed record RequestSearch(string Provider, string? Window, bool OnlyFailed, string? Symbol)
{
    /// <summary>The address of the page that shows it.</summary>
    public string Href => Links.Provider(Provider) + UrlQuery.Of(("window", Window), ("requests", OnlyFailed ? "failed" : null), ("symbol", Symbol));
}

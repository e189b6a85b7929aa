namespace MarketData.Web.Theme;

/// <summary>The colours a page was sent in.</summary>
/// <param name="IsDark">Whether they are the dark ones.</param>
/// <param name="Choice">What the reader chose: <c>light</c>, <c>dark</c>, or <c>system</c> for no choice.</param>
public sealed record InitialTheme(bool IsDark, string Choice);

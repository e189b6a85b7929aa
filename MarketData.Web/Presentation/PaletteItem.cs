namespace MarketData.Web.Presentation;

/// <summary>Something that the search at the top leads to or does.</summary>
/// <param name="Kind">What it is, as a word: <c>Page</c>, <c>Action</c>, or the class of a symbol.</param>
/// <param name="Text">Its name.</param>
/// <param name="Icon">Its shape.</param>
/// <param name="Detail">More of it, such as a symbol's name; also searched.</param>
/// <param name="Href">Where it leads, within the dashboard; null for an action.</param>
/// <param name="Do">What it does; null for what leads somewhere.</param>
public sealed record PaletteItem(string Kind, string Text, string Icon, string? Detail = null, string? Href = null, Func<Task>? Do = null)
{
    /// <summary>Whether a text is in its name or detail, in any case; each word may be anywhere.</summary>
    public bool Fits(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(
        word => Text.Contains(word, StringComparison.OrdinalIgnoreCase) || Detail?.Contains(word, StringComparison.OrdinalIgnoreCase) == true);
}

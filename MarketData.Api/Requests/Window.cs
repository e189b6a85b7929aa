using System.Globalization;

namespace MarketData.Api.Requests;

/// <summary>A stretch of time that ends now, from an hour to ninety days.</summary>
/// <param name="Text">As it was asked for, such as <c>24h</c>.</param>
/// <param name="Length">How long it is.</param>
public readonly record struct Window(string Text, TimeSpan Length)
{
    /// <summary>Reads a window that is known to be valid.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not a window.</exception>
    public static Window Parse(string text) =>
        TryRead([text], out var window) ? window : throw new FormatException($"'{text}' is not a window such as 24h or 7d.");

    internal static bool TryRead(IReadOnlyList<string> texts, out Window value)
    {
        value = default;
        var text = texts[0];
        if (text.Length is < 2 or > 5 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        TimeSpan? length = text[^1] switch
        {
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
        if (length is not { } known || known < TimeSpan.FromHours(1) || known > TimeSpan.FromDays(90))
        {
            return false;
        }

        value = new Window(text, known);
        return true;
    }
}

using System.Globalization;

namespace MarketData.Api.Requests;

/// <summary>A stretch of time that ends now, from an hour to ninety days.</summary>
/// <param name="Text">As it was asked for, such as <c>24h</c>.</param>
/// <param name="Length">How long it is.</param>
public readonly record struct Window(string Text, TimeSpan Length)
{
    /// <summary>The window when none is asked for.</summary>
    public const string Default = "24h";

    private const int MostBuckets = 100;
    private static readonly int[] BucketMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440];

    /// <summary>The shortest stretch in common use that cuts a window into at most a hundred.</summary>
    public static TimeSpan BucketFor(TimeSpan window) =>
        TimeSpan.FromMinutes(BucketMinutes.First(minutes => window <= TimeSpan.FromMinutes((double)minutes * MostBuckets)));

    /// <summary>Reads a window that is known to be one.</summary>
    /// <exception cref="FormatException"><paramref name="s"/> is none.</exception>
    public static Window Parse(string s) =>
        TryParse(s, out var window) ? window : throw new FormatException($"'{s}' is not a window such as 24h or 7d.");

    /// <summary>Reads a window.</summary>
    public static bool TryParse(string? s, out Window result)
    {
        result = default;
        if (s is not { Length: >= 2 and <= 5 } || !int.TryParse(s.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        var length = s[^1] switch
        {
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => TimeSpan.Zero,
        };
        result = new Window(s, length);
        return length >= TimeSpan.FromHours(1) && length <= TimeSpan.FromDays(90);
    }
}

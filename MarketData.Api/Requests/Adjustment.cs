namespace MarketData.Api.Requests;

/// <summary>Reads what a request wants candles adjusted for.</summary>
internal static class Adjustment
{
    /// <summary>Whether they are adjusted at all.</summary>
    public static bool IsAdjusted(string text) => text.ToLowerInvariant() is not ("none" or "false");

    /// <summary>Whether they are adjusted for splits alone.</summary>
    public static bool IsSplitsOnly(string text) => text.ToLowerInvariant() is "splits";

    /// <summary>The word for what they are adjusted for.</summary>
    public static string Name(bool isAdjusted, bool isSplitsOnly) => (isAdjusted, isSplitsOnly) switch
    {
        (false, _) => "none",
        (true, true) => "splits",
        _ => "all",
    };
}

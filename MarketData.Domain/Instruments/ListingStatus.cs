namespace MarketData.Domain.Instruments;

/// <summary>Whether an instrument is still traded, as far as is known.</summary>
public enum ListingStatus
{
    /// <summary>It is.</summary>
    Active,

    /// <summary>Nobody follows it any more; it keeps its data.</summary>
    Inactive,

    /// <summary>It was taken off its exchange: its history is complete.</summary>
    Delisted,

    /// <summary>It goes by another symbol now.</summary>
    Renamed,

    /// <summary>Nobody who could know it has been asked yet.</summary>
    Unverified,
}
